/**
 * What passes by itself, by DynamoDB's codes: as the name of an error (`…Exception`) and as the reason of a cancelled
 * transaction (`…Error`, or bare). The SDK retries throttling a few times, and no kind of conflict at all.
 */
const TRANSIENT_CODES = {
  TransactionConflict: "conflict",
  TransactionInProgress: "conflict",
  ReplicatedWriteConflict: "conflict",
  Throttling: "throttling",
  Throttled: "throttling",
  RequestThrottled: "throttling",
  TooManyRequests: "throttling",
  ProvisionedThroughputExceeded: "throttling",
  RequestLimitExceeded: "throttling",
} as const satisfies Record<string, "conflict" | "throttling">;

const KINDS: ReadonlyMap<string, "conflict" | "throttling"> = new Map(Object.entries(TRANSIENT_CODES));

/** What a code says of a request, where that passes by itself: it met another writer, or there was no capacity for it. */
export function transientKind(code: string | undefined): "conflict" | "throttling" | undefined {
  return KINDS.get((code ?? "").replace(/(Exception|Error)$/, ""));
}

/** True where a plain write met a transaction on its item. The SDK does not retry it. */
export function isConflict(error: unknown): boolean {
  return error instanceof Error && transientKind(error.name) === "conflict";
}

/** True where DynamoDB had no capacity for a request, and still had none on the SDK's last attempt. */
export function isThrottled(error: unknown): boolean {
  return error instanceof Error && transientKind(error.name) === "throttling";
}

/** True where the same request may succeed later: it met another writer, or there was no capacity for it. */
export function isTransient(error: unknown): boolean {
  return isConflict(error) || isThrottled(error) || isCancelledForNow(error);
}

/** True where a transaction was cancelled for nothing but what passes by itself. */
function isCancelledForNow(error: unknown): boolean {
  if (!(error instanceof Error) || error.name !== "TransactionCanceledException") return false;
  const { CancellationReasons: reasons } = error as { CancellationReasons?: ({ Code?: string } | null)[] | null };
  const codes = (reasons ?? []).map((reason) => reason?.Code).filter((code) => code !== undefined && code !== "None");
  return codes.length > 0 && codes.every((code) => transientKind(code) !== undefined);
}
