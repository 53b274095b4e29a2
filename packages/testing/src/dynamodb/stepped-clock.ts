import type { Clock } from "@rollcall/local";

/** Lets everything run that needs no time to pass. */
const calm = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * A clock that stands still until a test moves it. Its time of day can be set without time passing. Where nothing depends on
 * when time passes, a test takes a `VirtualClock`.
 */
export class SteppedClock implements Clock {
  #now = Date.parse("2026-11-22T10:00:00Z");
  readonly #sleepers = new Set<{ at: number; wake: () => void }>();

  /** How far the time of day is off the time that has passed, in milliseconds. */
  #offMs = 0;

  now(): number {
    return this.#now + this.#offMs;
  }

  monotonicNow(): number {
    return this.#now;
  }

  /** Sets the time of day forward or back. */
  set(byMs: number): void {
    this.#offMs += byMs;
  }

  /** Lets time pass in one step, as on a machine that was suspended: those that sleep until then wake. */
  pass(ms: number): void {
    this.#now += ms;
    const due = [...this.#sleepers].filter(({ at }) => at <= this.#now).sort((a, b) => a.at - b.at);
    for (const sleeper of due) sleeper.wake();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const sleeper = {
        at: this.#now + ms,
        wake: () => {
          this.#sleepers.delete(sleeper);
          signal?.removeEventListener("abort", abort);
          resolve();
        },
      };
      const abort = () => {
        this.#sleepers.delete(sleeper);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", abort, { once: true });
      this.#sleepers.add(sleeper);
    });
  }

  /** Runs for this many milliseconds. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await this.#run((next) => next > end);
    this.#now = Math.max(this.#now, end);
    await calm();
  }

  /** Runs until the condition holds, at most for a day. */
  async until(condition: () => boolean): Promise<void> {
    const end = this.#now + 24 * 3_600_000;
    await this.#run(() => condition() || this.#now > end);
    if (!condition()) throw new Error(`Not within a day: ${condition}`);
  }

  /** Runs until the promise has an outcome, and gives it. */
  async outcome<T>(promise: Promise<T>): Promise<T> {
    let isDone = false;
    const done = () => {
      isDone = true;
    };
    promise.then(done, done);
    await this.until(() => isDone);
    return await promise;
  }

  async #run(isOver: (nextWakeAt: number) => boolean): Promise<void> {
    for (;;) {
      await calm();
      const next = [...this.#sleepers].reduce((first, sleeper) => (sleeper.at < first.at ? sleeper : first), {
        at: Number.POSITIVE_INFINITY,
        wake: () => {},
      });
      if (isOver(next.at) || next.at === Number.POSITIVE_INFINITY) return;
      this.#now = Math.max(this.#now, next.at);
      next.wake();
    }
  }
}
