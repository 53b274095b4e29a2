import { planFrom } from "../plan/plan.ts";
import type { Violation } from "../promises/violation.ts";
import { simulate } from "../simulate.ts";
import { beginSeed, workOf } from "./guarded-process.ts";
import { addOutcome, newTally, type Tally } from "./tally.ts";

/** Which seeds a process runs: every `stride`th from `first`, up to `last`. */
export interface SeedRange {
  readonly first: number;
  readonly last: number;
  readonly stride: number;
  readonly operations: number;
}

/** What a process says after every few seeds. */
export interface SeedProgress {
  readonly tally: Tally;
  readonly failed?: { readonly seed: number; readonly violation: Violation };
}

/** Seeds between two reports. */
const REPORT_EVERY = 20;

const { first, last, stride, operations } = workOf<SeedRange>();
let tally = newTally();
for (let seed = first; seed <= last; seed += stride) {
  beginSeed(seed);
  const outcome = await simulate(planFrom(seed, operations));
  addOutcome(tally, outcome);
  const [violation] = outcome.violations;
  if (violation === undefined && tally.seeds < REPORT_EVERY) continue;
  say({ tally, ...(violation && { failed: { seed, violation } }) });
  tally = newTally();
}
say({ tally });
process.disconnect?.();

function say(progress: SeedProgress): void {
  process.send?.(progress);
}
