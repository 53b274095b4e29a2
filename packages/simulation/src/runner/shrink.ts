import { CALM } from "../network/conditions.ts";
import type { Plan, Step } from "../plan/plan.ts";
import type { Setting } from "../plan/setting.ts";
import { type Outcome, simulate } from "../simulate.ts";

/** A plan that fails, with what it showed. */
export interface Failure {
  readonly plan: Plan;
  readonly outcome: Outcome;
}

/** Options of {@link shrink}. */
export interface ShrinkOptions {
  /** Simulations it may take at most. Default: 500. */
  readonly attempts?: number;
  /** Hears when a simulation begins. */
  readonly onAttempt?: () => void;
}

/**
 * Leaves out of a failing plan what it fails without: first operations, in ever smaller pieces, then what the
 * setting makes hard. What remains fails in the same way. Source: Zeller and Hildebrandt, "Simplifying and Isolating
 * Failure-Inducing Input", 2002.
 *
 * @param kind of the violation that must remain
 */
export async function shrink(
  plan: Plan,
  kind: string,
  { attempts = 500, onAttempt = () => {} }: ShrinkOptions = {},
): Promise<Failure> {
  let left = attempts;
  onAttempt();
  let best: Failure = { plan, outcome: await simulate(plan) };
  const fails = async (candidate: Plan): Promise<boolean> => {
    if (left-- <= 0) return false;
    onAttempt();
    const outcome = await simulate(candidate);
    if (!outcome.violations.some((violation) => violation.kind === kind)) return false;
    best = { plan: candidate, outcome };
    return true;
  };

  for (let before = Number.POSITIVE_INFINITY; best.plan.steps.length < before && left > 0; ) {
    before = best.plan.steps.length;
    for (const easier of easierSettings(best.plan.setting)) {
      await fails({ ...best.plan, setting: { ...best.plan.setting, ...easier } });
    }
    for (let size = Math.ceil(before / 2); size >= 1; size = Math.floor(size / 2)) {
      for (let from = 0; from < best.plan.steps.length; ) {
        const steps = best.plan.steps.toSpliced(from, size);
        if (!(await fails({ ...best.plan, steps }))) from += size;
      }
    }
    for (const [i, step] of best.plan.steps.entries()) {
      for (const smaller of smallerSteps(step)) await fails({ ...best.plan, steps: best.plan.steps.with(i, smaller) });
    }
  }
  return { plan: best.plan, outcome: await simulate(best.plan, { keepsHistory: true }) };
}

/** Fewer writes in one turn. */
function smallerSteps({ operation, ...rest }: Step): Step[] {
  if (operation.kind !== "write" || operation.writes.length < 2) return [];
  return operation.writes.map((write) => ({ ...rest, operation: { ...operation, writes: [write] } }));
}

/** One difficulty less at a time. */
function easierSettings({ network, scopes }: Setting): Partial<Setting>[] {
  const calmer = Object.entries(CALM).map(([name, value]) => ({ network: { ...network, [name]: value } }));
  return [
    { hasOutage: false },
    { isRestored: false },
    { crowd: undefined },
    { backlog: undefined },
    { unreadableName: undefined },
    { regions: 1 },
    { maintainers: 1 },
    { shards: 1 },
    { scopes: scopes.slice(0, 1) },
    ...calmer,
  ];
}
