import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { RegistryError } from "../protocol/errors.ts";

/** Actions that cannot go into a member's transaction. Thrown before anything is sent. */
export class InvalidActionError extends RegistryError {
  override readonly name = "InvalidActionError";
  /** Position of the action in the caller's array; `undefined` where the array as a whole is at fault. */
  readonly index: number | undefined;

  constructor(index: number | undefined, problem: string, options?: ErrorOptions) {
    super("INVALID_ACTION", index === undefined ? `${problem}.` : `Action ${index}: ${problem}.`, options);
    this.index = index;
  }
}

/**
 * A condition in the caller's own actions was false. Nothing of this call was written.
 */
export class ConditionFailedError extends RegistryError {
  override readonly name = "ConditionFailedError";
  /** Position of the action in the caller's array. */
  readonly index: number;
  /** The item as it was, where the action asked for it by `ReturnValuesOnConditionCheckFailure: "ALL_OLD"`. */
  readonly item: Record<string, AttributeValue> | undefined;

  constructor(member: string, index: number, item: Record<string, AttributeValue> | undefined, cause: unknown) {
    super(
      "CONDITION_FAILED",
      `The condition of action ${index} for ${JSON.stringify(member)} was false; nothing was written.`,
      { cause },
    );
    this.index = index;
    this.item = item;
  }
}
