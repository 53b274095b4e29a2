/** An item's largest size in bytes, attribute names included. Source: DynamoDB quotas, "Item size". */
export const MAX_ITEM_BYTES = 400 * 1024;

/** Actions in one TransactWriteItems, all tables together. Source: DynamoDB quotas, "Transactions". */
export const MAX_TRANSACTION_ACTIONS = 100;

/** How long a write goes on retrying conflicts, in milliseconds, when the caller does not say. */
export const DEFAULT_CONTENTION_TIMEOUT_MS = 30_000;

/** The upper bound of the first retry's random delay, in milliseconds; it doubles with every further attempt. */
export const RETRY_BASE_DELAY_MS = 25;

/** The upper bound of any retry's random delay, in milliseconds. */
export const RETRY_MAX_DELAY_MS = 1_000;
