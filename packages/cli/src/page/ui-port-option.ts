import { InvalidArgumentError } from "commander";
import { option } from "../options/option.ts";

const MAX_PORT = 65_535;
/** As the page's server has it, which is loaded when it is needed. */
const DEFAULT_PORT = 8_421;

/** The option that says where the page is served. */
export const uiPortOption = option<number | undefined>(
  "--ui-port <number>",
  `port of the page, on 127.0.0.1 (default: ${DEFAULT_PORT}, or the next free one)`,
  (each) => each.argParser(parsePort),
);

/** @throws InvalidArgumentError for a text that is no port */
export function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port <= MAX_PORT) return port;
  throw new InvalidArgumentError(`Give a number from 1 to ${MAX_PORT}.`);
}
