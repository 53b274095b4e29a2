import { parentPort, workerData } from "node:worker_threads";
import { planFrom } from "../plan/plan.ts";
import { simulate } from "../simulate.ts";
import { addOutcome, newTally, type Tally } from "./tally.ts";

/** Which seeds a worker runs: every `stride`th from `first`, up to `last`. */
export interface SeedRange {
  readonly first: number;
  readonly last: number;
  readonly stride: number;
  readonly operations: number;
}

/** What a worker says after every few seeds, and when it has ended. */
export interface SeedProgress {
  readonly tally: Tally;
  readonly failed?: number;
  readonly ended: boolean;
}

/** Seeds between two reports. */
const REPORT_EVERY = 20;

const { first, last, stride, operations } = workerData as SeedRange;
let tally = newTally();
for (let seed = first; seed <= last; seed += stride) {
  const outcome = await simulate(planFrom(seed, operations)).catch((cause: unknown) => {
    throw new Error(`The simulation itself failed in seed ${seed}`, { cause });
  });
  addOutcome(tally, outcome);
  const hasFailed = outcome.violations.length > 0;
  if (hasFailed || tally.seeds >= REPORT_EVERY) {
    say({ tally, ended: false, ...(hasFailed && { failed: seed }) });
    tally = newTally();
  }
}
say({ tally, ended: true });

function say(progress: SeedProgress): void {
  parentPort?.postMessage(progress);
}
