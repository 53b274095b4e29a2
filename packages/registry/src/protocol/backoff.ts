import { leavesDoubt } from "./attempts.ts";
import { RETRY_BASE_DELAY_MS, RETRY_MAX_DELAY_MS } from "./constants.ts";
import { ContentionError, type RefusedWork, type WriteOutcome } from "./errors.ts";
import type { Timing } from "./timing.ts";
import { isTransient } from "./transient.ts";

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
  readonly #work: RefusedWork;
  #attempts = 0;
  #startedAt: number | undefined;

  /** @param work what is refused, for the error's words */
  constructor(policy: RetryPolicy, work: RefusedWork = "write") {
    this.#policy = policy;
    this.#work = work;
  }

  #nextDelayMs(cause: unknown, outcome: WriteOutcome): number {
    const { clock, random, contentionTimeoutMs } = this.#policy;
    const now = clock.now();
    this.#startedAt ??= now;
    const bound = Math.min(RETRY_MAX_DELAY_MS, RETRY_BASE_DELAY_MS * 2 ** this.#attempts++);
    const delay = random() * bound;
    const elapsed = now - this.#startedAt;
    if (elapsed + delay > contentionTimeoutMs)
      throw new ContentionError(this.#attempts, Math.round(elapsed), { cause, outcome, work: this.#work });
    return delay;
  }

  /**
   * Counts a refused attempt and waits before the next.
   *
   * @param outcome what is known of the write if it is not retried any more
   * @throws ContentionError when that would be past the contention time-out, or the signal's reason
   */
  async wait(cause: unknown, signal?: AbortSignal, outcome: WriteOutcome = "not-written"): Promise<void> {
    await this.#policy.clock.sleep(this.#nextDelayMs(cause, outcome), signal);
  }
}

/**
 * Sends a request until it is answered: one that met another writer, or for which there was no capacity, is retried.
 *
 * @param send gets what is known of the attempts before: whether one of them may have taken effect
 * @throws ContentionError after the policy's time, the signal's reason, or any other error of `send`
 */
export async function retryRefused<T>(
  policy: RetryPolicy,
  send: (earlier: WriteOutcome) => Promise<T>,
  signal?: AbortSignal,
  work: RefusedWork = "write",
): Promise<T> {
  let earlier: WriteOutcome = "not-written";
  for (const backoff = new Backoff(policy, work); ; ) {
    try {
      return await send(earlier);
    } catch (error) {
      if (!isTransient(error)) throw error;
      if (leavesDoubt(error)) earlier = "unknown";
      await backoff.wait(error, signal, earlier);
    }
  }
}
