import type { Limit } from "@rollcall/registry";
import { InvalidArgumentError, Option } from "commander";
import { LIMIT_GRAMMAR, LimitTextError, parseLimit } from "./limit-text.ts";

/** The limits that a command writes. */
export interface LimitOptions {
  limit: Limit[];
}

/** The option that gives a limit, once for each. */
export function limitOption(): Option {
  return new Option("-l, --limit <limit>", `a limit, as ${LIMIT_GRAMMAR}; once for each`)
    .argParser<Limit[]>((text, before = []) => [...before, parseArgument(text)])
    .makeOptionMandatory();
}

/** What a limit's text means, for the help of the commands that take one. */
export const LIMIT_HELP = [
  "A limit:",
  "  rpm:500             500 come back every minute, and at most 500 can be taken at once",
  "  tpm:100000/hour     100,000 every hour",
  "  bulk:20/5min:100    20 every 5 minutes, and at most 100 at once",
].join("\n");

function parseArgument(text: string): Limit {
  try {
    return parseLimit(text);
  } catch (error) {
    if (error instanceof LimitTextError) throw new InvalidArgumentError(error.message);
    throw error;
  }
}
