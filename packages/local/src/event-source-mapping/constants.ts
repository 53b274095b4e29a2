/** Lambda's default for `batchSize`, in records. Source: Lambda guide, "Parameters for DynamoDB event source mappings". */
export const DEFAULT_BATCH_SIZE = 100;

/** Lambda's largest `batchSize`, in records. */
export const MAX_BATCH_SIZE = 10_000;

/** Lambda's largest `maximumBatchingWindowInSeconds`. */
export const MAX_BATCHING_WINDOW_SECONDS = 300;

/** Lambda's largest `parallelizationFactor`. */
export const MAX_PARALLELIZATION_FACTOR = 10;

/** Lambda's largest `maximumRetryAttempts`. */
export const MAX_RETRY_ATTEMPTS = 10_000;

/** Lambda's smallest `maximumRecordAgeInSeconds`, apart from -1 for no limit. */
export const MIN_RECORD_AGE_SECONDS = 60;

/** Lambda's largest `maximumRecordAgeInSeconds`: 7 days. */
export const MAX_RECORD_AGE_SECONDS = 604_800;

/** The value of `maximumRetryAttempts` and `maximumRecordAgeInSeconds` that means "no limit", and their default. */
export const NO_LIMIT = -1;

/** Filters a mapping may have before the account's quota is raised. Source: Lambda guide, "Event filtering". */
export const MAX_FILTERS = 5;

/** Characters of a filter's pattern. Source: Lambda API, `Filter.Pattern`. */
export const MAX_FILTER_PATTERN_LENGTH = 4096;

/** Bytes of the event that a batch becomes: 6 MB. Source: Lambda guide, "Batching behavior". */
export const MAX_BATCH_BYTES = 6 * 1024 * 1024;

/** Lambda's default function time-out, in seconds. */
export const DEFAULT_FUNCTION_TIMEOUT_SECONDS = 3;

/** Lambda's longest function time-out, in seconds. */
export const MAX_FUNCTION_TIMEOUT_SECONDS = 900;

/** What a function is called when the options do not name it. */
export const DEFAULT_FUNCTION_NAME = "local-function";

/** Pause between two reads of a shard that has nothing new, in milliseconds: Lambda's base rate of 4 a second. */
export const DEFAULT_POLL_INTERVAL_MS = 250;

/** Records in one GetRecords. Source: DynamoDB Streams API. */
export const GET_RECORDS_LIMIT = 1000;

/** How often the list of shards is read when no shard has ended, in milliseconds. */
export const SHARD_DISCOVERY_INTERVAL_MS = 10_000;

/** The wait before the first retry of a batch or of a stream request, in milliseconds; it doubles with every further one. */
export const RETRY_BASE_DELAY_MS = 250;

/** The longest wait before a retry, in milliseconds. AWS does not publish its own. */
export const RETRY_MAX_DELAY_MS = 5_000;

/** How long a stream request may fail for reasons that pass before the mapping fails, in milliseconds. */
export const MAX_STREAM_OUTAGE_MS = 60_000;

/**
 * Record times are rounded down, by AWS to the second, by DynamoDB Local to the minute, and are another clock's. A
 * record that seems to be this much older than a mapping's start, in milliseconds, may still have been written after it.
 */
export const RECORD_TIME_ROUNDING_MS = 60_000;

/**
 * The most that one failed attempt of a stream request counts for {@link MAX_STREAM_OUTAGE_MS}, in milliseconds. A machine
 * that was suspended during the attempt was not without its stream for all that time.
 */
export const MAX_ATTEMPT_MS = 15_000;

/** How often a table without a stream is asked for its next one, in milliseconds. */
export const NEXT_STREAM_INTERVAL_MS = 1_000;

/** Pages that are read in search of the record at a checkpoint, before the stream is said not to have it. */
export const MAX_PROBE_PAGES = 3;

/** The Region in events of engines, which have none: the one their clients are given. */
export const DEFAULT_REGION = "us-east-1";
