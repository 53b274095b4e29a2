import { ConditionFailedError } from "@rollcall/registry";
import type { RegistryConnection } from "../connection/connection.ts";
import type { Io } from "../terminal/io.ts";
import { carryOut, type Outcome } from "./carry-out.ts";
import { readLiveState } from "./live-state.ts";
import { makePlan, type Plan, type PlannedChange } from "./plan.ts";

/** How often a default is planned again that others keep changing, before it counts as failed. */
const MAX_ROUNDS = 5;

/** What became of a plan, in the end. */
export interface AppliedPlan extends Outcome {
  /** Resources that were as the manifest says when they were planned, or when they were planned again. */
  unchanged: number;
}

/**
 * Carries out a plan. A default whose other attributes have changed since it was read is read and planned again: its
 * limits are those that were agreed on, beside all that is in the item now.
 */
export async function applyPlan(
  connection: RegistryConnection,
  plan: Plan,
  io: Pick<Io, "clock" | "signal">,
): Promise<AppliedPlan> {
  const applied: AppliedPlan = { done: [], failed: [], unchanged: plan.unchanged };
  let changes: readonly PlannedChange[] = plan.changes;
  for (let round = 1; ; round++) {
    const { done, failed } = await carryOut(connection, changes, io);
    applied.done.push(...done);
    const isLast = round === MAX_ROUNDS;
    const outdated = failed.filter(({ error }) => !isLast && error instanceof ConditionFailedError);
    applied.failed.push(...failed.filter((failure) => !outdated.includes(failure)));
    if (outdated.length === 0) return applied;
    const again = new Map(outdated.map(({ change: { resource, to } }) => [resource, to]));
    const live = await readLiveState(connection, again.keys(), { withRegistered: false }, io);
    const next = makePlan(again, live, { prune: false });
    applied.unchanged += next.unchanged;
    changes = next.changes;
  }
}
