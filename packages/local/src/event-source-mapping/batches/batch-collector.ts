import type { SteadyClock } from "../clock.ts";
import type { ShardPage } from "../shards/shard-reader.ts";
import type { SourceRecord } from "../shards/stream-source.ts";
import type { ReadRecord } from "./pending-record.ts";
import { type BatchLimits, Round } from "./round.ts";

/** What a collector works with. */
export interface BatchCollectorParts {
  readonly read: () => Promise<ShardPage>;
  readonly prepare: (record: SourceRecord) => ReadRecord;
  readonly limits: BatchLimits;
  /** How long a batch waits to be filled, in milliseconds. */
  readonly windowMs: number;
  readonly pollIntervalMs: number;
  readonly clock: SteadyClock;
  readonly signal: AbortSignal;
}

/** Gathers what is read of a shard into rounds, as batch size, batching window and the size of an event allow. */
export class BatchCollector {
  readonly #parts: BatchCollectorParts;
  /** Read and not yet in a round, oldest first. */
  #backlog: readonly ReadRecord[] = [];
  #ended = false;

  constructor(parts: BatchCollectorParts) {
    this.#parts = parts;
  }

  /**
   * Waits for the next round. It may be empty: then all that was read was left out by the filters, and only the checkpoint
   * moves. Undefined when the shard has ended.
   */
  async next(): Promise<Round | undefined> {
    const { read, prepare, limits, windowMs, pollIntervalMs, clock, signal } = this.#parts;
    const round = new Round(limits);
    let deadline: number | undefined; // the window opens with the batch's first record
    for (;;) {
      const overflowed = this.#moveBacklogTo(round);
      if (overflowed || round.isFull) return round;
      if (round.isEmpty && round.doneUpTo !== undefined) return round;
      if (!round.isEmpty) deadline ??= clock.monotonicNow() + windowMs;
      const remainingMs = (deadline ?? Number.POSITIVE_INFINITY) - clock.monotonicNow();
      if (this.#ended) return round.isEmpty ? undefined : round;
      if (remainingMs <= 0) return round;

      const page = await read();
      this.#ended = page.ended;
      this.#backlog = page.records.map(prepare);
      if (this.#backlog.length > 0 || page.ended) continue;
      if (page.readUpTo !== undefined) round.passOver(page.readUpTo);
      else await clock.sleep(Math.min(pollIntervalMs, remainingMs), signal);
    }
  }

  /** Moves as much as fits; true when a record did not. */
  #moveBacklogTo(round: Round): boolean {
    const stuck = this.#backlog.findIndex((record) => !round.add(record));
    this.#backlog = stuck < 0 ? [] : this.#backlog.slice(stuck);
    return stuck >= 0;
  }
}
