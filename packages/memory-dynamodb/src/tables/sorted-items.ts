import type { Item } from "../model.ts";
import { firstIndex } from "./search.ts";

/** How items are ordered: by a hash, and those of one hash by what is compared. */
export interface ItemOrder {
  hashOf(item: Item): number;
  /** By hash first. */
  compare(a: Item, b: Item): number;
}

/** Items in an order. Sorted when they are asked for first, kept sorted from then on. */
export class SortedItems {
  readonly #order: ItemOrder;
  #items: Item[] | undefined;

  constructor(order: ItemOrder) {
    this.#order = order;
  }

  /** @param all what is sorted the first time */
  of(all: () => Iterable<Item>): readonly Item[] {
    this.#items ??= sorted(all(), this.#order);
    return this.#items;
  }

  /** Replaces an item by its next version: both are in one place. */
  replace(before: Item | undefined, after: Item | undefined): void {
    const item = after ?? before;
    if (this.#items === undefined || item === undefined) return;
    const at = firstIndex(this.#items, (other) => this.#order.compare(other, item) < 0);
    this.#items.splice(at, before === undefined ? 0 : 1, ...(after === undefined ? [] : [after]));
  }

  clone(order: ItemOrder): SortedItems {
    const clone = new SortedItems(order);
    clone.#items = this.#items?.slice();
    return clone;
  }
}

export function sorted(items: Iterable<Item>, order: ItemOrder): Item[] {
  // each hash is made once: a sort compares an item many times
  const hashed = Array.from(items, (item) => ({ item, hash: order.hashOf(item) }));
  return hashed.sort((a, b) => a.hash - b.hash || order.compare(a.item, b.item)).map(({ item }) => item);
}
