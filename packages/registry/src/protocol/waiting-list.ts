import { MAX_ITEM_BYTES, MAX_TRANSACTION_ACTIONS, MAX_TRANSACTION_BYTES } from "./constants.ts";
import { type MemberWrite, writeSizeBytes } from "./member-set.ts";

/** One action of a transaction is the set's own. */
const MAX_MEMBERS = MAX_TRANSACTION_ACTIONS - 1;

/** Bytes of a transaction that are left for its members: the set's item may be as large as any. */
const MAX_MEMBERS_BYTES = MAX_TRANSACTION_BYTES - MAX_ITEM_BYTES;

/** A write that waits, and how its caller is told of the outcome. */
export interface Entry {
  readonly write: MemberWrite;
  readonly signal: AbortSignal | undefined;
  resolve(outcome: Committed): void;
  reject(error: unknown): void;
}

/** What a committed write found: a removal leaves a set's item absent where it was. */
export interface Committed {
  setExists: boolean;
}

/**
 * Writes that wait for a transaction, in the order of their arrival: those that add in one queue, those that remove in
 * another, for no transaction takes both. Taking costs what is taken, whatever the number that waits.
 */
export class WaitingList {
  readonly #queues = { add: new Queue(), remove: new Queue() };
  #arrivals = 0;

  push(entry: Entry): void {
    this.#queues[entry.write.change].push({ entry, arrival: this.#arrivals++ });
  }

  /**
   * Takes the write that has waited longest and those that can share its transaction: of the same change, as many as
   * its actions and its bytes allow. Rejects the aborted ones that it meets.
   */
  take(): [Entry, ...Entry[]] | undefined {
    const { add, remove } = this.#queues;
    for (const queue of [add, remove]) queue.rejectAborted();
    const queue =
      (add.first?.arrival ?? Number.POSITIVE_INFINITY) < (remove.first?.arrival ?? Number.POSITIVE_INFINITY)
        ? add
        : remove;
    const first = queue.shift();
    if (first === undefined) return undefined;
    const taken: [Entry, ...Entry[]] = [first];
    let bytes = writeSizeBytes(first.write);
    for (queue.rejectAborted(); queue.first !== undefined && taken.length < MAX_MEMBERS; queue.rejectAborted()) {
      bytes += writeSizeBytes(queue.first.entry.write);
      if (bytes > MAX_MEMBERS_BYTES) break;
      taken.push(queue.first.entry);
      queue.shift();
    }
    return taken;
  }
}

/** An entry that waits, and its place in the order of all. */
interface Waiting {
  readonly entry: Entry;
  readonly arrival: number;
}

/** First in, first out; both in constant time, whereas `Array.shift` moves all that are left. */
class Queue {
  #items: (Waiting | undefined)[] = [];
  #head = 0;

  get first(): Waiting | undefined {
    return this.#items[this.#head];
  }

  push(waiting: Waiting): void {
    this.#items.push(waiting);
  }

  shift(): Entry | undefined {
    const { first } = this;
    if (first === undefined) return undefined;
    this.#items[this.#head++] = undefined;
    // What was taken is dropped once it is half of the list, so that each entry is moved about once.
    if (this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return first.entry;
  }

  /** Rejects and drops aborted entries until the first one is live. */
  rejectAborted(): void {
    for (let { first } = this; first?.entry.signal?.aborted; { first } = this) {
      first.entry.reject(first.entry.signal.reason);
      this.shift();
    }
  }
}
