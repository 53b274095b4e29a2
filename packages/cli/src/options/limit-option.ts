import type { Limit } from "@rollcall/registry";
import { InvalidArgumentError } from "commander";
import { LIMIT_GRAMMAR, LimitTextError, parseLimit } from "./limit-text.ts";
import { type OptionSpec, option } from "./option.ts";

/** The option that gives a limit, once for each. */
export const limitOption: OptionSpec<Limit[]> = {
  ...option<Limit[]>("-l, --limit <limit>", "a limit, such as rpm:500 or tpm:100000/hour; once for each", (each) =>
    each.argParser<Limit[]>((text, before = []) => [...before, parseArgument(text, before)]),
  ),
  isRequired: true,
};

/** What a limit's text means, for the help of the commands that take one. */
export const LIMIT_HELP = [
  `A limit is ${LIMIT_GRAMMAR}:`,
  "  rpm:500            500 a minute, and at most 500 at a time",
  "  tpm:100000/hour    100,000 an hour",
  "  bulk:20/5min:100   20 every 5 minutes, at most 100 at a time",
].join("\n");

function parseArgument(text: string, before: readonly Limit[]): Limit {
  try {
    const limit = parseLimit(text);
    if (before.some(({ name }) => name === limit.name)) {
      throw new InvalidArgumentError(`Limit "${limit.name}" is given twice: give each once.`);
    }
    return limit;
  } catch (error) {
    if (error instanceof LimitTextError) throw new InvalidArgumentError(error.message);
    throw error;
  }
}
