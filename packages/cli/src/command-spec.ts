import type { Option } from "commander";
import type { EXIT_CODES } from "./exit-codes.ts";
import type { Io } from "./terminal/io.ts";

/** What a command has found or done. */
export interface Result {
  /** The one document that goes to stdout with `--json`. */
  json: object;
  /** The lines that go to stdout without it. Whatever in them comes from storage is safe to print. */
  lines: readonly string[];
  /** Lines for stderr without `--json`: what a person should know and a pipe should not read. */
  notes?: readonly string[];
  /** What it tells its caller, where not all is well. Default: {@link EXIT_CODES.done}. */
  exitCode?: (typeof EXIT_CODES)[keyof typeof EXIT_CODES];
  /** One line for stderr on what went wrong and what to do, although there are results. */
  error?: string;
}

/** One call of a command. */
export interface Invocation<Options = object, Args extends readonly string[] = readonly string[]> {
  args: Args;
  options: Options;
  io: Io;
}

/** A command, declared: its words, what it takes, what its help says, and what it does. */
export interface CommandSpec<Options = object, Args extends readonly string[] = readonly string[]> {
  /** The words that call it, object first: `resource list`. */
  name: string;
  /** One line for the list of commands. */
  summary: string;
  /** Sentences for its own help. */
  description: string;
  /** Each positional argument and what it is. */
  arguments?: { readonly [Position in keyof Args]: readonly [syntax: string, description: string] };
  options: readonly Option[];
  /** The shape of its JSON document, as its help shows it. */
  json: string;
  /** Further paragraphs of its help. */
  details?: readonly string[];
  /** Command lines that work as they stand. */
  examples: readonly [string, ...string[]];
  /** Resolves to `undefined` when it has printed all there is to say by itself, as a command that runs on does. */
  run(invocation: Invocation<Options, Args>): Promise<Result | undefined>;
}

/** Declares a command. The types of its options and arguments are its own business. */
export function defineCommand<Options, Args extends readonly string[] = readonly []>(
  spec: CommandSpec<Options, Args>,
): CommandSpec {
  return spec as unknown as CommandSpec;
}
