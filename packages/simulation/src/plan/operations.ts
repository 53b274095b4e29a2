import type { RegistryDefinition } from "@rollcall/registry";
import { scopesOf, writtenDefinitions } from "../layout/layout.ts";
import type { LibraryWrite, Operation, OperationKind, OperationOf } from "../operations/operation.ts";
import type { Random } from "../timeline/random.ts";
import { fillerName } from "../world/items.ts";
import type { Setting } from "./setting.ts";

/** How often each kind of operation occurs, relative to the others, where a seed has it at all. */
export const WEIGHTS: Readonly<Record<OperationKind, number>> = {
  write: 40,
  read: 3,
  "two-call": 15,
  provision: 6,
  "hand-edit": 4,
  wreck: 0.3,
  expire: 2,
  purge: 1,
  sweep: 1.5,
  repair: 1,
  audit: 1,
  "crash-producer": 2,
  "crash-mapping": 4,
  "crash-function": 2,
  redeliver: 2,
  "split-shards": 1,
  storm: 1,
  siege: 0, // where it occurs at all, it is the first
};

type WriteOperation = OperationOf<"write">;

/** The most writes of one turn, but for large ones. */
const MOST_WRITES = 12;

/** How much more often passes run where they have much to do, or are kept from it. */
const BUSY_PASSES = 15;

/** How often a kind of operation occurs in a setting. */
export function weightOf(kind: OperationKind, { backlog, hasSieges }: Setting): number {
  const isPass = kind === "repair" || kind === "sweep";
  return WEIGHTS[kind] * (isPass && (backlog !== undefined || hasSieges) ? BUSY_PASSES : 1);
}

/** The latest that a repair dies, in milliseconds. */
const LATEST_DEATH_MS = 2_000;
const LATEST_DEATH_WITH_BACKLOG_MS = 5_000;

/** Draws an operation of a kind. */
export function drawOperation(kind: OperationKind, setting: Setting, random: Random): Operation {
  const region = random.int(0, setting.regions - 1);
  const place = { region, ...drawPlace(setting.layout.definitions, setting, random) };
  const producer = random.int(0, setting.producers - 1);
  const maintainer = random.int(0, setting.maintainers - 1);
  const name = random.pick(setting.names);
  const setOrDelete = random.chance(0.5) ? ("set" as const) : ("delete" as const);
  switch (kind) {
    case "write":
      return { kind, region, producer, ...drawWrites(setting, random) };
    case "read":
      return { kind, ...place, producer, name };
    case "two-call": {
      const dies = random.chance(0.2) ? { diesAfter: random.int(0, 2) } : {};
      const foreignName = foreignNameOf(setting, random, name);
      return { kind, ...place, write: setOrDelete, name: foreignName, pauseMs: random.pick([1, 50, 1_000]), ...dies };
    }
    case "provision":
      return { kind, ...place, write: setOrDelete, name };
    case "hand-edit": {
      const edit = random.pick(["register", "unregister", "replace", "empty", "remove"] as const);
      return { kind, ...place, edit, names: random.some([...setting.names, ...setting.foreignNames]) };
    }
    case "wreck":
      return { kind, ...place, forMs: random.int(1, 3_000) };
    case "expire":
      return { kind, ...place, name: random.chance(0.9) ? name : undefined };
    case "purge":
      return { kind, ...place, names: setting.names, pauseMs: random.pick([1, 100]) };
    case "sweep":
      return { kind, region, invocationMs: random.pick([setting.passes.invocationMs, 60_000]) };
    case "repair": {
      const latest = setting.backlog === undefined ? LATEST_DEATH_MS : LATEST_DEATH_WITH_BACKLOG_MS;
      return { kind, ...place, ...(random.chance(0.6) && { diesAfterMs: random.int(1, latest) }) };
    }
    case "audit":
      return { kind, ...place };
    case "crash-producer":
      return { kind, region, producer };
    case "crash-mapping":
      return { kind, region, maintainer, forMs: random.int(1, 5_000), atWork: random.chance(0.5) };
    case "crash-function":
    case "redeliver":
      return { kind, region, maintainer };
    case "split-shards":
      return { kind, region };
    case "storm":
      return { kind, region, forMs: random.int(100, 10_000) };
    case "siege":
      return { kind, ...place, name, forMs: random.pick([12_000, 80_000]) };
  }
}

function drawPlace(definitions: readonly RegistryDefinition[], { scopes }: Setting, random: Random) {
  const registry = random.int(0, definitions.length - 1);
  const definition = definitions[registry] as RegistryDefinition;
  return { registry, scope: random.pick(scopesOf(definition, scopes)) };
}

/** In a crowd, names that fill the registry too: so there is room, and none, while others look for it. */
function foreignNameOf({ layout, crowd, foreignNames }: Setting, random: Random, name: string): string {
  if (crowd !== undefined && random.chance(0.4)) return fillerName(layout, random.int(0, 2));
  const [atLimit] = foreignNames;
  return atLimit !== undefined && random.chance(0.2) ? atLimit : name;
}

function drawWrites(setting: Setting, random: Random): Pick<WriteOperation, "writes" | "abortAfterMs"> {
  const writes = setting.hasLargeWrites && random.chance(0.1) ? drawLarge(setting, random) : drawSmall(setting, random);
  return {
    writes,
    ...(random.chance(setting.impatience) && { abortAfterMs: random.int(1, random.pick([200, 3_000])) }),
  };
}

function drawSmall(setting: Setting, random: Random): LibraryWrite[] {
  const isMany = random.chance(setting.hasSieges ? 0.5 : 0.2);
  return Array.from({ length: isMany ? random.int(2, MOST_WRITES) : 1 }, () => drawWrite(setting, random));
}

/** More than one transaction holds, of one registry. */
function drawLarge(setting: Setting, random: Random): LibraryWrite[] {
  const place = drawPlace(writtenDefinitions(setting.layout), setting, random);
  return random.some(setting.names, 0.9).map((name) => ({ write: "set", ...place, name, isLarge: true }));
}

/** What the library is asked for, as often as it stands there. */
const WRITES = ["set", "set", "delete", "delete", "update"] as const;
const OWN_ACTIONS = ["create", "change", "drop"] as const;

function drawWrite(setting: Setting, random: Random): LibraryWrite {
  const { layout, names, unreadableName, hasSieges } = setting;
  const write = random.pick(layout.isFacade ? WRITES : [...WRITES, ...OWN_ACTIONS]);
  const place = drawPlace(writtenDefinitions(layout), setting, random);
  const isOdd = unreadableName !== undefined && random.chance(hasSieges ? 0.2 : 0.1);
  return { write, ...place, name: isOdd ? unreadableName : random.pick(names) };
}
