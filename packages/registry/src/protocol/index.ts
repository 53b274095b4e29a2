/** The parts that keep any string set true, for packages that repair or simulate registries: members and their set. */

export { Backoff, type RetryPolicy } from "./backoff.ts";
export { type BatchRead, batchRead } from "./batch-read.ts";
export { type Clock, systemClock } from "./clock.ts";
export { MAX_ITEM_BYTES, MAX_TRANSACTION_ACTIONS } from "./constants.ts";
export { type Committed, GroupCommit } from "./group-commit.ts";
export { itemSizeBytes } from "./item-size.ts";
export { assertKnownOptions } from "./known-options.ts";
export type { MemberSet, MemberWrite } from "./member-set.ts";
export { isConditionFailure, isConflict, isThrottled, MemberRefusedError } from "./refusal.ts";
