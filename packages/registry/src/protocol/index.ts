/** The parts that keep any string set true, for packages that repair or simulate registries: members and their set. */

import "../node-version.ts";

export { assertAnswered, ForeignAnswerError } from "./answer.ts";
export { leavesDoubt } from "./attempts.ts";
export { Backoff, type RetryPolicy, retryRefused } from "./backoff.ts";
export { type BatchRead, batchRead } from "./batch-read.ts";
export { type Clock, systemClock } from "./clock.ts";
export { MAX_ITEM_BYTES, MAX_TRANSACTION_ACTIONS, MAX_TRANSACTION_BYTES } from "./constants.ts";
export { GroupCommit } from "./group-commit.ts";
export { itemSizeBytes, type StoredItem } from "./item-size.ts";
export { assertKnownOptions } from "./known-options.ts";
export type { MemberSet, MemberWrite } from "./member-set.ts";
export { isConditionFailure, MemberRefusedError, SetAbsentError } from "./refusal.ts";
export { isConflict, isThrottled, isTransient } from "./transient.ts";
export type { Committed } from "./waiting-list.ts";
