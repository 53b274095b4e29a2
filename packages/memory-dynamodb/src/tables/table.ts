import type { CreateTableCommandInput, StreamSpecification, TableDescription } from "@aws-sdk/client-dynamodb";
import { transactionConflict } from "../errors.ts";
import type { IdentifiedChange, Item, Key } from "../model.ts";
import { inParts, type Saved, type SavedTable, type TableSettings } from "../saved.ts";
import { Stream } from "../streams/stream.ts";
import { isSameItem } from "../values/attribute-value.ts";
import { sizeOf } from "../values/item-size.ts";
import { tableArn } from "./arn.ts";
import { assertDefinition } from "./assert-definition.ts";
import { totalOf, type Units, writeUnits } from "./capacity.ts";
import { describeTable } from "./describe-table.ts";
import { KeySchema } from "./key-schema.ts";
import { SecondaryIndex } from "./secondary-index.ts";
import type { TableHost } from "./table-host.ts";
import { TableItems, type View } from "./table-items.ts";

/** Items that expired longer ago are kept. Source: Developer Guide, "Using time to live". */
const MAX_EXPIRED_SECONDS = 5 * 365 * 24 * 60 * 60;

/** A transaction's hold on an item, and the last write of another Region that waits for it to end. */
interface Lock {
  replicated?: { readonly item: Item | undefined };
}

/** What is to become of one item. */
export interface ItemWrite {
  readonly id: string;
  readonly key: Key;
  readonly before: Item | undefined;
  readonly after: Item | undefined;
}

/** What a table was made of. */
interface Origin {
  readonly definition: CreateTableCommandInput;
  readonly createdAt: number;
}

/** One table: its items, its stream, and the items that transactions in flight hold. */
export class Table implements View {
  schema: KeySchema;
  indexes: ReadonlyMap<string, SecondaryIndex>;
  settings: TableSettings = { tags: {}, isRecoverable: false };
  readonly #host: TableHost;
  #origin: Origin;
  #items: TableItems;
  readonly #locks = new Map<string, Lock>();
  #stream: Stream | undefined;

  constructor(host: TableHost, origin: Origin, schema = new KeySchema(origin.definition)) {
    this.#host = host;
    this.#origin = origin;
    this.schema = schema;
    this.indexes = indexesOf(origin.definition, schema);
    this.#items = new TableItems(schema);
  }

  static create(host: TableHost, definition: CreateTableCommandInput): Table {
    assertDefinition(definition);
    const table = new Table(host, { definition, createdAt: host.now() });
    for (const { Key = "", Value = "" } of definition.Tags ?? []) table.settings.tags[Key] = Value;
    table.setStream(definition.StreamSpecification);
    return table;
  }

  get name(): string {
    return this.#origin.definition.TableName ?? "";
  }

  /** By an opaque key. */
  get items(): ReadonlyMap<string, Item> {
    return this.#items.byId;
  }

  get stream(): Stream | undefined {
    return this.#stream;
  }

  /** The item with this key: a string by which the table knows it, or the key itself. */
  get(key: Item | string): Item | undefined {
    return this.#items.get(typeof key === "string" ? key : this.schema.idOf(key));
  }

  ordered(index?: SecondaryIndex): readonly Item[] {
    return this.#items.ordered(index);
  }

  /** The table as it was so many commits ago. */
  before(commits: number): View {
    return this.#items.before(commits);
  }

  /** Switches the stream on or off. A table that gets one again gets a new one. */
  setStream(specification: StreamSpecification | undefined): void {
    if (this.#stream !== undefined) {
      this.#stream.disable();
      this.#host.retire(this.#stream);
      const { arn, label } = this.#stream;
      this.settings = { ...this.settings, lastStream: { arn, label } };
    }
    this.#stream = specification?.StreamEnabled
      ? Stream.open(this.#host, this.name, this.schema, specification.StreamViewType ?? "NEW_AND_OLD_IMAGES")
      : undefined;
  }

  isLocked(id: string): boolean {
    return this.#locks.size > 0 && this.#locks.has(id);
  }

  lock(id: string): void {
    this.#locks.set(id, {});
  }

  /** Ends a transaction's hold on an item, which it may have written. */
  unlock(id: string, isWritten: boolean): void {
    const waiting = this.#locks.get(id)?.replicated;
    this.#locks.delete(id);
    if (waiting === undefined || isWritten) return; // the transaction was the later writer
    const item = waiting.item ?? this.#items.get(id);
    if (item !== undefined) this.replicate(this.schema.keyOf(item), waiting.item);
  }

  /** @throws TransactionConflictException while a transaction holds the item */
  assertUnlocked(id: string): void {
    if (this.isLocked(id)) throw transactionConflict();
  }

  /** Keys of the items whose time to live is over. */
  expired(): Key[] {
    const attribute = this.settings.timeToLiveAttribute;
    if (attribute === undefined) return [];
    const now = Math.floor(this.#host.now() / 1000);
    const isOver = (seconds: number): boolean => seconds <= now && seconds > now - MAX_EXPIRED_SECONDS;
    return [...this.items.values()]
      .filter((item) => isOver(Number(item[attribute]?.N)) && !this.isLocked(this.schema.idOf(item)))
      .map((item) => this.schema.keyOf(item));
  }

  /** TTL deletes an item. While a transaction holds it TTL leaves it, to find it another time. */
  expire(key: Item): void {
    const id = this.schema.idOf(key);
    const before = this.#items.get(id);
    if (before === undefined || this.isLocked(id)) return;
    this.commit([{ id, key: this.schema.keyOf(before), before, after: undefined }], { writeUnits: 0, byTtl: true });
  }

  /**
   * A write that another Region made. While a transaction holds the item it waits, and if the transaction writes the
   * item, that was the later write, which wins.
   */
  replicate(key: Item, item: Item | undefined): void {
    const id = this.schema.idOf(key);
    const lock = this.#locks.get(id);
    if (lock !== undefined) {
      lock.replicated = { item };
      return;
    }
    const before = this.#items.get(id);
    const units = totalOf(this.unitsOf({ before, after: item }, Math.max(sizeOf(before), sizeOf(item))));
    this.commit([{ id, key: this.schema.keyOf(key), before, after: item }], { writeUnits: units, replicated: true });
  }

  /** What a write of one item costs, of which so many bytes of the table are billed. */
  unitsOf({ before, after }: Pick<ItemWrite, "before" | "after">, bytes: number, factor = 1): Units {
    const table = factor * writeUnits(bytes);
    if (this.indexes.size === 0 || before === after) return { table };
    const indexes = new Map<string, number>();
    for (const index of this.indexes.values()) {
      const units = index.writeUnits(before, after);
      if (units > 0) indexes.set(index.name, factor * units);
    }
    return { table, indexes };
  }

  /** Makes writes take effect, all of them together. */
  commit(
    writes: readonly ItemWrite[],
    { writeUnits, byTtl = false, replicated = false }: { writeUnits: number; byTtl?: boolean; replicated?: boolean },
  ): void {
    const at = this.#host.now();
    const changes: IdentifiedChange[] = [];
    for (const { id, key, before, after } of writes) {
      if (before === after || (before !== undefined && after !== undefined && isSameItem(before, after))) continue;
      this.#items.replace(id, before, after);
      for (const index of this.indexes.values()) index.replace(before, after);
      changes.push({ id, key, before, after, byTtl, at });
    }
    if (changes.length > 0) {
      this.#items.remember(changes);
      this.#stream?.append(changes);
    }
    this.#host.announce({ table: this.name, changes, writeUnits, replicated });
  }

  description(): TableDescription {
    const { definition, createdAt } = this.#origin;
    const latest = this.#stream ?? this.settings.lastStream;
    const stream = latest && { arn: latest.arn, label: latest.label, isEnabled: this.#stream !== undefined };
    return describeTable(definition, { arn: this.#arn, createdAt, items: this.items, indexes: this.indexes, stream });
  }

  /** Changes what it was made of; its keys stay. Its indexes are filled immediately. */
  alter(changes: Partial<CreateTableCommandInput>): void {
    const { createdAt, definition: old } = this.#origin;
    const definition = { ...old, ...changes };
    assertDefinition(definition);
    this.schema = new KeySchema(definition);
    this.indexes = indexesOf(definition, this.schema);
    this.#origin = { definition, createdAt };
    this.#items.reorder(this.schema);
  }

  get definition(): CreateTableCommandInput {
    return this.#origin.definition;
  }

  /** What it holds but for its stream. */
  *saved(): Generator<Saved> {
    yield { table: { ...this.#origin, settings: this.settings } };
    for (const items of inParts(this.items.values())) yield { items, of: this.name };
  }

  static restore(host: TableHost, { settings, ...origin }: SavedTable): Table {
    const table = new Table(host, origin);
    table.settings = settings;
    return table;
  }

  restoreItems(items: readonly Item[]): void {
    this.#items.restore(items);
  }

  restoreStream(stream: Stream): void {
    this.#stream = stream;
  }

  clone(host: TableHost): Table {
    const clone = new Table(host, this.#origin, this.schema);
    clone.settings = this.settings;
    clone.#items = this.#items.clone();
    clone.#stream = this.#stream?.clone(host);
    return clone;
  }

  get #arn(): string {
    return tableArn(this.#host.region, this.name);
  }
}

function indexesOf(
  { GlobalSecondaryIndexes = [], LocalSecondaryIndexes = [] }: CreateTableCommandInput,
  schema: KeySchema,
): ReadonlyMap<string, SecondaryIndex> {
  const indexes = [
    ...GlobalSecondaryIndexes.map((index) => new SecondaryIndex(index, true, schema)),
    ...LocalSecondaryIndexes.map((index) => new SecondaryIndex(index, false, schema)),
  ];
  return new Map(indexes.map((index) => [index.name, index]));
}
