import { ENGINE_NAMES, type EngineName } from "@rollcall/local";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { CASE_NAMES, type CaseName } from "./measuring/measurement.ts";

/** What the bench was asked to do. */
export interface BenchOptions {
  readonly quick: boolean;
  readonly record: boolean;
  /** `undefined`: all of them. */
  readonly case: CaseName | undefined;
  /** `undefined`: all that can run here. */
  readonly engine: EngineName | undefined;
  readonly seed: number;
}

const DEFAULT_SEED = 1;

/** Reads the command line. @throws CommanderError for help and for bad usage, which it has told then */
export function parseOptions(args: readonly string[]): BenchOptions {
  const program = new Command("npm run bench --")
    .description("Measures Rollcall beside what people would use instead, and writes packages/bench/results.")
    .option("--quick", "small sizes; compare the exact figures with the recorded ones, and write nothing", false)
    .option("--record", "with --quick: make these the recorded figures", false)
    .addOption(new Option("--case <name>", "one case only; prints its tables and writes nothing").choices(CASE_NAMES))
    .addOption(new Option("--engine <name>", "one engine only; the same").choices(ENGINE_NAMES))
    .option("--seed <number>", "which writes are refused, and how long writers wait", wholeNumber, DEFAULT_SEED)
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "Error: ")) })
    .showSuggestionAfterError(false)
    .exitOverride();
  program.parse(args, { from: "user" });
  const options = program.opts<BenchOptions>();
  if (options.record && !options.quick) program.error("error: --record goes with --quick");
  if (options.quick && options.seed !== DEFAULT_SEED) {
    program.error(`error: --seed does not go with --quick, whose recorded figures are those of seed ${DEFAULT_SEED}`);
  }
  return { ...options, case: options.case, engine: options.engine };
}

/** What a CommanderError means to a shell: help is no failure, anything else is bad usage. */
export function exitCodeOf(error: unknown): number | undefined {
  if (!(error instanceof CommanderError)) return undefined;
  return error.exitCode === 0 ? 0 : 2;
}

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Use a whole number from 0 to 999999999.");
}
