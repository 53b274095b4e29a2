import { countOperations, planFrom } from "../plan/plan.ts";
import { simulate } from "../simulate.ts";
import { formatFailure } from "./failure-text.ts";
import { beginSeed, workOf } from "./guarded-process.ts";
import { shrink } from "./shrink.ts";

/** Which seed a process runs, and what it tells of it. */
export interface ShrinkWork {
  readonly seed: number;
  readonly operations: number;
  /** Whether the history is told also if all is well. */
  readonly tellsHistory: boolean;
}

/** What a process has to say, line by line. */
export interface ShrinkMessage {
  readonly text: string;
  /** Whether every promise was kept; said once, in the end. */
  readonly isKept?: boolean;
}

const { seed, operations, tellsHistory } = workOf<ShrinkWork>();
beginSeed(seed);
const plan = planFrom(seed, operations);
const outcome = await simulate(plan, { keepsHistory: tellsHistory });
const [violation] = outcome.violations;
if (violation === undefined) {
  for (const line of outcome.history) say({ text: line });
  const done = `${outcome.operations} operations, ${outcome.commits} writes, every promise was kept.`;
  say({ text: `Seed ${seed}: ${done}`, isKept: true });
} else {
  say({ text: `Seed ${seed} breaks a promise: ${violation.problem}. Looking for a shorter history of it ...` });
  const failure = await shrink(plan, violation.kind, { onAttempt: () => beginSeed(seed) });
  say({ text: formatFailure(failure, countOperations(plan)), isKept: false });
}
process.disconnect?.();

function say(message: ShrinkMessage): void {
  process.send?.(message);
}
