import { retryDelayMs } from "../backoff.ts";
import { NO_LIMIT } from "../constants.ts";
import type { NextStep } from "./batch-report.ts";
import type { PendingRecord } from "./pending-record.ts";

/** Records that are sent together, and what happened since the shard's position moved to the first of them. */
export interface Piece {
  readonly records: readonly PendingRecord[];
  /** Retries used up. */
  readonly retries: number;
  /** Invocations that began with the first of them. */
  readonly invocations: number;
  /** The last of those invocations. */
  readonly last?: { readonly requestId: string; readonly functionError: "Unhandled" | null };
}

/** What to do with a piece that failed: wait, then send these pieces, in this order; no pieces when it is discarded. */
export interface RetryPlan {
  readonly step: Exclude<NextStep, { kind: "abandon" }>;
  readonly pieces: readonly Piece[];
}

/** The settings that decide it. */
export interface RetrySettings {
  readonly bisect: boolean;
  readonly maximumRetryAttempts: number;
}

/** A piece that nothing has happened to yet. Counts never outlive a move of the position: AWS starts them once more. */
export function newPiece(records: readonly PendingRecord[]): Piece {
  return { records, retries: 0, invocations: 0 };
}

/**
 * Plans what follows a failure. `failed` holds the records that are not done, `progressed` says whether others before
 * them in the same invocation are.
 *
 * Progress starts the counts once more: the invocation that it was made in was not about these records alone. With
 * bisecting on, a partial response has split the batch at the number it returned, and otherwise the batch is halved;
 * neither uses up a retry. Only a single record has nothing to split and is retried. Sources: Lambda guide, "Bisecting a
 * batch" and "Retain discarded records"; recordings of AWS in which a record that fails behind others is sent
 * `maximumRetryAttempts` + 1 times alone. Not documented: a partial response that names the first record; it says no
 * more than an error does, so the batch is halved.
 */
export function planRetry(
  failed: Piece,
  progressed: boolean,
  { bisect, maximumRetryAttempts }: RetrySettings,
): RetryPlan {
  if (progressed) return { step: { kind: "retry", delayMs: retryDelayMs(0) }, pieces: [newPiece(failed.records)] };
  const delayMs = retryDelayMs(failed.retries);
  if (bisect && failed.records.length > 1) {
    const middle = Math.ceil(failed.records.length / 2);
    const first = { ...failed, records: failed.records.slice(0, middle) };
    return { step: { kind: "split", delayMs }, pieces: [first, newPiece(failed.records.slice(middle))] };
  }
  if (maximumRetryAttempts !== NO_LIMIT && failed.retries >= maximumRetryAttempts) {
    return { step: { kind: "discard" }, pieces: [] };
  }
  return { step: { kind: "retry", delayMs }, pieces: [{ ...failed, retries: failed.retries + 1 }] };
}
