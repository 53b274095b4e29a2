import type { Clock } from "@rollcall/registry/protocol";
import { Turns } from "./turns.ts";

/** The longest single sleep, in milliseconds: timers of Node that are set for more than 2^31 ms fire immediately. */
const MAX_SLEEP_MS = 86_400_000;
/** More than any request costs: 4 MB in a transaction, 2 units for every 4 KB. An answer that says more would stop a pass. */
const MAX_REQUEST_UNITS = 4_096;
/** Seconds of the budget that may be spent together after a pause: any window of 10 s stays within 5 % of its share. */
const BURST_SECONDS = 0.5;

/**
 * A token bucket of read units, which callers share in the order in which they come.
 *
 * What a request costs is known only afterwards, so a caller takes an estimate and is charged the difference: spending more
 * than there was leaves a debt that later callers wait out.
 */
export class ReadBudget {
  /** The most units that there ever are to spend. */
  readonly burstUnits: number;
  readonly #unitsPerSecond: number;
  readonly #clock: Clock;
  #units: number;
  #filledAt: number;
  readonly #turns = new Turns();

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
    return this.#turns.take(() => this.#take(units, signal));
  }

  /** Gives back what a request did not use, or takes what it used beyond its estimate. */
  charge(taken: number, used: number): void {
    this.#units += taken - Math.min(used, MAX_REQUEST_UNITS);
  }

  async #take(units: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#unitsPerSecond === Number.POSITIVE_INFINITY) return;
    const needed = Math.min(units, this.burstUnits);
    for (this.#fill(); this.#units < needed; this.#fill()) {
      const ms = Math.ceil(((needed - this.#units) / this.#unitsPerSecond) * 1_000);
      await this.#clock.sleep(Math.min(ms, MAX_SLEEP_MS), signal);
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
