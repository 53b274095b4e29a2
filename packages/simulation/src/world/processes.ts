import { connect, type SimulatedClient } from "../network/client.ts";
import { type FateScript, Fates } from "../network/fate.ts";
import { type Activity, Process, type Role } from "../timeline/process.ts";
import type { Timeline } from "../timeline/timeline.ts";
import type { Region } from "./region.ts";

/** Starts processes, and connects them to Regions. */
export class Processes {
  readonly #timeline: Timeline;
  readonly #seed: number;
  readonly #fates: FateScript | undefined;
  readonly #activity: Activity = { pending: 0 };
  readonly #started: Process[] = [];

  constructor(timeline: Timeline, seed: number, fates: FateScript | undefined) {
    this.#timeline = timeline;
    this.#seed = seed;
    this.#fates = fates;
  }

  /** Whether no process has anything left to do, but for endless ones. */
  get areIdle(): boolean {
    return this.#activity.pending === 0;
  }

  /** Starts a process. One that is endless is not waited for. */
  start(role: Role, name: string, endless?: "endless"): Process {
    const activity = endless ? { pending: 0 } : this.#activity;
    const process = new Process(this.#timeline, activity, this.#seed, role, name);
    this.#started.push(process);
    return process;
  }

  /** The simulation is over: nothing that it leaves behind is kept by signals. */
  close(): void {
    for (const process of this.#started) process.close();
  }

  /** A client of a Region for a process. */
  connect(process: Process, region: Region): SimulatedClient {
    const fates = new Fates(this.#seed, process.name, this.#fates);
    return connect(process, { region, timeline: this.#timeline, fates });
  }

  /** Lets time pass for what is no process. */
  wait(ms: number): Promise<void> {
    return this.start("foreign", "time").clock.sleep(ms);
  }
}
