import { type BatchReport, formatBatchReport } from "./batches/batch-report.ts";
import { errorText } from "./transient.ts";

/**
 * Everything a mapping tells of while it runs. `onEvent` gets them all, `log` a line of text for each, and `onBatch` the
 * reports alone.
 */
export type MappingEvent =
  /** The function was invoked, or records were discarded. */
  | { readonly kind: "batch"; readonly report: BatchReport }
  /** A request to the stream failed in a way that passes; it is retried after `delayMs`. */
  | { readonly kind: "retrying"; readonly delayMs: number; readonly error: unknown }
  /** A shard iterator expired. A new one continues at the same place. */
  | { readonly kind: "iteratorExpired"; readonly shardId: string }
  /** A shard is closed, and every record of it is done. */
  | { readonly kind: "shardEnded"; readonly shardId: string }
  /**
   * Records left the stream before they were read: at most those behind the sequence number `after`, or with
   * `undefined` any from the shard's beginning. Reading continues with the oldest record there is.
   */
  | { readonly kind: "recordsMayBeLost"; readonly shardId: string; readonly after: string | undefined }
  /**
   * The stream does not have the record at `after` that was read last: an engine lost its last writes when it was killed.
   * The shard is read from its oldest record, so that what is written under the same numbers is not skipped.
   */
  | { readonly kind: "startedOver"; readonly shardId: string; readonly after: string }
  /** The stream has ended and its table has no newer one yet. Said once; the mapping waits for one. */
  | { readonly kind: "waitingForStream"; readonly streamArn: string; readonly tableName: string }
  /**
   * The table has a newer stream, because its stream was switched off and on or it was deleted and created. The mapping
   * continues there, at TRIM_HORIZON. `isReadToEnd` says whether the old one was still there to be read to its end.
   */
  | { readonly kind: "streamReplaced"; readonly from: string; readonly to: string; readonly isReadToEnd: boolean };

/** Takes every event. What it throws ends the mapping. */
export type Tell = (event: MappingEvent) => void;

/**
 * An event as one line for people.
 *
 * @example
 * ```ts
 * import { formatMappingEvent, type MappingEvent } from "@rollcall/local";
 *
 * const onEvent = (event: MappingEvent) => {
 *   if (event.kind !== "batch") process.stderr.write(`${formatMappingEvent(event)}\n`);
 * };
 * ```
 */
export function formatMappingEvent(event: MappingEvent): string {
  switch (event.kind) {
    case "batch":
      return formatBatchReport(event.report);
    case "retrying":
      return `stream request failed, retry in ${event.delayMs} ms: ${errorText(event.error)}`;
    case "iteratorExpired":
      return `${event.shardId}: shard iterator expired, getting a new one`;
    case "shardEnded":
      return `${event.shardId}: ended`;
    case "recordsMayBeLost": {
      const which = event.after === undefined ? "records" : `records after ${event.after}`;
      return `${event.shardId}: ${which} have left the stream unread, reading continues with the oldest there is`;
    }
    case "startedOver":
      return `${event.shardId}: the stream does not have record ${event.after}, reading starts over with the oldest there is`;
    case "waitingForStream":
      return `the stream ${event.streamArn} has ended, waiting for the next stream of table ${event.tableName}`;
    case "streamReplaced": {
      const how = event.isReadToEnd ? "was read to its end" : "is gone";
      return `the stream ${event.from} ${how}, reading continues with ${event.to} at TRIM_HORIZON`;
    }
  }
}
