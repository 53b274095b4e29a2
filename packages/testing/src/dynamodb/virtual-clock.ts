import type { Clock } from "@rollcall/local";

/**
 * A clock on which time passes only while a caller sleeps, and as much as the next sleeper needs: what waits is never
 * waited for. Where a test decides when time passes, it takes a `SteppedClock`.
 */
export class VirtualClock implements Clock {
  /** For how long its callers slept, in milliseconds, in the order of their calls. */
  readonly slept: number[] = [];
  #now = 0;
  readonly #sleepers: { until: number; wake: () => void }[] = [];
  #isMoving = false;

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    if (signal?.aborted) reject(signal.reason);
    this.slept.push(ms);
    const sleeper = { until: this.#now + ms, wake: resolve };
    this.#sleepers.push(sleeper);
    signal?.addEventListener(
      "abort",
      () => {
        const at = this.#sleepers.indexOf(sleeper);
        if (at !== -1) this.#sleepers.splice(at, 1);
        reject(signal.reason);
      },
      { once: true },
    );
    this.#move();
    return promise;
  }

  /** Moves on to the first sleeper's time, once everything else that can happen has happened. */
  #move(): void {
    if (this.#isMoving) return;
    this.#isMoving = true;
    setImmediate(() => {
      this.#isMoving = false;
      this.#sleepers.sort((a, b) => a.until - b.until);
      const next = this.#sleepers.shift();
      if (next === undefined) return;
      this.#now = Math.max(this.#now, next.until);
      next.wake();
      if (this.#sleepers.length > 0) this.#move();
    });
  }
}
