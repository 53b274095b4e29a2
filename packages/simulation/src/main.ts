import { Command, InvalidArgumentError } from "commander";
import { countOperations, planFrom } from "./plan/plan.ts";
import { formatFailure } from "./runner/failure-text.ts";
import { runSeeds } from "./runner/run-seeds.ts";
import { shrink } from "./runner/shrink.ts";
import { formatTally } from "./runner/tally.ts";
import { simulate } from "./simulate.ts";

/** 10,000 seeds of 100 operations: a million. */
const DEFAULT_SEEDS = 10_000;
const DEFAULT_OPERATIONS = 100;

interface SimulateOptions {
  seed?: number;
  from: number;
  seeds: number;
  minutes?: number;
  operations: number;
  history?: true;
}

const program = new Command("simulate")
  .description("Lets producers, foreign writers, crashes and repairs meet, and checks what Rollcall promises.")
  .option("--seed <number>", "run one seed, and tell its history if it fails", wholeNumber)
  .option("--history", "with --seed: tell the history also if all is well")
  .option("--from <number>", "the first of many seeds", wholeNumber, 1)
  .option("--seeds <count>", "how many seeds to run", wholeNumber, DEFAULT_SEEDS)
  .option("--minutes <number>", "run for so long instead, from a seed nobody has tried", positiveNumber)
  .option("--operations <count>", "operations of each seed, about", wholeNumber, DEFAULT_OPERATIONS)
  .showHelpAfterError()
  .configureOutput({ outputError: (text, write) => write(text) })
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .action(async (options: SimulateOptions) => {
    process.exitCode = (await run(options)) ? 0 : 1;
  });

await program.parseAsync();

function run(options: SimulateOptions): Promise<boolean> {
  return options.seed === undefined ? runMany(options) : runOne(options.seed, options);
}

async function runMany({ from, seeds, minutes, operations }: SimulateOptions): Promise<boolean> {
  const first = minutes === undefined ? from : Math.floor(Math.random() * 2 ** 40);
  const last = minutes === undefined ? from + seeds - 1 : Number.MAX_SAFE_INTEGER;
  const signal = minutes === undefined ? {} : { signal: AbortSignal.timeout(minutes * 60_000) };
  const { tally, failed } = await runSeeds({
    first,
    last,
    operations,
    ...signal,
    onProgress: (sum) => progress(formatTally(sum)),
  });
  progress("");
  say(formatTally(tally));
  if (failed === undefined) {
    say("Every promise was kept.");
    return true;
  }
  return await runOne(failed, { operations });
}

async function runOne(seed: number, { operations, history }: Pick<SimulateOptions, "operations" | "history">) {
  const plan = planFrom(seed, operations);
  const outcome = await simulate(plan, { keepsHistory: history === true });
  const [violation] = outcome.violations;
  if (violation === undefined) {
    for (const line of outcome.history) say(line);
    say(`Seed ${seed}: ${outcome.operations} operations, ${outcome.commits} writes, every promise was kept.`);
    return true;
  }
  say(`Seed ${seed} breaks a promise: ${violation.problem}. Looking for a shorter history of it ...`);
  say(formatFailure(await shrink(plan, violation.kind), countOperations(plan)));
  say(
    `Again: npm run simulate -- --seed ${seed}${operations === DEFAULT_OPERATIONS ? "" : ` --operations ${operations}`}`,
  );
  return false;
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
