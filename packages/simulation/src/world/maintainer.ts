import { type CheckpointStore, type Checkpoints, startEventSourceMapping } from "@rollcall/local";
import { streamEventSource } from "@rollcall/maintainer";
import type { Process } from "../timeline/process.ts";
import type { MaintainerHost } from "./maintainer-host.ts";
import type { Region } from "./region.ts";
import { FUNCTION_TIMEOUT_SECONDS, StreamFunction } from "./stream-function.ts";
import { STREAM_LATENCY_MS, StreamReads } from "./stream-reads.ts";

/**
 * The stream function of one Region and the mapping that feeds it. They die apart: a mapping that is gone leaves its
 * invocation running, and a function that dies fails its batch.
 */
export class Maintainer {
  readonly function: StreamFunction;
  readonly #host: MaintainerHost;
  readonly #region: Region;
  readonly #name: string;
  readonly #reads: StreamReads;
  /** What mappings have saved: it outlives them. */
  readonly #saved = new Map<string, Checkpoints>();
  #mapping: Process | "out" | undefined;
  #starts = 0;

  constructor(host: MaintainerHost, region: Region, name: string) {
    this.#host = host;
    this.#region = region;
    this.#name = name;
    this.#reads = new StreamReads(region.stream().stream, host.plan.setting.pollIntervalMs);
    this.function = new StreamFunction(host, region, name);
  }

  /** Starts the mapping where the last one stopped. Does nothing while one runs, or in an outage. */
  start(): void {
    if (this.#mapping !== undefined) return;
    const { timeline, plan, watch, processes } = this.#host;
    const mapping = processes.start("maintainer", `${this.#name}.mapping${++this.#starts}`, "endless");
    this.#mapping = mapping;
    this.#reads.restart();
    const started = startEventSourceMapping({
      ...streamEventSource(plan.setting.layout.definitions),
      streams: this.#reads.source(mapping),
      streamArn: this.#region.stream().streamArn,
      functionTimeoutSeconds: FUNCTION_TIMEOUT_SECONDS,
      handler: (event) => this.function.invoke(event),
      checkpoints: this.#checkpoints(mapping),
      onFailure: () => watch.needsSweep("a batch was discarded"),
      pollIntervalMs: plan.setting.pollIntervalMs,
      clock: { now: timeline.now, sleep: mapping.clock.sleep },
    });
    started
      .then(({ closed }) => closed)
      .catch((error: unknown) => watch.complain("stuck", `${mapping.name} ended: ${error}`));
  }

  /** Kills the mapping. A running invocation continues by itself. */
  crash(): void {
    this.#host.watch.history.add(() => `${this.#name}: the mapping is killed`);
    if (this.#mapping === "out") return;
    this.#mapping?.kill();
    this.#mapping = undefined;
  }

  /** Kills the mapping, and keeps it from being started until the outage is over. */
  beginOutage(): void {
    this.crash();
    this.#mapping = "out";
  }

  endOutage(): void {
    this.#mapping = undefined;
  }

  /** Whether every write of up to a moment has been read, and every batch has been handled. */
  isCaughtUpWith(lastChangeAt: number): boolean {
    if (this.#mapping === undefined || this.#mapping === "out" || !this.function.isIdle) return false;
    return this.#host.timeline.now() !== lastChangeAt && this.#reads.hasPassed(lastChangeAt);
  }

  /** A mapping may die while it saves. */
  #checkpoints(mapping: Process): CheckpointStore {
    return {
      load: async (mappingId) => this.#saved.get(mappingId),
      save: async (mappingId, checkpoints) => {
        await mapping.clock.sleep(mapping.random.int(0, STREAM_LATENCY_MS));
        this.#saved.set(mappingId, checkpoints);
      },
    };
  }
}
