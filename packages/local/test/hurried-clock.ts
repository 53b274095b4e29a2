import { setTimeout } from "node:timers/promises";
import type { Clock } from "@rollcall/local";

/** A clock that runs many times as fast as the machine's, and whose time of day can be set. */
export class HurriedClock implements Clock {
  readonly #factor: number;
  readonly #origin = performance.now();
  readonly #wallOrigin = Date.now();
  #offMs = 0;

  constructor(factor: number) {
    this.#factor = factor;
  }

  monotonicNow(): number {
    return (performance.now() - this.#origin) * this.#factor;
  }

  now(): number {
    return this.#wallOrigin + this.monotonicNow() + this.#offMs;
  }

  /** Sets the time of day forward or back. */
  set(byMs: number): void {
    this.#offMs += byMs;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    try {
      await setTimeout(ms / this.#factor, undefined, signal ? { signal } : {});
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  }
}
