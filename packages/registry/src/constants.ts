/** An item's largest size in bytes, attribute names included. Source: DynamoDB quotas, "Item size". */
export const MAX_ITEM_BYTES = 400 * 1024;

/** From this registry size in bytes {@link RegistryStatus.nearLimit} is set: three quarters of {@link MAX_ITEM_BYTES}. */
export const NEAR_LIMIT_BYTES = 300 * 1024;

/** Actions in one TransactWriteItems, all tables together. Source: DynamoDB quotas, "Transactions". */
export const MAX_TRANSACTION_ACTIONS = 100;

/** Bytes of a partition key value. Source: DynamoDB quotas, "Partition keys and sort keys". */
export const MAX_PARTITION_KEY_BYTES = 2048;

/** Characters of a resource or limit name that this library writes. Source: the limiter's own validation. */
export const MAX_NAME_LENGTH = 64;

/** How long a write goes on retrying conflicts, in milliseconds, when the caller does not say. */
export const DEFAULT_CONTENTION_TIMEOUT_MS = 30_000;

/** The upper bound of the first retry's random delay, in milliseconds; it doubles with every further attempt. */
export const RETRY_BASE_DELAY_MS = 25;

/** The upper bound of any retry's random delay, in milliseconds. */
export const RETRY_MAX_DELAY_MS = 1_000;

/** Refill period of a limit that names none, in seconds. */
export const DEFAULT_REFILL_PERIOD_SECONDS = 60;
