import { Command, InvalidArgumentError } from "commander";
import { runGuarded } from "./runner/guarded-process.ts";
import { type FailedSeed, runSeeds } from "./runner/run-seeds.ts";
import type { ShrinkMessage, ShrinkWork } from "./runner/shrink-process.ts";
import { formatTally } from "./runner/tally.ts";
import { withoutRuns } from "./timeline/history.ts";

/** 10,000 seeds of 100 operations: a million. */
const DEFAULT_SEEDS = 10_000;
const DEFAULT_OPERATIONS = 100;
/** Fresh seeds begin anywhere below this. */
const FRESH_BELOW = 2 ** 40;

interface SimulateOptions {
  seed?: number;
  history?: true;
  from: number;
  seeds: number;
  fresh?: number;
  minutes?: number;
  all?: true;
  operations: number;
  workers?: number;
}

const program = new Command("simulate")
  .description("Lets producers, foreign writers, crashes and repairs meet, and checks what Rollcall promises.")
  .option("--seed <number>", "run one seed, and tell its history if it fails", wholeNumber)
  .option("--history", "with --seed: tell the history also if all is well")
  .option("--from <number>", "the first of many seeds", wholeNumber, 1)
  .option("--seeds <count>", "how many seeds to run", wholeNumber, DEFAULT_SEEDS)
  .option("--fresh <count>", "run so many seeds that were never run before instead", wholeNumber)
  .option("--minutes <number>", "run fresh seeds for so long instead", positiveNumber)
  .option("--all", "run all seeds and list those that fail, instead of telling the first one's history")
  .option("--operations <count>", "operations of each seed, about", wholeNumber, DEFAULT_OPERATIONS)
  .option("--workers <count>", "processes that run seeds (default: one a core)", wholeNumber)
  .showHelpAfterError()
  .configureOutput({ outputError: (text, write) => write(text) })
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .action(async (options: SimulateOptions) => {
    const isKept = options.seed === undefined ? await runMany(options) : await runOne(options.seed, options);
    process.exitCode = isKept ? 0 : 1;
  });

await program.parseAsync();

async function runMany(options: SimulateOptions): Promise<boolean> {
  const { minutes, operations, workers, all: keepsGoing = false } = options;
  const { first, last } = rangeOf(options);
  const { tally, failed } = await runSeeds({
    first,
    last,
    operations,
    workers,
    keepsGoing,
    signal: minutes === undefined ? undefined : AbortSignal.timeout(minutes * 60_000),
    onProgress: (sum) => progress(formatTally(sum)),
  });
  progress("");
  say(formatTally(tally));
  const [worst] = failed;
  if (worst === undefined) {
    say("Every promise was kept.");
    return true;
  }
  if (!keepsGoing && worst.hasHistory) return await runOne(worst.seed, { operations });
  for (const failure of failed) say(`${inWords(failure)}\n${again(failure.seed, operations)}`);
  return false;
}

/** Seeds to run. Fresh ones are told, so that they can be run again. */
function rangeOf({ from, seeds, fresh, minutes }: SimulateOptions): { first: number; last: number } {
  if (fresh === undefined && minutes === undefined) return { first: from, last: from + seeds - 1 };
  const first = 1 + Math.floor(Math.random() * FRESH_BELOW);
  if (minutes !== undefined) {
    say(`Fresh seeds from ${first}, for ${minutes} minutes`);
    return { first, last: Number.MAX_SAFE_INTEGER };
  }
  say(`Fresh seeds: npm run simulate -- --from ${first} --seeds ${fresh}`);
  return { first, last: first + (fresh ?? 0) - 1 };
}

async function runOne(
  seed: number,
  { operations, history }: Pick<SimulateOptions, "operations" | "history">,
): Promise<boolean> {
  const work: ShrinkWork = { seed, operations, tellsHistory: history === true };
  let isKept = false;
  const broken = await runGuarded<ShrinkMessage>({
    module: new URL("runner/shrink-process.ts", import.meta.url),
    work,
    onMessage: (message) => {
      say(message.text);
      isKept = message.isKept ?? isKept;
    },
  });
  if (broken !== undefined) say(inWords({ ...broken, problem: broken.reason, hasHistory: false }));
  if (!isKept) say(again(seed, operations));
  return isKept;
}

function inWords({ seed, problem }: FailedSeed): string {
  return `Seed ${seed} fails: ${withoutRuns(problem)}`;
}

/** How to run a seed again. */
function again(seed: number, operations: number): string {
  const option = operations === DEFAULT_OPERATIONS ? "" : ` --operations ${operations}`;
  return `Again: npm run simulate -- --seed ${seed}${option}`;
}

/** Replaces the line at the bottom of a terminal. */
function progress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${line}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new InvalidArgumentError("Use a whole number from 1.");
  return number;
}

function positiveNumber(text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new InvalidArgumentError("Use a number above 0.");
  return number;
}
