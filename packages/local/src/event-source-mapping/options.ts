import type { BatchReport } from "./batches/batch-report.ts";
import type { FailureDocument } from "./batches/failure-document.ts";
import type { CheckpointStore } from "./checkpoints/checkpoint-store.ts";
import type { Clock } from "./clock.ts";
import type { MappingEvent } from "./events.ts";
import type { FilterCriteria } from "./filters/filter-criteria.ts";
import type { StreamHandler } from "./function/lambda-event.ts";
import type { StreamSource } from "./shards/stream-source.ts";

/**
 * The settings of an event source mapping as Lambda's API has them, in the spelling of Pulumi's
 * `aws.lambda.EventSourceMapping`: one plain object can configure both Lambda and {@link startEventSourceMapping}.
 * Limits are Lambda's. Tumbling windows are not supported.
 */
export interface EventSourceMappingSettings {
  /** Where to begin when there are no checkpoints: with the oldest record, or with the first one written from now on. */
  readonly startingPosition: "TRIM_HORIZON" | "LATEST";
  /** Most records an invocation gets: 1 to 10,000, by default 100. */
  readonly batchSize?: number;
  /** Seconds to wait for a batch to fill: 0 to 300, by default 0, which invokes with what one read finds. */
  readonly maximumBatchingWindowInSeconds?: number;
  /** Batches of one shard in flight concurrently: 1 to 10, by default 1. Changes of one item stay in order in any case. */
  readonly parallelizationFactor?: number;
  /**
   * Retries of a failed batch before it is discarded: 0 to 10,000; by default -1, for ever. They are counted from the last
   * progress on: a record that fails behind others is sent that many times and once more by itself.
   */
  readonly maximumRetryAttempts?: number;
  /**
   * Seconds after which a record is discarded: 60 to 604,800; by default -1, never. On AWS that is after 24 hours at the
   * latest, when the record leaves the stream. DynamoDB Local rounds record times down to the minute, so there a record
   * is up to a minute younger than it seems.
   */
  readonly maximumRecordAgeInSeconds?: number;
  /** Whether a failed batch is cut in two, so that a bad record ends up alone; false by default. Uses up no retries. */
  readonly bisectBatchOnFunctionError?: boolean;
  /** `["ReportBatchItemFailures"]` to have `batchItemFailures` in the response looked at; by default it is ignored. */
  readonly functionResponseTypes?: readonly "ReportBatchItemFailures"[];
  /** Which records the function is invoked with, at most 5 filters; by default all. */
  readonly filterCriteria?: FilterCriteria;
}

/** What {@link startEventSourceMapping} takes. */
export interface EventSourceMappingOptions extends EventSourceMappingSettings {
  /** The client to read the stream with: `DynamoDBStreams` of `@aws-sdk/client-dynamodb-streams`. */
  readonly streams: StreamSource;
  /** The stream; {@link resolveStreamArn} finds it by the table's name. */
  readonly streamArn: string;
  /** The function. {@link EventSourceMapping.replaceHandler} changes it while the mapping runs. */
  readonly handler: StreamHandler;
  /** The name the function finds in its context, by default `local-function`. Checkpoints are kept under it. */
  readonly functionName?: string;
  /** Seconds an invocation may take: 1 to 900, by default 3. */
  readonly functionTimeoutSeconds?: number;
  /** Where to remember how far each shard is. By default a {@link MemoryCheckpointStore} that ends with the mapping. */
  readonly checkpoints?: CheckpointStore;
  /**
   * Gets a document about every batch that is discarded, as an SQS on-failure destination does: where its records are, not
   * the records. By default they are only logged. If it throws, the mapping ends, for the records would be lost.
   */
  readonly onFailure?: (document: FailureDocument) => void | Promise<void>;
  /** Gets all that the mapping tells of. If it, `onBatch` or `log` throws, the mapping ends. */
  readonly onEvent?: (event: MappingEvent) => void;
  /** Gets a report of every invocation and every batch discarded: the events of kind `batch`. */
  readonly onBatch?: (report: BatchReport) => void;
  /** Gets one line of text for every event. */
  readonly log?: (line: string) => void;
  /**
   * What to do when the stream ends, because it is switched off or its table deleted. By default `"follow"`: the mapping
   * reads what is left, waits for the table's next stream and continues there at TRIM_HORIZON, with an event for each
   * step. `"fail"`: it ends with a {@link StreamUnavailableError}. A client without `listStreams` cannot follow.
   */
  readonly whenStreamEnds?: "follow" | "fail";
  /** Milliseconds between reads of a shard that has nothing new: at least 1, by default 250, Lambda's rate. */
  readonly pollIntervalMs?: number;
  /** Where time comes from, by default the machine's clock. */
  readonly clock?: Clock;
  /** Stops the mapping when it aborts, just as {@link EventSourceMapping.stop} does. */
  readonly signal?: AbortSignal;
}
