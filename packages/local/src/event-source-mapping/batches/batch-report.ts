import type { EventName } from "../function/lambda-event.ts";

/** How an invocation went, or that a batch was discarded. One for every invocation and for every batch discarded. */
export interface BatchReport {
  /** The shard the records came from. */
  readonly shardId: string;
  /** How many records it is about. */
  readonly records: number;
  /** How many of them are of each kind; kinds that do not occur are left out. */
  readonly events: Readonly<Partial<Record<EventName, number>>>;
  /** The first record's sequence number. */
  readonly firstSequenceNumber: string;
  /** The last record's sequence number. */
  readonly lastSequenceNumber: string;
  readonly outcome: BatchOutcome;
}

/** What became of a batch. */
export type BatchOutcome =
  /** Every record is done. */
  | { readonly kind: "succeeded"; readonly durationMs: number; readonly warning?: string }
  /** The first `done` records are; of the rest `next` says what follows. */
  | {
      readonly kind: "failed";
      readonly durationMs: number;
      readonly done: number;
      /** Why, in one line. */
      readonly error: string;
      /** What the function threw, if it threw. */
      readonly cause?: Error;
      readonly next: NextStep;
    }
  /** The records were discarded, after `invocations` invocations. */
  | { readonly kind: "discarded"; readonly condition: DiscardCondition; readonly invocations: number };

/** What happens to the records of a failed batch that are not done. */
export type NextStep =
  | { readonly kind: "retry"; readonly delayMs: number }
  | { readonly kind: "split"; readonly delayMs: number }
  | { readonly kind: "discard" }
  /** The mapping is stopping: the records are sent by the next mapping that continues from the checkpoints. */
  | { readonly kind: "abandon" };

/** Why Lambda discards records, in the words of its on-failure document. */
export type DiscardCondition = "RetryAttemptsExhausted" | "RecordAgeExceeded";

/**
 * A report as one line for people.
 *
 * @example
 * ```ts
 * import { formatBatchReport, type BatchReport } from "@rollcall/local";
 *
 * const onBatch = (report: BatchReport) => process.stderr.write(`${formatBatchReport(report)}\n`);
 * ```
 */
export function formatBatchReport(report: BatchReport): string {
  const kinds = Object.entries(report.events).map(([name, count]) => `${count} ${name}`);
  const what = `${report.shardId}: ${report.records} ${report.records === 1 ? "record" : "records"} (${kinds.join(", ")})`;
  return `${what} ${formatOutcome(report.outcome, report.records)}`;
}

function formatOutcome(outcome: BatchOutcome, records: number): string {
  switch (outcome.kind) {
    case "succeeded":
      return `ok in ${outcome.durationMs} ms${outcome.warning === undefined ? "" : `, but ${outcome.warning}`}`;
    case "discarded":
      return `discarded after ${outcome.invocations} ${outcome.invocations === 1 ? "invocation" : "invocations"}: ${outcome.condition}`;
    case "failed": {
      const how = outcome.done > 0 ? `${outcome.done} ok, ${records - outcome.done} failed` : "failed";
      return `${how} in ${outcome.durationMs} ms, ${formatNextStep(outcome.next)}: ${outcome.error}`;
    }
  }
}

function formatNextStep(next: NextStep): string {
  switch (next.kind) {
    case "retry":
      return `retry in ${next.delayMs} ms`;
    case "split":
      return `split, retry in ${next.delayMs} ms`;
    case "discard":
      return "discarded";
    case "abandon":
      return "stopping";
  }
}
