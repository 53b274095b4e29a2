import { retryDelayMs } from "../backoff.ts";
import { NO_LIMIT } from "../constants.ts";
import type { NextStep } from "./batch-report.ts";
import type { PendingRecord } from "./pending-record.ts";

/** Records that are sent together, and what happened to them so far. */
export interface Piece {
  readonly records: readonly PendingRecord[];
  /** Retries used up. */
  readonly retries: number;
  /** Invocations these records were part of. */
  readonly invocations: number;
  /** The last of those invocations. */
  readonly last?: { readonly requestId: string; readonly functionError: "Unhandled" | null };
}

/** What to do with a piece that failed: wait, then send these pieces, in this order; no pieces when it is given up. */
export interface RetryPlan {
  readonly step: Exclude<NextStep, { kind: "abandon" }>;
  readonly pieces: readonly Piece[];
}

/** The settings that decide it. */
export interface RetrySettings {
  readonly bisect: boolean;
  readonly maximumRetryAttempts: number;
}

/**
 * Plans what follows a failure. `failed` holds the records that are not done, `progressed` says whether others before
 * them in the same invocation are.
 *
 * With bisecting on, a partial response has split the batch at the number it returned, and otherwise the batch is halved;
 * neither uses up a retry. Only a single record has nothing to split and is retried. Sources: Lambda guide, "Bisecting a
 * batch" and "Retain discarded records". Not documented: a partial response that names the first record; it says no more
 * than an error does, so the batch is halved. Without bisecting, retries are counted on over a partial response.
 */
export function planRetry(
  failed: Piece,
  progressed: boolean,
  { bisect, maximumRetryAttempts }: RetrySettings,
): RetryPlan {
  const delayMs = retryDelayMs(failed.retries);
  if (bisect && progressed) return { step: { kind: "retry", delayMs }, pieces: [failed] };
  if (bisect && failed.records.length > 1) {
    const middle = Math.ceil(failed.records.length / 2);
    const halves = [failed.records.slice(0, middle), failed.records.slice(middle)];
    return { step: { kind: "split", delayMs }, pieces: halves.map((records) => ({ ...failed, records })) };
  }
  if (maximumRetryAttempts !== NO_LIMIT && failed.retries >= maximumRetryAttempts) {
    return { step: { kind: "discard" }, pieces: [] };
  }
  return { step: { kind: "retry", delayMs }, pieces: [{ ...failed, retries: failed.retries + 1 }] };
}
