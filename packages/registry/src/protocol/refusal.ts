import type { CancellationReason } from "@aws-sdk/client-dynamodb";
import type { WriteOutcome } from "./errors.ts";
import { transientKind } from "./transient.ts";

/** The first of a write's own actions that was refused permanently, and why. */
export interface RefusedAction {
  index: number;
  reason: CancellationReason;
}

/** A member's own action was refused permanently; the other members of its transaction were not held up by it. */
export class MemberRefusedError extends Error {
  override readonly name = "MemberRefusedError";
  /** Position of the action in the write's own list. */
  readonly index: number;
  /** Why, in DynamoDB's words. */
  readonly reason: CancellationReason;
  /** DynamoDB's answer to the whole transaction. */
  override readonly cause: unknown;

  /** Whether an earlier attempt may have been written. */
  readonly outcome: WriteOutcome;

  constructor(member: string, { index, reason }: RefusedAction, cause: unknown, outcome: WriteOutcome = "not-written") {
    super(`The action of ${JSON.stringify(member)} was refused: ${reason.Message ?? reason.Code}`);
    this.index = index;
    this.reason = reason;
    this.outcome = outcome;
    this.cause = cause;
  }
}

/** Names were to be added to a set that must exist, and its item is not there. */
export class SetAbsentError extends Error {
  override readonly name = "SetAbsentError";
  /** DynamoDB's answer to the whole transaction. */
  override readonly cause: unknown;

  constructor(cause: unknown) {
    super("The set's item is not there, and is not to be created");
    this.cause = cause;
  }
}

/** What an error says of a transaction of members' writes, followed by their set's. */
export type Refusal =
  /** The set's item, or the whole table, is busy. */
  | { kind: "set-contended" }
  /** The set's item is there after all, or is not. */
  | { kind: "set-existence" }
  /** The set's item would grow past the item limit. */
  | { kind: "set-full" }
  /** The set's item cannot be updated, for it is no set. */
  | { kind: "set-malformed" }
  /** Some members' own actions were refused, by their positions: permanently, or because their items are busy. */
  | { kind: "members"; refused: ReadonlyMap<number, RefusedAction>; contended: ReadonlySet<number> }
  /** The request as a whole is blamed, and DynamoDB does not say for which of its actions. */
  | { kind: "invalid" }
  /** Anything else. Whether the transaction was committed may be unknown. */
  | { kind: "failed" };

/**
 * Reads the error of a transaction.
 *
 * @param actionCounts how many actions each member has, in order; the set's is the last action
 */
export function diagnose(error: unknown, actionCounts: readonly number[]): Refusal {
  if (!(error instanceof Error)) return { kind: "failed" };
  if (error.name === "TransactionCanceledException") return diagnoseReasons(error, actionCounts);
  if (transientKind(error.name) !== undefined) return { kind: "set-contended" };
  if (error.name === "ValidationException" && isTypeMessage(error)) return { kind: "set-malformed" };
  return { kind: blamesRequest(error) ? "invalid" : "failed" };
}

function diagnoseReasons(error: Error, actionCounts: readonly number[]): Refusal {
  const { CancellationReasons: reasons } = error as { CancellationReasons?: (CancellationReason | null)[] };
  // An answer that came through a proxy, or from another engine, may lack the list or parts of it.
  if (!Array.isArray(reasons)) return { kind: "failed" };
  const set = reasons[actionCounts.reduce((sum, count) => sum + count, 0)];
  if (set === undefined || set === null) return { kind: "failed" };

  const contended = new Set<number>();
  const refused = new Map<number, RefusedAction>();
  let from = 0;
  for (const [i, count] of actionCounts.entries()) {
    const own = reasons.slice(from, from + count);
    from += count;
    const index = own.findIndex((reason) => isPermanent(reason?.Code));
    const reason = own[index];
    if (reason) refused.set(i, { index, reason });
    else if (own.some((each) => transientKind(each?.Code) !== undefined)) contended.add(i);
  }
  // A member refused permanently changes the request, so it comes first; the next attempt tells of the set.
  if (refused.size > 0) return { kind: "members", refused, contended };
  if (set.Code === "ConditionalCheckFailed") return { kind: "set-existence" };
  if (set.Code === "ValidationError") return { kind: isSizeMessage(set.Message) ? "set-full" : "set-malformed" };
  if (transientKind(set.Code) !== undefined) return { kind: "set-contended" };
  return contended.size > 0 ? { kind: "members", refused, contended } : { kind: "failed" };
}

function isPermanent(code: string | undefined): boolean {
  return code !== undefined && code !== "None" && transientKind(code) === undefined;
}

/** Answers with a status of 400 that are about the caller, the table or the token, and not about what the request holds. */
const NOT_ABOUT_ACTIONS: ReadonlySet<string> = new Set([
  "AccessDenied",
  "ExpiredToken",
  "IdempotentParameterMismatch",
  "IncompleteSignature",
  "InternalServer",
  "InvalidClientTokenId",
  "InvalidSignature",
  "MissingAuthenticationToken",
  "NotAuthorized",
  "OptInRequired",
  "RequestExpired",
  "RequestTimeout",
  "ResourceNotFound",
  "SignatureDoesNotMatch",
  "UnknownOperation",
  "UnrecognizedClient",
]);

/**
 * True for an answer that finds fault with the request: invalid, not to be read, too large, or some name that we do not
 * know. One action may be at fault, so that the others pass without it.
 */
function blamesRequest(error: Error): boolean {
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  if (error.name === "ValidationException" || error.name === "SerializationException" || status === 413) return true;
  return status === 400 && !NOT_ABOUT_ACTIONS.has(error.name.replace(/(Exception|Error)$/, ""));
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
function isSizeMessage(message = ""): boolean {
  const start = message.search(/item size /i); // one text after the other: together they take long for a long message
  return start >= 0 && /exceeded/i.test(message.slice(start));
}

/**
 * "An operand in the update expression has an incorrect data type": only the set's action has an update expression.
 * DynamoDB Local refuses the whole request with it, where others cancel the transaction with it as the set's reason.
 */
function isTypeMessage(error: Error): boolean {
  return /operand in the update expression has an incorrect data type/i.test(error.message);
}

/** By name, for an application may hold several copies of the SDK and `instanceof` knows only one. */
function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}
