import { DEFAULT_MAX_READ_UNITS_PER_SECOND, DEFAULT_SEGMENTS } from "@rollcall/maintainer";
import { InvalidArgumentError, Option } from "commander";
import { type ConnectionOptions, registryOptions } from "../connection/connection-options.ts";

/** What the commands that read the whole table take. */
export interface PassCommandOptions extends ConnectionOptions {
  allNamespaces?: true;
  maxRcu: number;
  segments: number;
  resume?: true;
  cursor?: string;
  dryRun?: true;
}

/** Scan knows no more, and nobody needs so many. */
const MAX_SEGMENTS = 1_000;

/** The options that all of them have. */
export function passOptions(): Option[] {
  return [
    new Option("--all-namespaces", "flat keys and every namespace in the table, whatever --namespace says"),
    new Option("--max-rcu <number>", "read units a second to use")
      .argParser(parseUnits)
      .default(DEFAULT_MAX_READ_UNITS_PER_SECOND),
    new Option("--segments <number>", "parts of the table to read at the same time")
      .argParser(parseSegments)
      .default(DEFAULT_SEGMENTS),
    new Option("--resume", "go on where the last run was interrupted"),
    new Option("--cursor <file>", "where to keep what --resume needs (default: in ~/.local/state/rollcall)"),
    ...registryOptions(),
  ];
}

/** What their help says besides. */
export const PASS_DETAILS = [
  "Reads the whole table once, whichever namespace is asked for, at half a read unit for every 4 KB.\n" +
    "Where it is, is kept in a file after every page until it is done: in $XDG_STATE_HOME/rollcall, or in\n" +
    "~/.local/state/rollcall. Interrupted in any way, nothing is lost: --resume goes on from there.",
] as const;

function parseUnits(text: string): number {
  const units = Number(text);
  if (units > 0 && Number.isFinite(units)) return units;
  throw new InvalidArgumentError("Give a number above 0.");
}

function parseSegments(text: string): number {
  const segments = Number(text);
  if (Number.isInteger(segments) && segments >= 1 && segments <= MAX_SEGMENTS) return segments;
  throw new InvalidArgumentError(`Give a whole number from 1 to ${MAX_SEGMENTS}.`);
}
