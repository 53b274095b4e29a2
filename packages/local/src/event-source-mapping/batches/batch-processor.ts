import { randomUUID } from "node:crypto";
import type { SteadyClock } from "../clock.ts";
import type { Tell } from "../events.ts";
import type { InvocationResult } from "../function/invocation.ts";
import type { EventName } from "../function/lambda-event.ts";
import { type BatchVerdict, judgeResponse } from "../function/partial-response.ts";
import type { BatchOutcome, DiscardCondition, NextStep } from "./batch-report.ts";
import { type FailureDocument, failureDocument } from "./failure-document.ts";
import { endsOf, eventJson, type PendingRecord } from "./pending-record.ts";
import { newPiece, type Piece, planRetry, type RetrySettings } from "./retry-policy.ts";

/** Called, and awaited, whenever records are done: processed, or discarded. */
export type OnDone = (records: readonly PendingRecord[]) => Promise<void>;

/** What a processor works with. */
export interface BatchProcessorParts {
  readonly shardId: string;
  readonly streamArn: string;
  readonly functionArn: string;
  /** Invokes the function that is set now with an event. */
  readonly invoke: (eventJson: string) => Promise<InvocationResult>;
  readonly reportsItemFailures: boolean;
  readonly retry: RetrySettings;
  readonly onFailure: (document: FailureDocument) => void | Promise<void>;
  readonly clock: SteadyClock;
  readonly signal: AbortSignal;
  readonly tell: Tell;
}

/** Brings batches of one shard to the function, until each of their records is done. */
export class BatchProcessor {
  readonly #parts: BatchProcessorParts;

  constructor(parts: BatchProcessorParts) {
    this.#parts = parts;
  }

  /** Resolves when every record is done; rejects with the signal's reason when that ends it earlier. */
  async process(batch: readonly PendingRecord[], onDone: OnDone): Promise<void> {
    const work: Piece[] = [newPiece(batch)];
    for (let piece = work.shift(); piece !== undefined; piece = work.shift()) {
      this.#parts.signal.throwIfAborted();
      const fresh = await this.#discardTooOld(piece, onDone);
      if (fresh.records.length > 0) work.unshift(...(await this.#attempt(fresh, onDone)));
    }
  }

  /** Invokes the function once, and returns what is left to send, after the wait that is due. */
  async #attempt(piece: Piece, onDone: OnDone): Promise<readonly Piece[]> {
    const { records } = piece;
    const { invoke, retry, signal, clock } = this.#parts;
    const result = await invoke(eventJson(records));
    const { requestId, durationMs, error: cause } = result;
    const verdict = this.#judge(result, records);
    if (verdict.kind === "succeeded") {
      const { warning } = verdict;
      this.#report(records, { kind: "succeeded", durationMs, ...(warning !== undefined && { warning }) });
      await onDone(records);
      return [];
    }

    const done = verdict.kind === "partly-failed" ? verdict.from : 0;
    const failed: Piece = {
      records: records.slice(done),
      retries: piece.retries,
      invocations: piece.invocations + 1,
      last: { requestId, functionError: cause === undefined ? null : "Unhandled" },
    };
    const { step, pieces } = planRetry(failed, done > 0, retry);
    const next: NextStep = signal.aborted && step.kind !== "discard" ? { kind: "abandon" } : step;
    const error =
      verdict.kind === "failed" ? verdict.reason : `record ${endsOf(failed.records).first.sequenceNumber} was reported`;
    this.#report(records, { kind: "failed", durationMs, done, error, ...(cause !== undefined && { cause }), next });
    if (done > 0) await onDone(records.slice(0, done));
    if (step.kind === "discard") await this.#discard(failed, "RetryAttemptsExhausted", onDone);
    else await clock.sleep(step.delayMs, signal);
    return pieces;
  }

  #judge({ error, response }: InvocationResult, records: readonly PendingRecord[]): BatchVerdict {
    if (error !== undefined) return { kind: "failed", reason: `${error.name}: ${error.message}` };
    if (!this.#parts.reportsItemFailures) return { kind: "succeeded" };
    return judgeResponse(
      response,
      records.map(({ sequenceNumber }) => sequenceNumber),
    );
  }

  /** Discards the records at the front that have become too old, and returns the piece without them. */
  async #discardTooOld(piece: Piece, onDone: OnDone): Promise<Piece> {
    const now = this.#parts.clock.monotonicNow();
    const firstFresh = piece.records.findIndex(({ expiresAt }) => expiresAt >= now);
    const tooOldCount = firstFresh < 0 ? piece.records.length : firstFresh;
    if (tooOldCount === 0) return piece;
    await this.#discard({ ...piece, records: piece.records.slice(0, tooOldCount) }, "RecordAgeExceeded", onDone);
    return newPiece(piece.records.slice(tooOldCount));
  }

  async #discard(piece: Piece, condition: DiscardCondition, onDone: OnDone): Promise<void> {
    const { records, invocations, last } = piece;
    const { onFailure, clock, functionArn, shardId, streamArn } = this.#parts;
    this.#report(records, { kind: "discarded", condition, invocations });
    await onFailure(
      failureDocument(records, {
        requestId: last?.requestId ?? randomUUID(),
        functionArn,
        condition,
        invocations,
        functionError: last?.functionError ?? null,
        now: clock.now(),
        shardId,
        streamArn,
      }),
    );
    await onDone(records);
  }

  #report(records: readonly PendingRecord[], outcome: BatchOutcome): void {
    const events: Partial<Record<EventName, number>> = {};
    for (const { eventName } of records) if (eventName !== undefined) events[eventName] = (events[eventName] ?? 0) + 1;
    const { first, last } = endsOf(records);
    const report = {
      shardId: this.#parts.shardId,
      records: records.length,
      events,
      firstSequenceNumber: first.sequenceNumber,
      lastSequenceNumber: last.sequenceNumber,
      outcome,
    };
    this.#parts.tell({ kind: "batch", report });
  }
}
