import { randomUUID } from "node:crypto";
import { type FunctionIdentity, functionArn, type InvocationResult, invoke } from "../function/invocation.ts";
import type { EventName, StreamHandler } from "../function/lambda-event.ts";
import { type BatchVerdict, judgeResponse } from "../function/partial-response.ts";
import type { ResolvedOptions } from "../resolved-options.ts";
import { type BatchOutcome, type DiscardCondition, formatBatchReport, type NextStep } from "./batch-report.ts";
import { failureDocument } from "./failure-document.ts";
import { endsOf, eventJson, type PendingRecord } from "./pending-record.ts";
import { type Piece, planRetry } from "./retry-policy.ts";

/** Called, and awaited, whenever records are done: processed, or given up. */
export type Settle = (records: readonly PendingRecord[]) => Promise<void>;

/** Brings batches of one shard to the function, until each of their records is done. */
export class BatchProcessor {
  readonly #shardId: string;
  readonly #options: ResolvedOptions;
  readonly #handler: () => StreamHandler;
  readonly #signal: AbortSignal;
  readonly #identity: FunctionIdentity;

  /** @param handler asked before every invocation, so that the handler can be replaced between two */
  constructor(shardId: string, options: ResolvedOptions, handler: () => StreamHandler, signal: AbortSignal) {
    this.#shardId = shardId;
    this.#options = options;
    this.#handler = handler;
    this.#signal = signal;
    this.#identity = {
      functionName: options.functionName,
      functionArn: functionArn(options.functionName, options.streamArn),
      timeoutMs: options.functionTimeoutMs,
    };
  }

  /** Resolves when every record is settled; rejects with the signal's reason when that ends it earlier. */
  async process(batch: readonly PendingRecord[], settle: Settle): Promise<void> {
    const work: Piece[] = [{ records: batch, retries: 0, invocations: 0 }];
    for (let piece = work.shift(); piece !== undefined; piece = work.shift()) {
      this.#signal.throwIfAborted();
      const fresh = await this.#discardTooOld(piece, settle);
      if (fresh.records.length > 0) work.unshift(...(await this.#attempt(fresh, settle)));
    }
  }

  /** Invokes the function once, and returns what is left to send, after the wait that is due. */
  async #attempt(piece: Piece, settle: Settle): Promise<readonly Piece[]> {
    const { records } = piece;
    const result = await invoke(this.#handler(), eventJson(records), this.#identity, this.#options.clock);
    const { requestId, durationMs, error: cause } = result;
    const verdict = this.#judge(result, records);
    if (verdict.kind === "succeeded") {
      const { warning } = verdict;
      this.#report(records, { kind: "succeeded", durationMs, ...(warning !== undefined && { warning }) });
      await settle(records);
      return [];
    }

    const done = verdict.kind === "partly-failed" ? verdict.from : 0;
    const failed: Piece = {
      records: records.slice(done),
      retries: piece.retries,
      invocations: piece.invocations + 1,
      last: { requestId, functionError: cause === undefined ? null : "Unhandled" },
    };
    const { step, pieces } = planRetry(failed, done > 0, this.#options);
    const next: NextStep = this.#signal.aborted && step.kind !== "discard" ? { kind: "abandon" } : step;
    const error =
      verdict.kind === "failed" ? verdict.reason : `record ${endsOf(failed.records).first.sequenceNumber} was reported`;
    this.#report(records, { kind: "failed", durationMs, done, error, ...(cause !== undefined && { cause }), next });
    if (done > 0) await settle(records.slice(0, done));
    if (step.kind === "discard") await this.#discard(failed, "RetryAttemptsExhausted", settle);
    else await this.#options.clock.sleep(step.delayMs, this.#signal);
    return pieces;
  }

  #judge({ error, response }: InvocationResult, records: readonly PendingRecord[]): BatchVerdict {
    if (error !== undefined) return { kind: "failed", reason: `${error.name}: ${error.message}` };
    if (!this.#options.reportsItemFailures) return { kind: "succeeded" };
    return judgeResponse(
      response,
      records.map(({ sequenceNumber }) => sequenceNumber),
    );
  }

  /** Gives up the records at the front that have become too old, and returns the piece without them. */
  async #discardTooOld(piece: Piece, settle: Settle): Promise<Piece> {
    const oldest = this.#options.clock.now() - this.#options.maximumRecordAgeMs;
    const firstFresh = piece.records.findIndex(({ createdAt = Number.POSITIVE_INFINITY }) => createdAt >= oldest);
    const tooOld = firstFresh < 0 ? piece.records : piece.records.slice(0, firstFresh);
    if (tooOld.length > 0) await this.#discard({ ...piece, records: tooOld }, "RecordAgeExceeded", settle);
    return { ...piece, records: piece.records.slice(tooOld.length) };
  }

  async #discard(piece: Piece, condition: DiscardCondition, settle: Settle): Promise<void> {
    const { records, invocations, last } = piece;
    this.#report(records, { kind: "discarded", condition, invocations });
    await this.#options.onFailure(
      failureDocument(records, {
        requestId: last?.requestId ?? randomUUID(),
        functionArn: this.#identity.functionArn,
        condition,
        invocations,
        functionError: last?.functionError ?? null,
        now: this.#options.clock.now(),
        shardId: this.#shardId,
        streamArn: this.#options.streamArn,
      }),
    );
    await settle(records);
  }

  #report(records: readonly PendingRecord[], outcome: BatchOutcome): void {
    const events: Partial<Record<EventName, number>> = {};
    for (const { eventName } of records) if (eventName !== undefined) events[eventName] = (events[eventName] ?? 0) + 1;
    const { first, last } = endsOf(records);
    const report = {
      shardId: this.#shardId,
      records: records.length,
      events,
      firstSequenceNumber: first.sequenceNumber,
      lastSequenceNumber: last.sequenceNumber,
      outcome,
    };
    this.#options.onBatch(report);
    this.#options.log(formatBatchReport(report));
  }
}
