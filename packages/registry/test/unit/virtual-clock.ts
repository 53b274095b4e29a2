import type { Clock } from "../../src/protocol/clock.ts";

/** A clock on which sleeping takes no time but its own: it moves on immediately, and remembers by how much. */
export class VirtualClock implements Clock {
  readonly slept: number[] = [];
  #now = 0;

  now(): number {
    return this.#now;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.slept.push(ms);
    this.#now += ms;
  }
}
