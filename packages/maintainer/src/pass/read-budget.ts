import type { Clock } from "@rollcall/registry/protocol";

/** Seconds of the budget that may be spent at once after a pause: any window of 10 s stays within 5 % of its share. */
const BURST_SECONDS = 0.5;

/**
 * A token bucket of read units, which callers share in the order in which they come.
 *
 * What a request costs is known only afterwards, so a caller takes an estimate and settles the difference: spending more
 * than there was leaves a debt that later callers wait out.
 */
export class ReadBudget {
  /** The most units there ever are to spend at once. */
  readonly burstUnits: number;
  readonly #unitsPerSecond: number;
  readonly #clock: Clock;
  #units: number;
  #filledAt: number;
  #last: Promise<unknown> = Promise.resolve();

  /** @param unitsPerSecond read units a second; `Infinity` for no limit */
  constructor(unitsPerSecond: number, clock: Clock) {
    this.#unitsPerSecond = unitsPerSecond;
    this.#clock = clock;
    this.burstUnits = unitsPerSecond * BURST_SECONDS;
    this.#units = this.burstUnits;
    this.#filledAt = clock.now();
  }

  /** Resolves when the units may be spent; a request for more than the bucket holds waits until it is full. */
  take(units: number, signal: AbortSignal): Promise<void> {
    const turn = this.#last.then(() => this.#take(units, signal));
    this.#last = turn.catch(() => {}); // its caller hears of it
    return turn;
  }

  /** Gives back what a request did not use, or takes what it used beyond its estimate. */
  settle(taken: number, used: number): void {
    this.#units += taken - used;
  }

  async #take(units: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#unitsPerSecond === Number.POSITIVE_INFINITY) return;
    const needed = Math.min(units, this.burstUnits);
    for (this.#fill(); this.#units < needed; this.#fill()) {
      const ms = Math.ceil(((needed - this.#units) / this.#unitsPerSecond) * 1_000);
      await this.#clock.sleep(ms, signal);
    }
    this.#units -= units;
  }

  #fill(): void {
    const now = this.#clock.now();
    const earned = ((now - this.#filledAt) / 1_000) * this.#unitsPerSecond;
    this.#units = Math.min(this.burstUnits, this.#units + earned);
    this.#filledAt = now;
  }
}
