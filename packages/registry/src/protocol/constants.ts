import assert from "node:assert/strict";

/** An item's largest size in bytes, attribute names included. Source: DynamoDB quotas, "Item size". */
export const MAX_ITEM_BYTES = 400 * 1024;

/** Actions in one TransactWriteItems, all tables together. Source: DynamoDB quotas, "Transactions". */
export const MAX_TRANSACTION_ACTIONS = 100;

/** Bytes of all items of one TransactWriteItems. Source: DynamoDB quotas, "Transactions". */
export const MAX_TRANSACTION_BYTES = 4 * 1024 * 1024;

/**
 * How long DynamoDB knows a transaction's token, in milliseconds: for that long, the same request again is answered and
 * not carried out twice. Source: API reference, TransactWriteItems, ClientRequestToken.
 */
export const TOKEN_LIFETIME_MS = 10 * 60_000;

/**
 * How long a request may still arrive after it was sent, in milliseconds: its signature is refused later. Source: AWS
 * IAM guide, "a request must reach AWS within five minutes of the time stamp in the request".
 */
export const REQUEST_LIFETIME_MS = 5 * 60_000;

/** How long a write retries conflicts, in milliseconds, when the caller does not say. */
export const DEFAULT_CONTENTION_TIMEOUT_MS = 30_000;

/** The upper bound of the first retry's random delay, in milliseconds; it doubles with every further attempt. */
export const RETRY_BASE_DELAY_MS = 25;

/** The upper bound of any retry's random delay, in milliseconds. */
export const RETRY_MAX_DELAY_MS = 1_000;

/** The longest that one timer waits, in milliseconds: at more, it fires after 1. Source: Node's `setTimeout`. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

assert(MAX_ITEM_BYTES < MAX_TRANSACTION_BYTES / 2, "a transaction has room for the set and for any one item");
assert(RETRY_BASE_DELAY_MS <= RETRY_MAX_DELAY_MS);
assert(RETRY_MAX_DELAY_MS < DEFAULT_CONTENTION_TIMEOUT_MS);
assert(REQUEST_LIFETIME_MS < TOKEN_LIFETIME_MS, "a token outlives the requests that carry it");
