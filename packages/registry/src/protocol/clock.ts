import { setTimeout } from "node:timers/promises";
import { MAX_TIMER_MS } from "./constants.ts";

/** Where time comes from. Tests and simulations pass their own; everything else uses {@link systemClock}. */
export interface Clock {
  /** Milliseconds since some fixed moment; never goes back. */
  now(): number;
  /** Resolves after `ms` milliseconds, or rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's own monotonic clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
  async sleep(ms, signal) {
    try {
      for (let left = ms; ; left -= MAX_TIMER_MS) {
        await setTimeout(Math.min(left, MAX_TIMER_MS), undefined, signal ? { signal } : {});
        if (!(left > MAX_TIMER_MS)) return;
      }
    } catch (error) {
      signal?.throwIfAborted(); // Node wraps the reason in an AbortError of its own
      throw error;
    }
  },
};
