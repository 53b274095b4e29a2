import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { type RefusedWriteOptions, RegistryError } from "../protocol/errors.ts";

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

  constructor(
    member: string,
    index: number,
    item: Record<string, AttributeValue> | undefined,
    options: RefusedWriteOptions = {},
  ) {
    const outcome =
      options.outcome === "unknown" ? "whether an earlier attempt was written is unknown" : "nothing was written";
    super(
      "CONDITION_FAILED",
      `The condition of action ${index} for ${JSON.stringify(member)} was false; ${outcome}.`,
      options,
    );
    this.index = index;
    this.item = item;
  }
}

/**
 * A member that was to be replaced has no item. Nothing was written, unless {@link RegistryError.outcome} is `"unknown"`:
 * an attempt whose answer was lost may have replaced an item that was deleted since.
 */
export class MemberNotFoundError extends RegistryError {
  override readonly name = "MemberNotFoundError";
  /** The member that was to be replaced. */
  readonly member: string;

  constructor(member: string, options?: RefusedWriteOptions) {
    super(
      "MEMBER_NOT_FOUND",
      `Member ${JSON.stringify(member)} has no item to replace; create it with put().`,
      options,
    );
    this.member = member;
  }
}
