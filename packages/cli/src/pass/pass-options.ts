import { DEFAULT_MAX_READ_UNITS_PER_SECOND, DEFAULT_SEGMENTS } from "@rollcall/maintainer";
import { InvalidArgumentError } from "commander";
import { anyRegistryOptions } from "../options/connection-options.ts";
import { flag, option, type ValuesOf } from "../options/option.ts";
import { allOption } from "../options/write-options.ts";

/** Scan knows more, and no table needs so many. */
const MAX_SEGMENTS = 1_000;
/** Read units a second: at fewer, a pass over any table takes longer than its user lives. */
const MIN_READ_UNITS = 0.1;

/** The options that all commands have that read the whole table. */
export const passOptions = {
  allScopes: flag("--all-scopes", "every scope that the table has, instead of the one that --scope says"),
  allNamespaces: flag(
    "--all-namespaces",
    "flat keys and every namespace in the table, instead of the one that --namespace says",
  ),
  maxRcu: option<number | undefined>(
    "--max-rcu <number>",
    `read units a second to use (default: ${DEFAULT_MAX_READ_UNITS_PER_SECOND}; of a table with provisioned capacity a ` +
      "third of that, at most so many)",
    (each) => each.argParser(parseUnits),
  ),
  segments: option<number>("--segments <number>", "parts of the table to read at the same time", (each) =>
    each.argParser(parseSegments).default(DEFAULT_SEGMENTS),
  ),
  resume: flag("--resume", "resume where the last run was interrupted"),
  cursor: option<string | undefined>(
    "--cursor <file>",
    "where to keep what --resume needs (default: in ~/.local/state/rollcall)",
    (each) => each.argParser(parseFile),
  ),
  all: allOption,
  ...anyRegistryOptions,
} as const;

/** What the commands that read the whole table take. */
export type PassCommandOptions = ValuesOf<typeof passOptions> & { readonly dryRun?: boolean | undefined };

/** What their help says besides. */
export const PASS_DETAILS = [
  "Without --registry, all registries of the configuration are served by one reading of the table; without\n" +
    "a scope, those whose keys need one in every scope.",
  "Reads the whole table once, also for one namespace, at half a read unit for every 4 KB. Its position\n" +
    "is kept in a file after every page until it is done: in $XDG_STATE_HOME/rollcall, or in\n" +
    "~/.local/state/rollcall. Interrupted in any way, nothing is lost: --resume continues from there.\n" +
    "--cursor makes no folders, and takes the place of no file but a cursor's.",
] as const;

function parseUnits(text: string): number {
  const units = Number(text);
  if (units >= MIN_READ_UNITS && Number.isFinite(units)) return units;
  throw new InvalidArgumentError(`Give a number from ${MIN_READ_UNITS} up.`);
}

function parseFile(text: string): string {
  if (text !== "") return text;
  throw new InvalidArgumentError("Give the name of a file.");
}

function parseSegments(text: string): number {
  const segments = Number(text);
  if (Number.isInteger(segments) && segments >= 1 && segments <= MAX_SEGMENTS) return segments;
  throw new InvalidArgumentError(`Give a whole number from 1 to ${MAX_SEGMENTS}.`);
}
