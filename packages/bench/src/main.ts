import { availableEngines, EngineError, EngineUnavailableError } from "@rollcall/local";
import { CASE_NAMES, type Measurement } from "./measuring/measurement.ts";
import { type BenchOptions, exitCodeOf, parseOptions } from "./options.ts";
import { describeMeasurement } from "./report/describe-measurement.ts";
import { compareFigures, exactFigures, figurePrefix, mergeFigures } from "./report/exact-figures.ts";
import { provenance } from "./report/provenance.ts";
import { readExactFigures, writeExactFigures, writeResults } from "./report/results-folder.ts";
import { renderSections } from "./report/results-page.ts";
import { type RunPlan, runCases } from "./run-cases.ts";

const MINUTE_MS = 60_000;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/**
 * The engines to use: those with a process of their own, which a case may kill, unless another is asked for. Says which
 * cannot run, and why.
 *
 * @throws EngineUnavailableError when there is none
 */
async function chooseEngines({ engine }: BenchOptions): Promise<RunPlan["engines"]> {
  const found = (await availableEngines()).filter((each) =>
    engine === undefined ? each.engine !== "memory" : each.engine === engine,
  );
  const missing = found.filter((each) => !each.available);
  if (missing.length === found.length) throw new EngineUnavailableError(missing);
  for (const { engine: name, reason, remedy } of missing) say(`Without ${name}: ${reason}; ${remedy}`);
  return found.filter((each) => each.available).map((each) => each.engine);
}

async function measure(plan: RunPlan): Promise<Measurement[]> {
  const startedAt = performance.now();
  const measurements: Measurement[] = [];
  for await (const measurement of runCases(plan)) {
    measurements.push(measurement);
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    say(`${String(seconds).padStart(5)} s  ${describeMeasurement(measurement)}`);
  }
  return measurements;
}

/** Compares with what was recorded. Returns the exit code. */
async function judge(plan: RunPlan, measurements: readonly Measurement[], record: boolean): Promise<number> {
  const recorded = await readExactFigures();
  const measured = exactFigures(measurements);
  const prefixes = plan.engines.flatMap((engine) => plan.cases.map((name) => figurePrefix({ engine, case: name })));
  if (record) {
    await writeExactFigures(mergeFigures(recorded, measured, prefixes));
    say(`Recorded ${Object.keys(measured).length} exact figures.`);
    return 0;
  }
  const { worse, better, missing, added } = compareFigures(recorded, measured, prefixes);
  for (const figure of worse) say(`worse: ${figure}`);
  for (const name of missing) say(`not measured any more: ${name}`);
  for (const figure of better) say(`better: ${figure}`);
  for (const figure of added) say(`new: ${figure}`);
  if (better.length + added.length + worse.length + missing.length > 0) {
    say("To record the figures as they are now: npm run bench -- --quick --record");
  }
  const total = Object.keys(measured).length;
  say(
    `${total} exact figures: ${worse.length} worse, ${better.length} better, ${added.length} new, ${missing.length} gone.`,
  );
  return worse.length + missing.length > 0 ? 1 : 0;
}

async function main(options: BenchOptions): Promise<number> {
  const startedAt = performance.now();
  const plan: RunPlan = {
    mode: options.quick ? "quick" : "full",
    seed: options.seed,
    engines: await chooseEngines(options),
    cases: options.case ? [options.case] : CASE_NAMES,
  };
  const measurements = await measure(plan);
  if (options.quick) return await judge(plan, measurements, options.record);
  if (options.case || options.engine) {
    say(renderSections({ measurements }).join("\n\n"));
    return 0;
  }
  const minutes = Math.round((performance.now() - startedAt) / MINUTE_MS);
  await writeResults({ provenance: provenance(options.seed, minutes, plan.engines), measurements });
  say(`${minutes} minutes; see packages/bench/results/README.md`);
  return 0;
}

try {
  process.exitCode = await main(parseOptions(process.argv.slice(2)));
} catch (error) {
  if (error instanceof EngineError) process.stderr.write(`Error: ${error.message}\n`); // says what to install
  const exitCode = error instanceof EngineError ? 1 : exitCodeOf(error);
  if (exitCode === undefined) throw error;
  process.exitCode = exitCode;
}
