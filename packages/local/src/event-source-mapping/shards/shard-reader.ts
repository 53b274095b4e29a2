import type { ShardCheckpoint } from "../checkpoints/checkpoint-store.ts";
import { RECORD_TIME_ROUNDING_MS } from "../constants.ts";
import { nameOf, type StreamClient } from "./stream-client.ts";
import type { SourceRecord } from "./stream-source.ts";

/** What one read of a shard gave. */
export interface ShardPage {
  readonly records: readonly SourceRecord[];
  /** The last sequence number the read went past, also where its record was left out. */
  readonly readUpTo: string | undefined;
  /** Whether the shard is closed and everything in it has been read. */
  readonly ended: boolean;
}

const NOTHING: ShardPage = { records: [], readUpTo: undefined, ended: false };

/** Reads one shard from a checkpoint on. Gets new iterators when they expire, without losing its place. */
export class ShardReader {
  readonly #client: StreamClient;
  readonly #shardId: string;
  readonly #log: (line: string) => void;
  #iterator: string | undefined;
  #readUpTo: string | undefined;
  /** When the shard was joined at LATEST, in milliseconds since 1970, if nothing of it has been read since. */
  readonly #joinedAt: number | undefined;
  /** Records from before this time are left out until a later one has been seen. */
  #notBefore: number | undefined;

  /** @param checkpoint where to begin; undefined for the oldest record */
  constructor(
    client: StreamClient,
    shardId: string,
    checkpoint: ShardCheckpoint | undefined,
    log: (line: string) => void,
  ) {
    this.#client = client;
    this.#shardId = shardId;
    this.#log = log;
    if (checkpoint !== undefined && "sequenceNumber" in checkpoint) this.#readUpTo = checkpoint.sequenceNumber;
    if (checkpoint !== undefined && "startedAt" in checkpoint) this.#joinedAt = checkpoint.startedAt;
  }

  /**
   * Takes an iterator at LATEST now, so that whatever is written from here on is read. Should it expire before the first
   * record, the shard is read from its oldest record, and those from before it was joined are left out by their time.
   */
  async joinAtLatest(): Promise<void> {
    this.#iterator = await this.#client.iterator(this.#shardId, "LATEST");
  }

  /** The next records; none when there are none yet. */
  async read(): Promise<ShardPage> {
    try {
      this.#iterator ??= await this.#newIterator();
      const { records, next } = await this.#client.records(this.#iterator);
      this.#iterator = next;
      this.#readUpTo = records.at(-1)?.dynamodb?.SequenceNumber ?? this.#readUpTo;
      return {
        records: this.#withoutOld(records),
        readUpTo: records.at(-1)?.dynamodb?.SequenceNumber,
        ended: next === undefined,
      };
    } catch (error) {
      this.#iterator = undefined;
      switch (nameOf(error)) {
        case "ExpiredIteratorException":
          this.#log(`${this.#shardId}: shard iterator expired, getting a new one`);
          return NOTHING;
        case "TrimmedDataAccessException":
          this.#log(`${this.#shardId}: records not read yet have left the stream, going on from its oldest record`);
          this.#readUpTo = undefined;
          return NOTHING;
        default:
          throw error;
      }
    }
  }

  #newIterator(): Promise<string> {
    const after = this.#readUpTo;
    if (after !== undefined) return this.#client.iterator(this.#shardId, "AFTER_SEQUENCE_NUMBER", after);
    this.#notBefore = this.#joinedAt && this.#joinedAt - RECORD_TIME_ROUNDING_MS;
    return this.#client.iterator(this.#shardId, "TRIM_HORIZON");
  }

  #withoutOld(records: readonly SourceRecord[]): readonly SourceRecord[] {
    const notBefore = this.#notBefore;
    if (notBefore === undefined) return records;
    const from = records.findIndex(
      ({ dynamodb }) => (dynamodb?.ApproximateCreationDateTime?.getTime() ?? Infinity) >= notBefore,
    );
    if (from < 0) return [];
    this.#notBefore = undefined;
    return records.slice(from);
  }
}
