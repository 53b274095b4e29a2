import { RETRY_BASE_DELAY_MS, RETRY_MAX_DELAY_MS } from "./constants.ts";

/**
 * Milliseconds to wait before a retry, given how many there were before: doubling up to a bound. Without jitter, because a
 * shard has one reader, and so that a simulation repeats itself exactly.
 */
export function retryDelayMs(retriesBefore: number): number {
  return Math.min(RETRY_MAX_DELAY_MS, RETRY_BASE_DELAY_MS * 2 ** retriesBefore);
}
