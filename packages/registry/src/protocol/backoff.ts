import { RETRY_BASE_DELAY_MS, RETRY_MAX_DELAY_MS } from "./constants.ts";
import { ContentionError } from "./errors.ts";
import type { Timing } from "./timing.ts";

/** How refused requests are retried. */
export interface RetryPolicy extends Timing {
  /** Milliseconds from the first refusal after which a write is retried no more. */
  contentionTimeoutMs: number;
}

/**
 * The attempts of one write. Waits with full jitter, a random time up to a bound that doubles, which among the usual
 * schemes needs the fewest requests under contention. Source: AWS Architecture Blog, "Exponential Backoff And Jitter".
 */
export class Backoff {
  readonly #policy: RetryPolicy;
  #attempts = 0;
  #startedAt: number | undefined;

  constructor(policy: RetryPolicy) {
    this.#policy = policy;
  }

  #nextDelayMs(cause: unknown): number {
    const { clock, random, contentionTimeoutMs } = this.#policy;
    const now = clock.now();
    this.#startedAt ??= now;
    const bound = Math.min(RETRY_MAX_DELAY_MS, RETRY_BASE_DELAY_MS * 2 ** this.#attempts++);
    const delay = random() * bound;
    const elapsed = now - this.#startedAt;
    if (elapsed + delay > contentionTimeoutMs)
      throw new ContentionError(this.#attempts, Math.round(elapsed), { cause });
    return delay;
  }

  /**
   * Counts a refused attempt and waits before the next.
   *
   * @throws ContentionError when that would be past the contention time-out, or the signal's reason
   */
  async wait(cause: unknown, signal?: AbortSignal): Promise<void> {
    await this.#policy.clock.sleep(this.#nextDelayMs(cause), signal);
  }
}
