/** The time of a DynamoDB in memory: this machine's, until a test moves it. */
export interface MemoryClock {
  /** Milliseconds since 1970. */
  now(): number;
  /**
   * Moves the time on, and with it all that time does: items expire, records older than 24 hours leave the streams,
   * iterators and tokens lose their force.
   *
   * @param ms milliseconds, 0 or more
   */
  advance(ms: number): void;
  /** Sets the time to a moment, in milliseconds since 1970; it runs on from there. It may lie in the past. */
  set(ms: number): void;
}

/** A clock that is ahead of this machine's by what it was moved. */
export class MovableClock implements MemoryClock {
  readonly #onMove: () => void;
  #aheadMs = 0;
  #heldAt: number | undefined;

  /** @param onMove called after each move */
  constructor(onMove: () => void) {
    this.#onMove = onMove;
  }

  now(): number {
    return this.#heldAt ?? Date.now() + this.#aheadMs;
  }

  /** Does something at one moment, however long it takes. */
  holdAt<T>(ms: number, work: () => T): T {
    this.#heldAt = ms;
    try {
      return work();
    } finally {
      this.#heldAt = undefined;
    }
  }

  /** The time is no earlier than this. */
  startFrom(ms: number): void {
    this.#aheadMs = Math.max(0, ms - Date.now());
  }

  advance(ms: number): void {
    if (!(Number.isFinite(ms) && ms >= 0)) throw new RangeError(`${ms} is not a number of milliseconds to advance by`);
    this.#aheadMs += ms;
    this.#onMove();
  }

  set(ms: number): void {
    if (!Number.isFinite(ms)) throw new RangeError(`${ms} is not a time in milliseconds since 1970`);
    this.#aheadMs = ms - Date.now();
    this.#onMove();
  }
}
