import { ConditionFailedError, ResourceNotFoundError } from "@rollcall/registry";
import type { Target } from "../connection/target.ts";
import { explainError } from "../explain/explain-error.ts";
import type { Outcome } from "./carry-out.ts";
import type { Action } from "./plan.ts";

/** A change that could not be made, and why. */
export interface Failure {
  resource: string;
  action: Action;
  error: string;
}

/**
 * Says why changes failed.
 *
 * @throws the error of a change itself, when it is a fault of ours
 */
export function explainFailures(failed: Outcome["failed"], target: Target): Failure[] {
  return failed.map(({ change: { resource, action }, error }) => {
    if (error instanceof ResourceNotFoundError) return { resource, action, error: "It was deleted meanwhile." };
    if (error instanceof ConditionFailedError) return { resource, action, error: "Other writers keep changing it." };
    const explanation = explainError(error, target);
    if (explanation === undefined) throw error;
    return { resource, action, error: explanation };
  });
}
