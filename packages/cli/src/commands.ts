import type { CommandSpec } from "./command-spec.ts";

/** A command before it is loaded. */
export interface CommandEntry {
  /** The words that call it. */
  readonly name: string;
  /** Its line in the program's own help, where it has no object: as its declaration has it. */
  readonly summary?: string;
  load(): Promise<CommandSpec>;
}

/** Every command, in the order in which help lists them. Each is loaded when it is called, with all that it needs. */
export const COMMANDS: readonly CommandEntry[] = [
  { name: "resource list", load: async () => (await import("./commands/resource-list.ts")).resourceList },
  { name: "resource get", load: async () => (await import("./commands/resource-get.ts")).resourceGet },
  { name: "resource set", load: async () => (await import("./commands/resource-set.ts")).resourceSet },
  { name: "resource update", load: async () => (await import("./commands/resource-update.ts")).resourceUpdate },
  { name: "resource delete", load: async () => (await import("./commands/resource-delete.ts")).resourceDelete },
  { name: "resource apply", load: async () => (await import("./commands/resource-apply.ts")).resourceApply },
  { name: "resource export", load: async () => (await import("./commands/resource-export.ts")).resourceExport },
  { name: "registry list", load: async () => (await import("./commands/registry-list.ts")).registryList },
  { name: "registry status", load: async () => (await import("./commands/registry-status.ts")).registryStatus },
  { name: "registry audit", load: async () => (await import("./commands/registry-audit.ts")).registryAudit },
  { name: "registry repair", load: async () => (await import("./commands/registry-repair.ts")).registryRepair },
  { name: "registry backfill", load: async () => (await import("./commands/registry-repair.ts")).registryBackfill },
  { name: "table create", load: async () => (await import("./commands/table-create.ts")).tableCreate },
  { name: "deploy template", load: async () => (await import("./commands/deploy-template.ts")).deployTemplate },
  {
    name: "dev",
    summary: "run everything on this machine, without AWS",
    load: async () => (await import("./commands/dev.ts")).dev,
  },
  {
    name: "ui",
    summary: "look at a table's registries in the browser",
    load: async () => (await import("./commands/ui.ts")).ui,
  },
];

/** Loads commands. Without any given, all of them. */
export function loadCommands(entries: readonly CommandEntry[] = COMMANDS): Promise<CommandSpec[]> {
  return Promise.all(entries.map((entry) => entry.load()));
}

/**
 * The commands that a command line is about, itself or the help of it: the one that its first words call, or else all
 * of the object that its first word names; at the root of the program none.
 */
export function commandsOf(words: readonly string[]): CommandEntry[] {
  const [first] = words;
  const called = first === "help" ? words.slice(1) : words;
  const beginsWith = (count: number, { name }: CommandEntry): boolean =>
    name
      .split(" ")
      .slice(0, count)
      .every((word, i) => called[i] === word);
  const one = COMMANDS.filter((entry) => beginsWith(Number.POSITIVE_INFINITY, entry));
  return one.length > 0 ? one : COMMANDS.filter((entry) => beginsWith(1, entry));
}
