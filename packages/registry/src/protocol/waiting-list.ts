import { MAX_ITEM_BYTES, MAX_TRANSACTION_ACTIONS, MAX_TRANSACTION_BYTES } from "./constants.ts";
import { type MemberSet, type MemberWrite, touchedItems, writeSizeBytes } from "./member-set.ts";

/** One action of a transaction is the set's own. */
const MAX_MEMBER_ACTIONS = MAX_TRANSACTION_ACTIONS - 1;

/** Bytes of a transaction that are left for its members: the set's item may be as large as any. */
const MAX_MEMBER_BYTES = MAX_TRANSACTION_BYTES - MAX_ITEM_BYTES;

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
 * another, for no transaction takes both. Taking costs by what is taken, not by what waits.
 */
export class WaitingList {
  readonly #set: MemberSet;
  readonly #queues = { add: new Queue(), remove: new Queue() };
  #arrivals = 0;

  constructor(set: MemberSet) {
    this.#set = set;
  }

  push(entry: Entry): void {
    this.#queues[entry.write.change].push({ entry, arrival: this.#arrivals++ });
  }

  /**
   * Takes the write that has waited longest and those behind it that can share its transaction: of the same change, as
   * many as actions and bytes allow, up to one that touches an item that is touched already. Rejects the aborted ones
   * that it meets.
   */
  take(): [Entry, ...Entry[]] | undefined {
    const queue = this.#longestWaiting();
    const first = queue.shift();
    if (first === undefined) return undefined;
    const taken: [Entry, ...Entry[]] = [first];
    const group = new Group(this.#set);
    group.admit(first.write);
    for (let next = queue.firstLive(); next && group.admit(next.entry.write); next = queue.firstLive()) {
      taken.push(next.entry);
      queue.shift();
    }
    return taken;
  }

  #longestWaiting(): Queue {
    const { add, remove } = this.#queues;
    const [added, removed] = [add.firstLive(), remove.firstLive()];
    if (added === undefined || removed === undefined) return added === undefined ? remove : add;
    return added.arrival < removed.arrival ? add : remove;
  }
}

/** What the writes of one transaction take up together. */
class Group {
  readonly #set: MemberSet;
  readonly #touched = new Set<string>();
  #actions = 0;
  #bytes = 0;

  constructor(set: MemberSet) {
    this.#set = set;
  }

  /** Whether a write can join; the first one always can. */
  admit(write: MemberWrite): boolean {
    const touched = touchedItems(this.#set, write);
    const actions = this.#actions + write.actions.length;
    const bytes = this.#bytes + writeSizeBytes(write);
    const isFirst = this.#actions === 0;
    const fits = actions <= MAX_MEMBER_ACTIONS && bytes <= MAX_MEMBER_BYTES;
    if (!isFirst && !(fits && touched.every((item) => !this.#touched.has(item)))) return false;
    for (const item of touched) this.#touched.add(item);
    this.#actions = actions;
    this.#bytes = bytes;
    return true;
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

  get #first(): Waiting | undefined {
    return this.#items[this.#head];
  }

  push(waiting: Waiting): void {
    this.#items.push(waiting);
  }

  shift(): Entry | undefined {
    const first = this.#first;
    if (first === undefined) return undefined;
    this.#items[this.#head++] = undefined;
    // What was taken is dropped once it is half of the list, so that each entry is moved about once.
    if (this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return first.entry;
  }

  /** The first entry whose caller has not aborted. Those before it are rejected, and gone. */
  firstLive(): Waiting | undefined {
    for (let first = this.#first; first !== undefined; first = this.#first) {
      const { signal, reject } = first.entry;
      if (!signal?.aborted) return first;
      reject(signal.reason);
      this.shift();
    }
    return undefined;
  }
}
