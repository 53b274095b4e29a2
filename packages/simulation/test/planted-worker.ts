import { registerHooks } from "node:module";
import { parentPort, workerData } from "node:worker_threads";
import type { Fault } from "./faults.ts";

/** What a worker is to do. */
export interface PlantedWork {
  readonly fault: Fault | undefined;
  readonly seeds: number;
  /** Whether to look for a shorter history of the failure. */
  readonly shrinks: boolean;
}

/** The first seed that broke a promise, and which. */
export interface PlantedResult {
  readonly seed: number | undefined;
  readonly kind: string | undefined;
  readonly problem: string | undefined;
  /** What is left of the plan's operations, and the failure in words. */
  readonly shrunk?: { readonly operations: number; readonly text: string };
}

const { fault, seeds, shrinks } = workerData as PlantedWork;
const likely = fault?.seed === undefined || fault.seed > seeds ? [] : [fault.seed];
let isPlanted = fault === undefined;

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (fault === undefined || !url.endsWith(`/packages/${fault.file}`)) return loaded;
    const source = String(loaded.source);
    if (source.split(fault.original).length !== 2)
      throw new Error(`${fault.file} does not have ${fault.original} once`);
    isPlanted = true;
    return { ...loaded, source: source.replace(fault.original, () => fault.faulty) };
  },
});

const { countOperations, planFrom } = await import("../src/plan/plan.ts");
const { formatFailure } = await import("../src/runner/failure-text.ts");
const { shrink } = await import("../src/runner/shrink.ts");
const { simulate } = await import("../src/simulate.ts");

let result: PlantedResult = { seed: undefined, kind: undefined, problem: undefined };
for (const seed of [...likely, ...Array.from({ length: seeds }, (_, i) => i + 1)]) {
  const plan = planFrom(seed);
  const [violation] = (await simulate(plan)).violations;
  if (violation === undefined) continue;
  result = { seed, ...violation };
  if (!shrinks) break;
  const failure = await shrink(plan, violation.kind);
  const shrunk = { operations: countOperations(failure.plan), text: formatFailure(failure, countOperations(plan)) };
  result = { ...result, shrunk };
  break;
}
if (!isPlanted) throw new Error(`${fault?.file} was never loaded`);
parentPort?.postMessage(result);
