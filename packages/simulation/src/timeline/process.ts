import type { Clock } from "@rollcall/registry/protocol";
import { Random } from "./random.ts";
import type { Timeline } from "./timeline.ts";

/** On whose behalf a process writes: what may be asked of it depends on that. */
export type Role = "library" | "maintainer" | "sweep" | "operator" | "foreign";

/** How much processes have yet to do: planned actions, requests in flight, waits. */
export interface Activity {
  pending: number;
}

/**
 * Something that runs on a machine and may die. Code of a dead process never continues: what it waits for never happens.
 * A request that it has sent may still arrive.
 */
export class Process {
  readonly name: string;
  readonly role: Role;
  readonly random: Random;
  /** The process's own view of time: its waits end only while it lives. */
  readonly clock: Clock;
  readonly #timeline: Timeline;
  readonly #activity: Activity;
  /** How to stop listening to signals that it listens to. */
  readonly #listening = new Set<() => void>();
  /** Whether it lives, and its own share of the activity while it does. */
  readonly #life = { isAlive: true, pending: 0 };

  constructor(timeline: Timeline, activity: Activity, seed: number, role: Role, name: string) {
    this.name = name;
    this.role = role;
    this.random = new Random(seed, name);
    this.#timeline = timeline;
    this.#activity = activity;
    this.clock = { now: timeline.now, sleep: (ms, signal) => this.#sleep(ms, signal) };
  }

  get isAlive(): boolean {
    return this.#life.isAlive;
  }

  kill(): void {
    if (!this.#life.isAlive) return;
    this.#life.isAlive = false;
    this.#activity.pending -= this.#life.pending;
    this.close();
  }

  /** Listens to a signal until it is told not to, or the process ends. Returns how to tell it. */
  listen(signal: AbortSignal | undefined, onAbort: () => void): () => void {
    const stop = (): void => {
      signal?.removeEventListener("abort", onAbort);
      this.#listening.delete(stop);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    this.#listening.add(stop);
    return stop;
  }

  /** Listens to no signal any more. Node keeps a signal made of others, and what listens to it, for as long as it has a listener. */
  close(): void {
    for (const stop of this.#listening) stop();
  }

  /** Plans an action, which happens if the process still lives then. Returns how to cancel it. */
  after(ms: number, action: () => void): () => void {
    this.#count(1);
    const cancel = this.#timeline.after(ms, () => {
      if (!this.#life.isAlive) return;
      this.#count(-1);
      action();
    });
    return () => {
      if (cancel() && this.#life.isAlive) this.#count(-1);
    };
  }

  #count(change: 1 | -1): void {
    if (!this.#life.isAlive) return;
    this.#life.pending += change;
    this.#activity.pending += change;
  }

  #sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const cancel = this.after(ms, () => {
      stop();
      resolve();
    });
    const stop = this.listen(signal, () => {
      stop();
      cancel();
      if (this.#life.isAlive) reject(signal?.reason);
    });
    return promise;
  }
}
