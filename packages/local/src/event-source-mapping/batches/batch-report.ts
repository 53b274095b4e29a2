import type { EventName } from "../function/lambda-event.ts";

/** How an invocation went, or that a batch was given up. One for every invocation and for every batch given up. */
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

/** What came of a batch. */
export type BatchOutcome =
  /** Every record is done. */
  | { readonly kind: "succeeded"; readonly durationMs: number; readonly warning?: string }
  /** The first `done` records are; the rest go on as `next` says. */
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
  /** The records were given up, after `invocations` invocations. */
  | { readonly kind: "discarded"; readonly condition: DiscardCondition; readonly invocations: number };

/** What happens to the records of a failed batch that are not done. */
export type NextStep =
  | { readonly kind: "retry"; readonly delayMs: number }
  | { readonly kind: "split"; readonly delayMs: number }
  | { readonly kind: "discard" }
  /** The mapping is stopping: the records come again when a mapping goes on from the checkpoints. */
  | { readonly kind: "abandon" };

/** Why Lambda gives records up, in the words of its on-failure document. */
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
      return `given up after ${outcome.invocations} invocations: ${outcome.condition}`;
    case "failed": {
      const how = outcome.done > 0 ? `${outcome.done} ok, ${records - outcome.done} failed` : "failed";
      return `${how} in ${outcome.durationMs} ms, ${formatNextStep(outcome.next)}: ${outcome.error}`;
    }
  }
}

function formatNextStep(next: NextStep): string {
  switch (next.kind) {
    case "retry":
      return `trying again in ${next.delayMs} ms`;
    case "split":
      return `splitting, then trying again in ${next.delayMs} ms`;
    case "discard":
      return "giving up";
    case "abandon":
      return "stopping";
  }
}
