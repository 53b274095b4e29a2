/**
 * The parts that keep any string set true, for packages that repair or simulate registries. They know members and their
 * set, and nothing of resources; the exceptions are how names are checked and how a default's limits are read.
 */

export { assertKnownOptions } from "../options.ts";
export { readLimits } from "../resources/limits.ts";
export { assertLimitName, assertResourceName, isStorableName } from "../resources/names.ts";
export { type RegistryLocation, registrySet } from "../resources/requests.ts";
export { Backoff, type RetryPolicy } from "./backoff.ts";
export { type BatchRead, batchRead } from "./batch-read.ts";
export { type Clock, systemClock } from "./clock.ts";
export { type Committed, GroupCommit } from "./group-commit.ts";
export { itemSizeBytes } from "./item-size.ts";
export type { MemberSet, MemberWrite } from "./member-set.ts";
export { isConditionFailure, isConflict, isThrottled, MemberRefusedError } from "./refusal.ts";
