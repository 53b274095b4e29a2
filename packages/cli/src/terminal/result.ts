import type { EXIT_CODES } from "../exit-codes.ts";
import type { Line } from "./line.ts";

/** What a command has found or done. */
export interface Result {
  /** The one document that goes to stdout with `--json`. */
  json: object;
  /** The lines that go to stdout without it. */
  lines: readonly Line[];
  /** Lines for stderr without `--json`: what a person should know and a pipe should not read. */
  notes?: readonly Line[];
  /** What it tells its caller, where not all is well. Default: {@link EXIT_CODES.done}. */
  exitCode?: (typeof EXIT_CODES)[keyof typeof EXIT_CODES];
  /** One line for stderr on what went wrong and what to do, although there are results. */
  error?: string;
}
