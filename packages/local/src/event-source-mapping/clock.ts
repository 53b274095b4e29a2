import { setTimeout } from "node:timers/promises";

/**
 * Where the mapping gets its time from. Everything in it that waits or measures uses this, so that a test or a
 * simulation can run hours of retries in a moment.
 */
export interface Clock {
  /**
   * Milliseconds since 1970-01-01T00:00:00Z. It is shown, and compared with the times that stream records carry. It may
   * be set forward and back.
   */
  now(): number;
  /** Resolves after `ms` milliseconds, or rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Milliseconds since any moment; never set back. Durations are measured with it; by default with {@link now}. */
  monotonicNow?(): number;
}

/** A clock with which durations can be measured while the time of day is set. */
export interface SteadyClock extends Clock {
  monotonicNow(): number;
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
  monotonicNow: () => performance.now(),
};

/** The clock, with its time of day for a monotonic one where it has none. */
export function steady(clock: Clock): SteadyClock {
  return {
    now: () => clock.now(),
    sleep: (ms, signal) => clock.sleep(ms, signal),
    monotonicNow: () => clock.monotonicNow?.() ?? clock.now(),
  };
}
