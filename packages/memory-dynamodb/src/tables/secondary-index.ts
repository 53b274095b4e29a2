import type { GlobalSecondaryIndex, Projection } from "@aws-sdk/client-dynamodb";
import { invalidParameter } from "../errors.ts";
import type { Item } from "../model.ts";
import { isSameItem } from "../values/attribute-value.ts";
import { sizeOf } from "../values/item-size.ts";
import { writeUnits } from "./capacity.ts";
import { hashOf } from "./hash.ts";
import { compareBy, type KeyAttribute, type KeyDefinition, type KeySchema, textOf } from "./key-schema.ts";
import { SortedItems, sorted } from "./sorted-items.ts";

/** What both kinds of index are made of. */
export type IndexDefinition = Pick<GlobalSecondaryIndex, "IndexName" | "KeySchema" | "Projection">;

/** A secondary index: the items that have its key attributes, in another order, with some of their attributes. */
export class SecondaryIndex {
  readonly name: string;
  readonly isGlobal: boolean;
  readonly partitions: readonly KeyAttribute[];
  readonly sorts: readonly KeyAttribute[];
  readonly #table: KeySchema;
  readonly #projection: Projection;
  /** The attributes that it has of its items, unless that is all of them. */
  readonly #projected: ReadonlySet<string>;
  readonly #sorted: SortedItems;

  constructor(
    { IndexName = "", KeySchema = [], Projection = {} }: IndexDefinition,
    isGlobal: boolean,
    table: KeySchema,
  ) {
    this.name = IndexName;
    this.isGlobal = isGlobal;
    const keys = (kind: string) =>
      KeySchema.filter(({ KeyType }) => KeyType === kind).map((key) => find(key.AttributeName, table.definition));
    this.partitions = keys("HASH");
    this.sorts = keys("RANGE");
    if (this.partitions.length === 0) throw invalidParameter(`No Hash Key specified in schema of index ${IndexName}`);
    this.#table = table;
    this.#projection = Projection;
    const names = [...this.#keys, ...table.keys].map(({ name }) => name);
    this.#projected = new Set([...names, ...(Projection.NonKeyAttributes ?? [])]);
    this.#sorted = new SortedItems(this);
  }

  get projectsAll(): boolean {
    return this.#projection.ProjectionType === "ALL";
  }

  projects(attribute: string): boolean {
    return this.projectsAll || this.#projected.has(attribute);
  }

  includes(item: Item): boolean {
    return this.#keys.every(({ name }) => item[name] !== undefined);
  }

  /** What the index has of an item. */
  entryOf(item: Item): Item {
    if (this.projectsAll) return item;
    return Object.fromEntries(Object.entries(item).filter(([name]) => this.#projected.has(name)));
  }

  /** Where a page ends: the keys of the index and of the table. */
  keyOf(item: Item): Item {
    const names = [...this.#keys, ...this.#table.keys].map(({ name }) => [name, item[name]]);
    return Object.fromEntries(names) as Item;
  }

  hashOf(item: Item): number {
    return hashOf(this.partitions.map(({ name }) => textOf(item[name])).join("\0"));
  }

  compare(a: Item, b: Item): number {
    const byHash = this.hashOf(a) - this.hashOf(b);
    if (byHash !== 0) return byHash;
    for (const key of this.#keys) {
      const order = compareBy(key, a, b);
      if (order !== 0) return order;
    }
    return this.#table.compare(a, b);
  }

  /** All that is in it, in order. */
  of(items: () => Iterable<Item>): readonly Item[] {
    return this.#sorted.of(() => Array.from(items()).filter((item) => this.includes(item)));
  }

  /** The same of a table as it was. */
  sorted(items: readonly Item[]): readonly Item[] {
    return sorted(
      items.filter((item) => this.includes(item)),
      this,
    );
  }

  replace(before: Item | undefined, after: Item | undefined): void {
    const [old, next] = [before, after].map((item) => (item && this.includes(item) ? item : undefined));
    if (old !== undefined && next !== undefined && this.compare(old, next) === 0) {
      this.#sorted.replace(old, next);
      return;
    }
    this.#sorted.replace(old, undefined);
    this.#sorted.replace(undefined, next);
  }

  /** What a write costs in this index: nothing where it stays as it is, twice where an item's place changes. */
  writeUnits(before: Item | undefined, after: Item | undefined): number {
    const [old, next] = [before, after].map((item) => (item && this.includes(item) ? this.entryOf(item) : undefined));
    if (old === undefined || next === undefined) {
      const entry = old ?? next;
      return entry === undefined ? 0 : writeUnits(sizeOf(entry));
    }
    if (isSameItem(old, next)) return 0;
    if (this.compare(old, next) === 0) return writeUnits(Math.max(sizeOf(old), sizeOf(next)));
    return writeUnits(sizeOf(old)) + writeUnits(sizeOf(next));
  }

  get #keys(): readonly KeyAttribute[] {
    return this.sorts.length === 0 ? this.partitions : [...this.partitions, ...this.sorts];
  }
}

function find(attribute: string | undefined, { AttributeDefinitions = [] }: KeyDefinition): KeyAttribute {
  const found = AttributeDefinitions.find(({ AttributeName }) => AttributeName === attribute);
  if (found === undefined) {
    throw invalidParameter(`Some index key attributes are not defined in AttributeDefinitions. Keys: [${attribute}]`);
  }
  return { name: attribute ?? "", type: found.AttributeType ?? "" };
}
