import type { CheckpointBook } from "../checkpoints/checkpoint-book.ts";
import type { SteadyClock } from "../clock.ts";
import { SHARD_DISCOVERY_INTERVAL_MS } from "../constants.ts";
import type { Tell } from "../events.ts";
import { type Shard, ShardLineage } from "./shard-lineage.ts";
import type { Place } from "./shard-position.ts";
import { ShardReader } from "./shard-reader.ts";
import type { StreamClient, StreamState } from "./stream-client.ts";
import { StreamRefusal } from "./stream-refusal.ts";

/** How a stream ended: everything in it is done, or it was gone before that could be said. */
export type StreamEnd = "readToEnd" | "gone";

/** What a session works with. */
export interface StreamSessionParts {
  readonly client: StreamClient;
  readonly book: CheckpointBook;
  readonly clock: SteadyClock;
  readonly signal: AbortSignal;
  readonly tell: Tell;
  /** Reads one shard until it has ended and every record is done. */
  readonly poll: (shardId: string, reader: ShardReader) => Promise<void>;
  /** Ends the whole mapping, immediately: what else runs may be retried for ever. */
  readonly fail: (error: unknown) => void;
}

/** Reads one stream, shard after shard, parents before children, until the stream has ended or the signal aborts. */
export class StreamSession {
  readonly #parts: StreamSessionParts;
  readonly #lineage = new ShardLineage();
  readonly #readers = new Map<string, ShardReader>();
  readonly #tasks = new Set<Promise<void>>();
  /** Cuts the wait for the next look at the list of shards short. */
  #wake = new AbortController();

  constructor(parts: StreamSessionParts) {
    this.#parts = parts;
    parts.signal.addEventListener("abort", () => this.#wake.abort(), { once: true });
  }

  /** Where the shards are that have been read. */
  get places(): ReadonlyMap<string, Place> {
    return new Map([...this.#readers].map(([shardId, { place }]) => [shardId, place]));
  }

  /** Resolves, or rejects with a failure or the signal's reason, when all invocations in flight have ended. */
  async run(shards: readonly Shard[], joined: ReadonlyMap<string, ShardReader>): Promise<StreamEnd> {
    try {
      return await this.#readAll(shards, joined);
    } catch (error) {
      this.#parts.fail(error);
      throw error;
    } finally {
      await Promise.all(this.#tasks);
    }
  }

  /** Reads shard after shard. New ones turn up when others end, or by themselves. */
  async #readAll(shards: readonly Shard[], joined: ReadonlyMap<string, ShardReader>): Promise<StreamEnd> {
    this.#take(shards);
    for (;;) {
      for (const shardId of this.#lineage.begin()) this.#spawn(shardId, joined.get(shardId));
      await this.#untilNextLook();
      const found = await this.#look();
      if (found === undefined) return "gone";
      this.#take(found.shards);
      if (found.isDisabled && this.#lineage.isDrained) return "readToEnd";
    }
  }

  async #look(): Promise<StreamState | undefined> {
    const { client } = this.#parts;
    try {
      const found = await client.describe();
      if (!found.isReplaced) return found;
      client.leave(new Error("the table has another stream"));
    } catch (error) {
      if (!(error instanceof StreamRefusal)) throw error;
      client.leave(error.cause);
    }
    return undefined;
  }

  #take(shards: readonly Shard[]): void {
    const { book } = this.#parts;
    this.#lineage.update(shards);
    for (const { shardId } of shards) if ("ended" in (book.get(shardId) ?? {})) this.#lineage.drain(shardId);
    book.forgetEndedExcept(new Set(shards.map(({ shardId }) => shardId)));
  }

  #spawn(shardId: string, joined: ShardReader | undefined): void {
    const { client, clock, tell, book, fail } = this.#parts;
    const reader = joined ?? new ShardReader({ client, shardId, clock, tell }, book.get(shardId));
    this.#readers.set(shardId, reader);
    const task = this.#readShard(shardId, reader)
      .catch(fail)
      .finally(() => this.#tasks.delete(task));
    this.#tasks.add(task);
  }

  async #readShard(shardId: string, reader: ShardReader): Promise<void> {
    const { client, book, tell, poll } = this.#parts;
    await poll(shardId, reader);
    if (!client.isGone) {
      await book.set(shardId, { ended: true });
      tell({ kind: "shardEnded", shardId });
      this.#lineage.drain(shardId);
    }
    this.#wake.abort();
  }

  async #untilNextLook(): Promise<void> {
    const { clock, signal } = this.#parts;
    const wake = this.#wake.signal;
    try {
      await clock.sleep(SHARD_DISCOVERY_INTERVAL_MS, wake);
    } catch (error) {
      signal.throwIfAborted();
      if (!wake.aborted) throw error;
    }
    this.#wake = new AbortController();
  }
}
