import type { LoadedConfig } from "./config/load-config.ts";
import type { ArgumentSpecs, ArgumentsOf } from "./options/argument.ts";
import type { OptionSpecs, ValuesOf } from "./options/option.ts";
import type { Io } from "./terminal/io.ts";
import type { Printer } from "./terminal/printer.ts";
import type { Result } from "./terminal/result.ts";

type Values = Readonly<Record<string, unknown>>;

/** One call of a command. */
export interface CommandCall<Options = Values, Args = Values> {
  args: Args;
  options: Options & { readonly json?: boolean | undefined };
  /** The world around it. Its signal also aborts when the reader of stdout has gone. */
  io: Io;
  /** For what a command says before it has a result: updates, progress, questions. */
  printer: Printer;
  /** What `rollcall.config.ts` says, where the command takes `--config` and there is one. */
  config?: LoadedConfig | undefined;
}

/** A command, declared: its words, what it takes, what its help says, and what it does. */
export interface CommandSpec<Options extends OptionSpecs = OptionSpecs, Args extends ArgumentSpecs = ArgumentSpecs> {
  /** The words that call it, object first: `resource list`. */
  name: string;
  /** One line for the list of commands. */
  summary: string;
  /** Sentences for its own help. */
  description: string;
  /** What it takes by position. */
  arguments?: Args;
  options: Options;
  /** Whether it changes the table, except in a dry run: an early end then leaves work undone. */
  writes?: true;
  /** Whether it finds out itself which namespace it is about, and warns of it. */
  findsNamespace?: true;
  /** The shape of its JSON document, as its help shows it. */
  json: string;
  /** Further paragraphs of its help. */
  details?: readonly string[];
  /** Command lines that work as they stand. */
  examples: readonly [string, ...string[]];
  /** Resolves to `undefined` when it ran until the signal aborted, and has shown all there is to say. */
  run(invocation: CommandCall<ValuesOf<Options>, ArgumentsOf<Args>>): Promise<Result | undefined>;
}

/** Declares a command. The types of its options and arguments are its own business. */
export function defineCommand<const Options extends OptionSpecs, const Args extends ArgumentSpecs>(
  spec: CommandSpec<Options, Args>,
): CommandSpec {
  return spec as unknown as CommandSpec;
}
