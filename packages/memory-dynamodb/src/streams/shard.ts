import type { IdentifiedChange } from "../model.ts";
import { firstIndex } from "../tables/search.ts";

/** A change in its place in the stream. */
export interface Entry {
  readonly position: number;
  readonly change: IdentifiedChange;
}

/** What a shard is, apart from what is in it. */
export interface ShardRange {
  readonly id: string;
  readonly parentId: string | undefined;
  /** The hashes of the items whose changes come here: from, and up to but without. */
  readonly from: number;
  readonly to: number;
  /** The stream's next position when the shard was opened. */
  readonly start: number;
}

/** A part of a stream: changes of some items, in their order, until it is closed and its children continue. */
export class Shard {
  readonly range: ShardRange;
  /** Where it ended, and when, in milliseconds since 1970. */
  closed: { readonly position: number; readonly at: number } | undefined;
  /** The highest position that has left the stream. */
  trimmedUpTo = -1;
  #entries: Entry[] = [];

  constructor(range: ShardRange) {
    this.range = range;
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  push(entry: Entry): void {
    this.#entries.push(entry);
  }

  /** The index of the first entry at this position or later. */
  indexOf(position: number): number {
    return firstIndex(this.#entries, (entry) => entry.position < position);
  }

  /** Drops entries of before a moment. */
  trim(before: number): void {
    let count = 0;
    while ((this.#entries[count]?.change.at ?? Infinity) < before) count++;
    if (count === 0) return;
    this.trimmedUpTo = this.#entries[count - 1]?.position ?? this.trimmedUpTo;
    this.#entries = this.#entries.slice(count);
  }

  clone(): Shard {
    const clone = new Shard(this.range);
    clone.closed = this.closed;
    clone.trimmedUpTo = this.trimmedUpTo;
    clone.#entries = this.#entries.slice();
    return clone;
  }
}
