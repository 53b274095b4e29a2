import type { BatchReport } from "./batches/batch-report.ts";
import type { FailureDocument } from "./batches/failure-document.ts";
import { type CheckpointStore, MemoryCheckpointStore } from "./checkpoints/checkpoint-store.ts";
import { type Clock, systemClock } from "./clock.ts";
import {
  DEFAULT_BATCH_SIZE,
  DEFAULT_FUNCTION_NAME,
  DEFAULT_FUNCTION_TIMEOUT_SECONDS,
  DEFAULT_POLL_INTERVAL_MS,
  MAX_BATCH_SIZE,
  MAX_BATCHING_WINDOW_SECONDS,
  MAX_FUNCTION_TIMEOUT_SECONDS,
  MAX_PARALLELIZATION_FACTOR,
  MAX_RECORD_AGE_SECONDS,
  MAX_RETRY_ATTEMPTS,
  MIN_RECORD_AGE_SECONDS,
  NO_LIMIT,
} from "./constants.ts";
import { InvalidMappingOptionError } from "./errors.ts";
import { compileFilterCriteria } from "./filters/filter-criteria.ts";
import type { DynamoDBRecord, StreamHandler } from "./function/lambda-event.ts";
import type { EventSourceMappingOptions } from "./options.ts";
import type { StreamSource } from "./shards/stream-source.ts";

/** The options with defaults filled in and checked. */
export interface ResolvedOptions {
  readonly streams: StreamSource;
  readonly streamArn: string;
  readonly handler: StreamHandler;
  readonly functionName: string;
  readonly functionTimeoutMs: number;
  readonly startingPosition: "TRIM_HORIZON" | "LATEST";
  readonly batchSize: number;
  readonly batchingWindowMs: number;
  readonly parallelizationFactor: number;
  readonly maximumRetryAttempts: number;
  /** Infinity when records do not age. */
  readonly maximumRecordAgeMs: number;
  readonly bisect: boolean;
  readonly reportsItemFailures: boolean;
  readonly accepts: (record: DynamoDBRecord) => boolean;
  readonly checkpoints: CheckpointStore;
  readonly onFailure: (document: FailureDocument) => void | Promise<void>;
  readonly onBatch: (report: BatchReport) => void;
  readonly log: (line: string) => void;
  readonly pollIntervalMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
}

/**
 * Fills in defaults and refuses what Lambda would refuse.
 *
 * @throws InvalidMappingOptionError
 */
export function resolveOptions(options: EventSourceMappingOptions): ResolvedOptions {
  const {
    streams,
    streamArn,
    handler,
    startingPosition,
    functionName = DEFAULT_FUNCTION_NAME,
    functionTimeoutSeconds = DEFAULT_FUNCTION_TIMEOUT_SECONDS,
    batchSize = DEFAULT_BATCH_SIZE,
    maximumBatchingWindowInSeconds = 0,
    parallelizationFactor = 1,
    maximumRetryAttempts = NO_LIMIT,
    maximumRecordAgeInSeconds = NO_LIMIT,
    bisectBatchOnFunctionError = false,
    functionResponseTypes = [],
    filterCriteria,
    checkpoints = new MemoryCheckpointStore(),
    onFailure = () => {},
    onBatch = () => {},
    log = () => {},
    pollIntervalMs = DEFAULT_POLL_INTERVAL_MS,
    clock = systemClock,
    signal,
    ...others
  } = options;
  refuseUnknown(others);
  demand("streams", typeof streams?.getRecords === "function", "it must be a DynamoDB Streams client");
  demand("streamArn", isName(streamArn), "it must be a stream's ARN");
  demand("handler", typeof handler === "function", "it must be a function");
  demand("functionName", isName(functionName), "it must be a name");
  oneOf("startingPosition", startingPosition, ["TRIM_HORIZON", "LATEST"]);
  oneOf("bisectBatchOnFunctionError", bisectBatchOnFunctionError, [true, false]);
  for (const type of functionResponseTypes) oneOf("functionResponseTypes", type, ["ReportBatchItemFailures"]);
  whole("batchSize", batchSize, [1, MAX_BATCH_SIZE]);
  whole("maximumBatchingWindowInSeconds", maximumBatchingWindowInSeconds, [0, MAX_BATCHING_WINDOW_SECONDS]);
  whole("parallelizationFactor", parallelizationFactor, [1, MAX_PARALLELIZATION_FACTOR]);
  whole("maximumRetryAttempts", maximumRetryAttempts, [0, MAX_RETRY_ATTEMPTS], NO_LIMIT);
  const ageRange = [MIN_RECORD_AGE_SECONDS, MAX_RECORD_AGE_SECONDS] as const;
  whole("maximumRecordAgeInSeconds", maximumRecordAgeInSeconds, ageRange, NO_LIMIT);
  whole("functionTimeoutSeconds", functionTimeoutSeconds, [1, MAX_FUNCTION_TIMEOUT_SECONDS]);
  whole("pollIntervalMs", pollIntervalMs, [1, Number.MAX_SAFE_INTEGER]);
  return {
    streams,
    streamArn,
    handler,
    functionName,
    functionTimeoutMs: functionTimeoutSeconds * 1000,
    startingPosition,
    batchSize,
    batchingWindowMs: maximumBatchingWindowInSeconds * 1000,
    parallelizationFactor,
    maximumRetryAttempts,
    maximumRecordAgeMs:
      maximumRecordAgeInSeconds === NO_LIMIT ? Number.POSITIVE_INFINITY : maximumRecordAgeInSeconds * 1000,
    bisect: bisectBatchOnFunctionError,
    reportsItemFailures: functionResponseTypes.length > 0,
    accepts: compileFilterCriteria(filterCriteria),
    checkpoints,
    onFailure,
    onBatch,
    log,
    pollIntervalMs,
    clock,
    signal,
  };
}

function refuseUnknown(others: object): void {
  const [option = ""] = Object.keys(others);
  demand("tumblingWindowInSeconds", option !== "tumblingWindowInSeconds", "tumbling windows are not supported");
  demand(option, option === "", "it is unknown; check its spelling");
}

function whole(option: string, value: number, [least, most]: readonly [number, number], otherwise?: number): void {
  const holds = value === otherwise || (Number.isSafeInteger(value) && value >= least && value <= most);
  const range = `${otherwise === undefined ? "" : `${otherwise} or `}a whole number from ${least} to ${most}`;
  demand(option, holds, `it is ${String(value)}; use ${range}`);
}

function oneOf(option: string, value: unknown, known: readonly unknown[]): void {
  const choice = known.map((one) => JSON.stringify(one)).join(" or ");
  demand(option, known.includes(value), `it is ${JSON.stringify(value)}; use ${choice}`);
}

function isName(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

function demand(option: string, holds: boolean, problem: string): void {
  if (!holds) throw new InvalidMappingOptionError(option, problem);
}
