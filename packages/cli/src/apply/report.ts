import type { Limit } from "@rollcall/registry";
import type { Failure } from "./failures.ts";
import type { Action, Change, Plan } from "./plan.ts";

/** A resource with limits, as other commands show it, too. */
interface ResourceReport {
  resource: string;
  limits: readonly Limit[];
}

/** The JSON document of an application: what was done or, in a dry run, would be. */
export interface ApplyReport {
  dryRun: boolean;
  created: ResourceReport[];
  changed: { resource: string; from: readonly Limit[]; to: readonly Limit[] }[];
  /** Resources whose limits were right, and whose names were missing in the registry. */
  registered: ResourceReport[];
  /** With the limits they had. */
  deleted: ResourceReport[];
  unchanged: number;
  /** Registered resources that the file does not have. */
  leftAlone: number;
  failed: Failure[];
  /** Sections of the file that were not applied. */
  notHandled: string[];
}

/** Sorts changes by what they do. */
export function applyReport(
  dryRun: boolean,
  plan: Plan,
  outcome: { done: readonly Change[]; failed: Failure[] },
  notHandled: string[],
): ApplyReport {
  const of = (action: Action) => outcome.done.filter((change) => change.action === action);
  const withLimits = ({ resource, to }: Change): ResourceReport => ({ resource, limits: to });
  return {
    dryRun,
    created: of("create").map(withLimits),
    changed: of("change").map(({ resource, from, to }) => ({ resource, from: from?.limits ?? [], to })),
    registered: of("register").map(withLimits),
    deleted: of("delete").map(({ resource, from }) => ({ resource, limits: from?.limits ?? [] })),
    unchanged: plan.unchanged,
    leftAlone: plan.leftAlone,
    failed: outcome.failed,
    notHandled,
  };
}
