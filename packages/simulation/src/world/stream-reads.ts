import type { StreamSource } from "@rollcall/local";
import { streamEventSource } from "@rollcall/maintainer";
import type { Stream } from "@rollcall/memory-dynamodb";
import type { Process } from "../timeline/process.ts";

/** The longest a read of the stream or a save of a checkpoint takes, in milliseconds. */
export const STREAM_LATENCY_MS = 20;

/** How long what was read may be gathered, in milliseconds. */
const WINDOW_MS = streamEventSource().maximumBatchingWindowInSeconds * 1_000;

/** What one mapping has read of its stream, and how far that is. */
export class StreamReads {
  readonly #stream: Stream;
  readonly #pollIntervalMs: number;
  /** When a read of each shard last found nothing, and when something, in milliseconds since 1970. */
  readonly #shards = new Map<string, { idleAt?: number; recordsAt?: number }>();

  constructor(stream: Stream, pollIntervalMs: number) {
    this.#stream = stream;
    this.#pollIntervalMs = pollIntervalMs;
  }

  /** Another mapping begins to read. */
  restart(): void {
    this.#shards.clear();
  }

  /** Whether every record of up to a moment has been read, and gathered into a batch. */
  hasPassed(moment: number): boolean {
    // What is read may be gathered for a window. A shard that has nothing new after that is past it.
    const pollMs = this.#pollIntervalMs + STREAM_LATENCY_MS;
    const gatheringMs = WINDOW_MS + 2 * pollMs;
    // The children of a closed shard are read only when it has been read to its end.
    const { Shards } = this.#stream.describeStream().StreamDescription;
    const open = Shards.filter(({ SequenceNumberRange: range }) => range.EndingSequenceNumber === undefined);
    return open.every(({ ShardId }) => {
      const { idleAt = 0, recordsAt = 0 } = this.#shards.get(ShardId) ?? {};
      return idleAt > moment && idleAt > recordsAt + gatheringMs;
    });
  }

  /** The stream, as far away from a mapping as the table is. */
  source(mapping: Process): StreamSource {
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
          this.#shards.set(shardId, { ...this.#shards.get(shardId), [kind]: mapping.clock.now() });
          return answer;
        }),
    };
  }
}
