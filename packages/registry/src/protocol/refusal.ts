import type { CancellationReason } from "@aws-sdk/client-dynamodb";

/** A member's own action was refused for good; the other members of its transaction were not held up by it. */
export class MemberRefusedError extends Error {
  override readonly name = "MemberRefusedError";
  /** Why, in DynamoDB's words. */
  readonly reason: CancellationReason;
  /** DynamoDB's answer to the whole transaction. */
  override readonly cause: unknown;

  constructor(member: string, reason: CancellationReason, cause: unknown) {
    super(`The action of ${JSON.stringify(member)} was refused: ${reason.Message ?? reason.Code}`);
    this.reason = reason;
    this.cause = cause;
  }
}

/** What is to be done about a transaction of members' writes, followed by their set's, that was refused. */
export type Refusal =
  /** The set's item is busy: the same request again, later. */
  | { kind: "set-contended" }
  /** The set's item is there after all, or is not: the other form of the request. */
  | { kind: "set-existence" }
  /** The set's item would grow past the item limit. */
  | { kind: "set-full" }
  /** The set's item cannot be updated, for it is no set. */
  | { kind: "set-malformed" }
  /** Some members' own actions were refused, for good or for now; the others may go again at once. */
  | { kind: "members"; refused: ReadonlyMap<number, CancellationReason>; contended: ReadonlySet<number> }
  /** The request as a whole is invalid, and DynamoDB does not say by whose fault. */
  | { kind: "invalid" }
  /** Anything else. Whether the transaction was committed may be unknown. */
  | { kind: "failed" };

const CONTENDED: ReadonlySet<string | undefined> = new Set([
  "TransactionConflict",
  "ThrottlingError",
  "ProvisionedThroughputExceeded",
]);

/** Reads the error of a transaction whose last action is the set's, after `members` actions of members. */
export function diagnose(error: unknown, members: number): Refusal {
  if (isNamed(error, "ValidationException")) return { kind: isTypeMessage(error) ? "set-malformed" : "invalid" };
  // An earlier attempt with this token, whose answer was lost, is still being worked on.
  if (isNamed(error, "TransactionInProgressException")) return { kind: "set-contended" };
  if (!isNamed(error, "TransactionCanceledException")) return { kind: "failed" };
  const reasons = (error as { CancellationReasons?: CancellationReason[] }).CancellationReasons ?? [];
  const set = reasons[members];
  if (set === undefined) return { kind: "failed" };

  const contended = new Set<number>();
  const refused = new Map<number, CancellationReason>();
  for (const [i, reason] of reasons.slice(0, members).entries()) {
    if (CONTENDED.has(reason.Code)) contended.add(i);
    else if (reason.Code !== undefined && reason.Code !== "None") refused.set(i, reason);
  }
  // A member refused for good changes the request, so it goes first; the set is heard again on the next attempt.
  if (refused.size > 0) return { kind: "members", refused, contended };
  if (set.Code === "ConditionalCheckFailed") return { kind: "set-existence" };
  if (set.Code === "ValidationError") return { kind: isSizeMessage(set.Message) ? "set-full" : "set-malformed" };
  if (CONTENDED.has(set.Code)) return { kind: "set-contended" };
  return contended.size > 0 ? { kind: "members", refused, contended } : { kind: "failed" };
}

/** True where a plain write met a transaction on its item. The SDK does not retry it. */
export function isConflict(error: unknown): boolean {
  return isNamed(error, "TransactionConflictException");
}

const THROTTLED: ReadonlySet<string> = new Set([
  "ThrottlingException",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
]);

/** True where DynamoDB had no capacity for a request, and still had none on the SDK's last attempt. */
export function isThrottled(error: unknown): boolean {
  return error instanceof Error && THROTTLED.has(error.name);
}

/** True where a condition of a plain write did not hold. */
export function isConditionFailure(error: unknown): boolean {
  return isNamed(error, "ConditionalCheckFailedException");
}

/** True where a Put, alone or in a transaction, was refused because its item is larger than DynamoDB allows. */
export function isItemTooLarge(error: unknown): boolean {
  return isNamed(error, "ValidationException") && isSizeMessage((error as Error).message);
}

/** "Item size has exceeded the maximum allowed size" of a Put, "Item size to update has exceeded…" of an Update. */
function isSizeMessage(message: string | undefined): boolean {
  return /item size .*exceeded/i.test(message ?? "");
}

/**
 * "An operand in the update expression has an incorrect data type": only the set's action has an update expression.
 * DynamoDB Local refuses the whole request with it, where others cancel the transaction with it as the set's reason.
 */
function isTypeMessage(error: unknown): boolean {
  return /operand in the update expression has an incorrect data type/i.test((error as Error).message);
}

/** By name, for an application may hold several copies of the SDK and `instanceof` knows only one. */
function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}
