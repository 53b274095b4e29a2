import { MAX_BATCH_BYTES } from "../constants.ts";
import { eventJson, type PendingRecord, type ReadRecord } from "./pending-record.ts";

/** What a batch may hold. */
export interface BatchLimits {
  /** Records. */
  readonly batchSize: number;
  /** Lanes, each with a batch of its own. */
  readonly lanes: number;
}

const EVENT_OVERHEAD_BYTES = Buffer.byteLength(eventJson([]));

/**
 * The next records of a shard: at most one batch in every lane. The shard's checkpoint follows the oldest record that
 * is not done, so that however the lanes get on, nothing before the checkpoint is lost and nothing but the round is repeated.
 */
export class Round {
  readonly #limits: BatchLimits;
  readonly #records: PendingRecord[] = [];
  readonly #lanes: { records: PendingRecord[]; bytes: number }[];
  readonly #done = new Set<PendingRecord>();
  #oldestNotDone = 0;
  #readUpTo: string | undefined;

  constructor(limits: BatchLimits) {
    this.#limits = limits;
    this.#lanes = Array.from({ length: limits.lanes }, () => ({ records: [], bytes: EVENT_OVERHEAD_BYTES }));
  }

  /** Takes a record that was read. False when its batch has no room for it: the round is full, and the record not taken. */
  add({ sequenceNumber, pending }: ReadRecord): boolean {
    if (pending !== undefined) {
      const lane = this.#lanes[pending.lane];
      if (lane === undefined) throw new RangeError(`Lane ${pending.lane} of ${this.#limits.lanes}`);
      const bytes = Buffer.byteLength(pending.json) + 1;
      const tooLarge = lane.records.length > 0 && lane.bytes + bytes > MAX_BATCH_BYTES;
      if (tooLarge || lane.records.length >= this.#limits.batchSize) return false;
      lane.records.push(pending);
      lane.bytes += bytes;
      this.#records.push(pending);
    }
    this.#readUpTo = sequenceNumber;
    return true;
  }

  /** Goes past records that were read and left out. */
  passOver(readUpTo: string): void {
    this.#readUpTo = readUpTo;
  }

  /** Whether a batch has as many records as it may. */
  get isFull(): boolean {
    return this.#lanes.some(({ records }) => records.length >= this.#limits.batchSize);
  }

  /** Whether there is nothing to invoke the function with. */
  get isEmpty(): boolean {
    return this.#records.length === 0;
  }

  /** The batches, one for each lane that has any records. */
  get batches(): readonly (readonly PendingRecord[])[] {
    return this.#lanes.flatMap(({ records }) => (records.length > 0 ? [records] : []));
  }

  /** Counts records as done: processed, or discarded. */
  complete(records: readonly PendingRecord[]): void {
    for (const record of records) this.#done.add(record);
    for (let next = this.#records[this.#oldestNotDone]; next !== undefined && this.#done.has(next); ) {
      next = this.#records[++this.#oldestNotDone];
    }
  }

  /** The last sequence number up to which everything is done, or undefined when not even the first record is. */
  get doneUpTo(): string | undefined {
    if (this.#oldestNotDone === this.#records.length) return this.#readUpTo;
    return this.#records[this.#oldestNotDone - 1]?.sequenceNumber;
  }
}
