import type { ResolvedOptions } from "../resolved-options.ts";
import type { ShardReader } from "../shards/shard-reader.ts";
import { type ReadRecord, toReadRecord } from "./pending-record.ts";
import { Round } from "./round.ts";

/** Gathers what is read of a shard into rounds, as batch size, batching window and the size of an event allow. */
export class BatchCollector {
  readonly #reader: ShardReader;
  readonly #options: ResolvedOptions;
  readonly #signal: AbortSignal;
  /** Read and not yet in a round, oldest first. */
  #backlog: readonly ReadRecord[] = [];
  #ended = false;

  constructor(reader: ShardReader, options: ResolvedOptions, signal: AbortSignal) {
    this.#reader = reader;
    this.#options = options;
    this.#signal = signal;
  }

  /**
   * Waits for the next round. It may be empty: then all that was read was left out by the filters, and only the checkpoint
   * moves. Undefined when the shard has ended.
   */
  async next(): Promise<Round | undefined> {
    const { clock, batchSize, parallelizationFactor, batchingWindowMs, pollIntervalMs } = this.#options;
    const round = new Round({ batchSize, lanes: parallelizationFactor });
    let deadline: number | undefined; // the window opens with the batch's first record
    for (;;) {
      const overflowed = this.#moveBacklogTo(round);
      if (overflowed || round.isFull) return round;
      if (round.isEmpty && round.doneUpTo !== undefined) return round;
      if (!round.isEmpty) deadline ??= clock.now() + batchingWindowMs;
      const remainingMs = (deadline ?? Number.POSITIVE_INFINITY) - clock.now();
      if (this.#ended) return round.isEmpty ? undefined : round;
      if (remainingMs <= 0) return round;

      const page = await this.#reader.read();
      this.#ended = page.ended;
      this.#backlog = page.records.map((record) => toReadRecord(record, this.#options));
      if (this.#backlog.length > 0 || page.ended) continue;
      if (page.readUpTo !== undefined) round.passOver(page.readUpTo);
      else await clock.sleep(Math.min(pollIntervalMs, remainingMs), this.#signal);
    }
  }

  /** Moves as much as fits; true when a record did not. */
  #moveBacklogTo(round: Round): boolean {
    const stuck = this.#backlog.findIndex((record) => !round.add(record));
    this.#backlog = stuck < 0 ? [] : this.#backlog.slice(stuck);
    return stuck >= 0;
  }
}
