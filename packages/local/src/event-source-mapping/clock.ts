import { setTimeout } from "node:timers/promises";

/**
 * Where the mapping gets its time from. Everything in it that waits or measures goes through this, so that a test or
 * a simulation can run hours of retries in a moment.
 */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z: it is compared with the times stream records carry. */
  now(): number;
  /** Resolves after `ms` milliseconds, or rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    try {
      await setTimeout(ms, undefined, signal ? { signal } : {});
    } catch (error) {
      signal?.throwIfAborted(); // Node wraps the reason in an AbortError of its own
      throw error;
    }
  },
};
