import type { IdentifiedChange, Item } from "../model.ts";
import type { KeySchema } from "./key-schema.ts";
import type { SecondaryIndex } from "./secondary-index.ts";
import { SortedItems, sorted } from "./sorted-items.ts";

/** The farthest back that an eventually consistent read can look, in commits. */
const MAX_LAG = 256;

/** The items of a table as they were at some moment. */
export interface View {
  get(id: string): Item | undefined;
  /** In the order of a Scan, of the table or of one of its indexes. */
  ordered(index?: SecondaryIndex): readonly Item[];
}

/** A table's items: as they are, in order, and as they were some commits ago. */
export class TableItems implements View {
  #schema: KeySchema;
  #items = new Map<string, Item>();
  #ordered: SortedItems;
  /** The last commits that changed something, for reads that lag behind. */
  #history: (readonly IdentifiedChange[])[] = [];

  constructor(schema: KeySchema) {
    this.#schema = schema;
    this.#ordered = new SortedItems(schema);
  }

  /** By an opaque key. */
  get byId(): ReadonlyMap<string, Item> {
    return this.#items;
  }

  get(id: string): Item | undefined {
    return this.#items.get(id);
  }

  ordered(index?: SecondaryIndex): readonly Item[] {
    return (index ?? this.#ordered).of(() => this.#items.values());
  }

  /** The items as they were so many commits ago. */
  before(commits: number): View {
    if (commits === 0 || this.#history.length === 0) return this;
    const old = new Map<string, Item | undefined>();
    for (const changes of this.#history.slice(-Math.min(commits, MAX_LAG)).reverse()) {
      for (const { id, before } of changes) old.set(id, before);
    }
    return {
      get: (id) => (old.has(id) ? old.get(id) : this.#items.get(id)),
      ordered: (index) => {
        const kept = this.ordered().filter((item) => !old.has(this.#schema.idOf(item)));
        const changed = [...old.values()].filter((item) => item !== undefined);
        return index?.sorted([...kept, ...changed]) ?? sorted([...kept, ...changed], this.#schema);
      },
    };
  }

  replace(id: string, before: Item | undefined, after: Item | undefined): void {
    if (after === undefined) this.#items.delete(id);
    else this.#items.set(id, after);
    this.#ordered.replace(before, after);
  }

  /** Notes what a commit replaced. */
  remember(changes: readonly IdentifiedChange[]): void {
    this.#history.push(changes);
    if (this.#history.length > 2 * MAX_LAG) this.#history = this.#history.slice(-MAX_LAG);
  }

  restore(items: readonly Item[]): void {
    for (const item of items) this.#items.set(this.#schema.idOf(item), item);
  }

  /** Orders them by a schema with the same keys. */
  reorder(schema: KeySchema): void {
    this.#schema = schema;
    this.#ordered = new SortedItems(schema);
  }

  clone(): TableItems {
    const clone = new TableItems(this.#schema);
    clone.#items = new Map(this.#items);
    clone.#history = this.#history.slice();
    clone.#ordered = this.#ordered.clone(this.#schema);
    return clone;
  }
}
