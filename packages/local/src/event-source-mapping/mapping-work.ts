import { BatchCollector } from "./batches/batch-collector.ts";
import { BatchProcessor } from "./batches/batch-processor.ts";
import { toReadRecord } from "./batches/pending-record.ts";
import type { CheckpointBook } from "./checkpoints/checkpoint-book.ts";
import type { SteadyClock } from "./clock.ts";
import { NO_LIMIT } from "./constants.ts";
import { formatMappingEvent, type Tell } from "./events.ts";
import { compileFilterCriteria } from "./filters/filter-criteria.ts";
import { functionArn, invoke } from "./function/invocation.ts";
import type { StreamHandler } from "./function/lambda-event.ts";
import type { ResolvedOptions } from "./resolved-options.ts";
import { pollShard } from "./shards/shard-poller.ts";
import type { ShardReader } from "./shards/shard-reader.ts";

/** What the work on a stream's shards needs of its mapping. */
export interface MappingWorkParts {
  readonly streamArn: string;
  readonly book: CheckpointBook;
  /** Asked before every invocation, so that the handler can be replaced between two. */
  readonly handler: () => StreamHandler;
  readonly clock: SteadyClock;
  readonly signal: AbortSignal;
  readonly tell: Tell;
  readonly fail: (error: unknown) => void;
}

/** Takes Lambda's settings apart: what reads, gathers, invokes and retries gets the values it needs, in its own words. */
export function shardWork(options: ResolvedOptions, parts: MappingWorkParts) {
  const { streamArn, book, handler, clock, signal, tell, fail } = parts;
  const { batchSize, parallelizationFactor: lanes, pollIntervalMs, functionName, onFailure } = options;
  const accepts = compileFilterCriteria(options.filterCriteria);
  const maximumRecordAgeMs = msOf(options.maximumRecordAgeInSeconds);
  const identity = {
    functionName,
    functionArn: functionArn(functionName, streamArn),
    timeoutMs: options.functionTimeoutSeconds * 1000,
  };
  return async (shardId: string, reader: ShardReader): Promise<void> => {
    const collector = new BatchCollector({
      read: () => reader.read(),
      prepare: (record) => toReadRecord(record, { streamArn, accepts, lanes, maximumRecordAgeMs, clock }),
      limits: { batchSize, lanes },
      windowMs: options.maximumBatchingWindowInSeconds * 1000,
      pollIntervalMs,
      clock,
      signal,
    });
    const processor = new BatchProcessor({
      shardId,
      streamArn,
      functionArn: identity.functionArn,
      invoke: (eventJson) => invoke(handler(), eventJson, identity, clock),
      reportsItemFailures: options.functionResponseTypes.length > 0,
      retry: { bisect: options.bisectBatchOnFunctionError, maximumRetryAttempts: options.maximumRetryAttempts },
      onFailure,
      clock,
      signal,
      tell,
    });
    await pollShard({ shardId, collector, processor, book, signal, fail });
  };
}

/** One place that everything a mapping tells of passes. */
export function tellOf({ onEvent, onBatch, log }: Pick<ResolvedOptions, "onEvent" | "onBatch" | "log">): Tell {
  return (event) => {
    onEvent(event);
    if (event.kind === "batch") onBatch(event.report);
    log(formatMappingEvent(event));
  };
}

function msOf(seconds: number): number {
  return seconds === NO_LIMIT ? Number.POSITIVE_INFINITY : seconds * 1000;
}
