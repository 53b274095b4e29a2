import type { Limit } from "@rollcall/registry";
import type { Failure } from "./failures.ts";
import { keptAttributes } from "./keeping-put.ts";
import type { Action, Plan, PlannedChange } from "./plan.ts";

/** A resource with limits, as other commands show it, too. */
interface ResourceReport {
  resource: string;
  limits: readonly Limit[];
  /** Attributes that others keep in the item and that stay, where there are any. */
  kept?: readonly string[];
}

/** The JSON document of an application: what was done or, in a dry run, would be. */
export interface ApplyReport {
  dryRun: boolean;
  created: ResourceReport[];
  changed: { resource: string; from: readonly Limit[]; to: readonly Limit[]; kept?: readonly string[] }[];
  /** Resources whose limits were right, and whose names were missing in the registry. */
  registered: ResourceReport[];
  /** With the limits they had. */
  deleted: ResourceReport[];
  unchanged: number;
  /** Registered resources that the file does not have. */
  leftAlone: number;
  /** Those that `--prune` leaves to `--prune-unmanaged`, or that this deletes, where there are any. */
  unmanaged?: readonly string[];
  failed: Failure[];
  /** Sections of the file that were not applied. */
  notHandled: string[];
}

/** Sorts changes by what they do. */
export function applyReport(
  dryRun: boolean,
  plan: Plan,
  outcome: { done: readonly PlannedChange[]; failed: Failure[] },
  notHandled: string[],
): ApplyReport {
  const of = (action: Action) => outcome.done.filter((change) => change.action === action);
  const withLimits = (change: PlannedChange): ResourceReport => ({
    resource: change.resource,
    limits: change.to,
    ...keptBy(change),
  });
  return {
    dryRun,
    created: of("create").map(withLimits),
    changed: of("change").map((change) => ({
      resource: change.resource,
      from: change.from?.limits ?? [],
      to: change.to,
      ...keptBy(change),
    })),
    registered: of("register").map(withLimits),
    deleted: of("delete").map(({ resource, from }) => ({ resource, limits: from?.limits ?? [] })),
    unchanged: plan.unchanged,
    leftAlone: plan.leftAlone,
    ...(plan.unmanaged.length > 0 && { unmanaged: plan.unmanaged }),
    failed: outcome.failed,
    notHandled,
  };
}

function keptBy(change: PlannedChange): { kept?: readonly string[] } {
  const kept = keptAttributes(change);
  return kept.length > 0 ? { kept } : {};
}
