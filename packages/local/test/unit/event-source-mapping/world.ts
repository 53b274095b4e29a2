import {
  type BatchReport,
  type DynamoDBStreamEvent,
  type EventSourceMapping,
  type EventSourceMappingOptions,
  type FailureDocument,
  type LambdaContext,
  type MappingEvent,
  MemoryCheckpointStore,
  type ShardCheckpoint,
  startEventSourceMapping,
} from "@rollcall/local";
import { SteppedClock } from "@rollcall/testing/dynamodb/stepped-clock";
import { FakeStream, FakeTable } from "./fake-stream.ts";

/** What the function was invoked with. */
export interface Invocation {
  readonly at: number;
  readonly keys: string[];
  readonly sequenceNumbers: string[];
  readonly event: DynamoDBStreamEvent;
  readonly context: LambdaContext;
}

interface Told {
  readonly events: MappingEvent[];
  readonly reports: BatchReport[];
  readonly lines: string[];
  readonly failures: FailureDocument[];
}

/** A clock, a stream, a function that remembers its invocations, and mappings between them. */
export class World {
  readonly clock = new SteppedClock();
  readonly stream: FakeStream;
  /** The stream's table, for a mapping that follows it. */
  readonly table: FakeTable;
  readonly checkpoints = new MemoryCheckpointStore();
  readonly invocations: Invocation[] = [];
  /** What the mappings told of themselves, each through its own option. */
  readonly told: Told = { events: [], reports: [], lines: [], failures: [] };
  /** What the function does with an invocation. */
  answer: (invocation: Invocation, number: number) => unknown = () => undefined;

  constructor(...roots: string[]) {
    this.stream = new FakeStream(this.clock, roots.length > 0 ? roots : ["shard-1"]);
    this.table = new FakeTable(this.clock, this.stream);
  }

  readonly handler = async (event: DynamoDBStreamEvent, context: LambdaContext): Promise<unknown> => {
    const invocation = {
      at: this.clock.now(),
      keys: event.Records.map(({ dynamodb }) => keyOf(dynamodb?.Keys)),
      sequenceNumbers: event.Records.map(({ dynamodb }) => dynamodb?.SequenceNumber ?? ""),
      event,
      context,
    };
    this.invocations.push(invocation);
    return await this.answer(invocation, this.invocations.length);
  };

  /** Starts a mapping from the oldest record, unless the options say otherwise. */
  async start(options: Partial<EventSourceMappingOptions> = {}): Promise<EventSourceMapping> {
    const mapping = startEventSourceMapping(this.options(options));
    // Time passes before the test can listen; a failure it does not expect is thrown by its stop().
    mapping.then(({ closed }) => closed).catch(() => {});
    return await this.clock.outcome(mapping);
  }

  /** What is saved of a shard. */
  async checkpoint(shardId = "shard-1"): Promise<ShardCheckpoint | undefined> {
    return (await this.checkpoints.load(`local-function ${FakeStream.arn}`))?.[shardId];
  }

  options(options: Partial<EventSourceMappingOptions> = {}): EventSourceMappingOptions {
    return {
      streams: this.stream,
      streamArn: FakeStream.arn,
      startingPosition: "TRIM_HORIZON",
      handler: this.handler,
      checkpoints: this.checkpoints,
      clock: this.clock,
      onEvent: (event) => this.told.events.push(event),
      onBatch: (report) => this.told.reports.push(report),
      log: (line) => this.told.lines.push(line),
      onFailure: (document) => void this.told.failures.push(document),
      ...options,
    };
  }

  /** Puts one record for each key and returns their sequence numbers. */
  put(keys: readonly string[], shardId = "shard-1"): string[] {
    return keys.map((key) => this.stream.put(shardId, key));
  }

  /** The keys the function saw, one list for each invocation. */
  get batches(): string[][] {
    return this.invocations.map(({ keys }) => keys);
  }

  /** The events that are no reports. */
  get news(): MappingEvent[] {
    return this.told.events.filter(({ kind }) => kind !== "batch");
  }

  /** Waits until nothing is left to do but to poll. */
  async idle(ms = 60_000): Promise<void> {
    await this.clock.advance(ms);
  }
}

/** `a` for the key `{ PK: { S: "a" } }`. */
function keyOf(keys: Record<string, unknown> | undefined): string {
  return Object.values((keys?.PK ?? {}) as Record<string, string>).join();
}

/** `["k0", "k1", …]` */
export function keys(count: number, prefix = "k"): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`);
}
