import type { Clock } from "@rollcall/registry/protocol";
import { Random } from "./random.ts";
import type { Timeline } from "./timeline.ts";

/** On whose behalf a process writes: what may be asked of it depends on that. */
export type Role = "library" | "maintainer" | "sweep" | "operator" | "foreign";

/** How much processes have yet to do: things planned, requests under way, waits. */
export interface Activity {
  pending: number;
}

/**
 * Something that runs on a machine and may die. Code of a dead process never goes on: what it waits for never comes. A
 * request that it has sent may still arrive.
 */
export class Process {
  readonly name: string;
  readonly role: Role;
  readonly random: Random;
  /** The process's own view of time: its waits end only while it lives. */
  readonly clock: Clock;
  readonly #timeline: Timeline;
  readonly #activity: Activity;
  #pending = 0;
  #isAlive = true;

  constructor(timeline: Timeline, activity: Activity, seed: number, role: Role, name: string) {
    this.name = name;
    this.role = role;
    this.random = new Random(seed, name);
    this.#timeline = timeline;
    this.#activity = activity;
    this.clock = { now: timeline.now, sleep: (ms, signal) => this.#sleep(ms, signal) };
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  kill(): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    this.#activity.pending -= this.#pending;
  }

  /** Plans something the process does, should it still live then. Returns how to call it off. */
  after(ms: number, action: () => void): () => void {
    this.#count(1);
    const cancel = this.#timeline.after(ms, () => {
      if (!this.#isAlive) return;
      this.#count(-1);
      action();
    });
    return () => {
      if (cancel() && this.#isAlive) this.#count(-1);
    };
  }

  #count(change: 1 | -1): void {
    if (!this.#isAlive) return;
    this.#pending += change;
    this.#activity.pending += change;
  }

  #sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onAbort = (): void => {
      cancel();
      if (this.#isAlive) reject(signal?.reason);
    };
    const cancel = this.after(ms, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    signal?.addEventListener("abort", onAbort, { once: true });
    return promise;
  }
}
