import {
  type CheckpointStore,
  type Checkpoints,
  type DynamoDBStreamEvent,
  type StreamSource,
  startEventSourceMapping,
} from "@rollcall/local";
import { createStreamHandler, streamEventSource } from "@rollcall/maintainer";
import type { Stream } from "@rollcall/memory-dynamodb";
import { withTiming } from "@rollcall/registry/internal";
import { SILENT } from "@rollcall/testing/rollcall/silent-telemetry";
import type { DynamoDBRecord } from "aws-lambda";
import { connect } from "../network/network.ts";
import type { Watch } from "../promises/watch.ts";
import type { History } from "../timeline/history.ts";
import type { Process } from "../timeline/process.ts";
import type { Timeline } from "../timeline/timeline.ts";
import type { Region } from "./region.ts";

/** The function's time-out, in seconds. */
const FUNCTION_TIMEOUT_SECONDS = 30;
/** The longest a read of the stream or a save of a checkpoint takes, in milliseconds. */
const STREAM_LATENCY_MS = 20;

/** What a maintainer needs of the world it is part of. */
export interface MaintainerHost {
  readonly tableName: string;
  readonly timeline: Timeline;
  readonly history: History;
  readonly watch: Watch;
  readonly plan: { readonly setting: { readonly pollIntervalMs: number } };
  process(role: "maintainer", name: string, endless?: "endless"): Process;
  /** The stream alone cannot repair everything any more. */
  needsSweep(reason: string): void;
}

/** An invocation under way: the process it runs in, and how the mapping hears of its death. */
interface Invocation {
  readonly process: Process;
  readonly die: (error: Error) => void;
}

/**
 * The stream function of one Region and the mapping that feeds it. They die apart: a mapping that is gone leaves its
 * invocation running, and a function that dies fails its batch.
 */
export class Maintainer {
  readonly #world: MaintainerHost;
  readonly #region: Region;
  readonly #stream: Stream;
  readonly #streamArn: string;
  readonly #name: string;
  readonly #saved = new Map<string, Checkpoints>();
  /** When a read of each shard last found nothing, and when something, in milliseconds since 1970. */
  readonly #reads = new Map<string, { idleAt?: number; recordsAt?: number }>();
  readonly #past: DynamoDBRecord[][] = [];
  readonly #invocations = new Set<Invocation>();
  #nextInvocation = Promise.withResolvers<void>();
  #mapping: Process | undefined;
  #isOut = false;
  #invoked = 0;
  #starts = 0;

  constructor(world: MaintainerHost, region: Region, name: string) {
    this.#world = world;
    this.#region = region;
    this.#name = name;
    ({ stream: this.#stream, streamArn: this.#streamArn } = region.stream(world.tableName));
  }

  /** Starts the mapping where the last one left off. Does nothing while one runs, or in an outage. */
  start(): void {
    if (this.#mapping !== undefined || this.#isOut) return;
    const { timeline, plan, watch } = this.#world;
    const mapping = this.#world.process("maintainer", `${this.#name}.mapping${++this.#starts}`, "endless");
    this.#mapping = mapping;
    this.#reads.clear();
    const started = startEventSourceMapping({
      ...streamEventSource,
      streams: this.#source(mapping),
      streamArn: this.#streamArn,
      functionTimeoutSeconds: FUNCTION_TIMEOUT_SECONDS,
      handler: (event) => this.#invoke(event),
      checkpoints: this.#checkpoints(mapping),
      onFailure: () => this.#world.needsSweep("a batch was given up"),
      pollIntervalMs: plan.setting.pollIntervalMs,
      clock: { now: timeline.now, sleep: mapping.clock.sleep },
    });
    started
      .then(({ closed }) => closed)
      .catch((error: unknown) => watch.complain("stuck", `${mapping.name} ended: ${error}`));
  }

  /** Kills the mapping. An invocation under way goes on by itself. */
  crash(): void {
    this.#world.history.add(() => `${this.#name}: the mapping is killed`);
    this.#mapping?.kill();
    this.#mapping = undefined;
  }

  /** Kills the mapping, and keeps it from being started until the outage is over. */
  beginOutage(): void {
    this.#isOut = true;
    this.crash();
  }

  endOutage(): void {
    this.#isOut = false;
  }

  /** Kills the function in the middle of whatever it is doing. */
  crashFunction(): void {
    this.#world.history.add(() => `${this.#name}: the function is killed`);
    for (const { process, die } of this.#invocations) {
      process.kill();
      die(new Error("Runtime exited with error: signal: killed"));
    }
    this.#invocations.clear();
  }

  /** Resolves when the function gets its next batch. */
  nextInvocation(): Promise<void> {
    return this.#nextInvocation.promise;
  }

  /** Brings records of the past again, out of their order, beside whatever the mapping does. */
  redeliver(): void {
    const process = this.#world.process("maintainer", `${this.#name}.again${++this.#invoked}`);
    if (this.#past.length === 0) return;
    const Records = process.random.some(process.random.pick(this.#past), 0.7);
    this.#world.history.add(() => `${process.name} gets old records again: ${Records.map(describeRecord).join(", ")}`);
    void this.#handle(process, Records);
  }

  /** Whether all that was written up to a moment has been read, and all that was read has been handled. */
  isCaughtUpWith(lastChangeAt: number): boolean {
    if (this.#mapping === undefined || this.#invocations.size > 0 || this.#world.timeline.now() === lastChangeAt)
      return false;
    // What is read may be gathered for a window. A shard that has nothing new after that is past it.
    const pollMs = this.#world.plan.setting.pollIntervalMs + STREAM_LATENCY_MS;
    const gatheringMs = streamEventSource.maximumBatchingWindowInSeconds * 1_000 + 2 * pollMs;
    // The children of a closed shard are read only when it has been read to its end.
    const { Shards } = this.#stream.describeStream().StreamDescription;
    const open = Shards.filter(({ SequenceNumberRange: range }) => range.EndingSequenceNumber === undefined);
    return open.every(({ ShardId }) => {
      const { idleAt = 0, recordsAt = 0 } = this.#reads.get(ShardId) ?? {};
      return idleAt > lastChangeAt && idleAt > recordsAt + gatheringMs;
    });
  }

  async #invoke(event: DynamoDBStreamEvent): Promise<unknown> {
    const Records = event.Records as DynamoDBRecord[];
    this.#past.push(Records);
    const process = this.#world.process("maintainer", `${this.#name}.function${++this.#invoked}`);
    this.#world.history.add(() => `${process.name} gets ${Records.map(describeRecord).join(", ")}`);
    const death = Promise.withResolvers<never>();
    const invocation = { process, die: death.reject };
    this.#invocations.add(invocation);
    this.#nextInvocation.resolve();
    this.#nextInvocation = Promise.withResolvers();
    const answer = await Promise.race([this.#handle(process, Records), death.promise]);
    this.#invocations.delete(invocation);
    return answer;
  }

  async #handle(process: Process, Records: DynamoDBRecord[]): Promise<unknown> {
    const { costs } = this.#world.watch;
    const handler = createStreamHandler({
      tableName: this.#world.tableName,
      client: connect(process, this.#region, this.#world.timeline),
      ...withTiming({ clock: process.clock, random: process.random.next }),
      onEvent: ({ kind }) => {
        if (kind === "repair-impossible" || kind === "registry-malformed")
          this.#world.needsSweep("a name could not be repaired");
      },
      ...SILENT,
    });
    const endsAt = process.clock.now() + FUNCTION_TIMEOUT_SECONDS * 1_000;
    costs.beginInvocation(process);
    const answer = await handler({ Records }, { getRemainingTimeInMillis: () => endsAt - process.clock.now() });
    costs.endInvocation(process, Records);
    return answer;
  }

  /** The stream, as far away as the table is. */
  #source(mapping: Process): StreamSource {
    const shardOf = new Map<string, string>();
    const ask = async <T>(answer: () => T): Promise<T> => {
      await mapping.clock.sleep(mapping.random.int(1, STREAM_LATENCY_MS));
      return answer();
    };
    return {
      describeStream: (input) => ask(() => this.#stream.describeStream(input)),
      getShardIterator: (input) =>
        ask(() => {
          const answer = this.#stream.getShardIterator(input);
          if (answer.ShardIterator !== undefined) shardOf.set(answer.ShardIterator, input.ShardId);
          return answer;
        }),
      getRecords: (input) =>
        ask(() => {
          const answer = this.#stream.getRecords(input);
          const shardId = shardOf.get(input.ShardIterator) ?? "";
          shardOf.delete(input.ShardIterator);
          if (answer.NextShardIterator !== undefined) shardOf.set(answer.NextShardIterator, shardId);
          const kind = answer.Records.length === 0 ? "idleAt" : "recordsAt";
          this.#reads.set(shardId, { ...this.#reads.get(shardId), [kind]: mapping.clock.now() });
          return answer;
        }),
    };
  }

  /** Outlives the mapping. A mapping may die while it saves. */
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

function describeRecord({ eventName, dynamodb }: DynamoDBRecord): string {
  return `${eventName} ${dynamodb?.Keys?.PK?.S}`;
}
