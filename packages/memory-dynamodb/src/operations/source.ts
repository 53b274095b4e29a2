import type { QueryCommandInput, ScanCommandInput } from "@aws-sdk/client-dynamodb";
import { invalidParameter, validationError } from "../errors.ts";
import type { Path } from "../expressions/parsed.ts";
import { resolvePath } from "../expressions/path.ts";
import type { Scope } from "../expressions/scope.ts";
import type { Item } from "../model.ts";
import { readUnits, type Units } from "../tables/capacity.ts";
import type { KeyAttribute } from "../tables/key-schema.ts";
import type { SecondaryIndex } from "../tables/secondary-index.ts";
import type { Table } from "../tables/table.ts";
import { storedItem, typeOf } from "../values/attribute-value.ts";
import { sizeOf } from "../values/item-size.ts";

type PageInput = ScanCommandInput & QueryCommandInput;

/** What a page is read from: a table or one of its indexes. */
export interface Source {
  readonly table: Table;
  readonly index: SecondaryIndex | undefined;
  readonly partitions: readonly KeyAttribute[];
  readonly sorts: readonly KeyAttribute[];
  hashOf(item: Item): number;
  compare(a: Item, b: Item): number;
  keyOf(item: Item): Item;
  /** What it has of an item. */
  entryOf(item: Item): Item;
}

/** @throws ValidationException where there is no such index, or it cannot answer this request */
export function sourceOf(table: Table, { IndexName, ConsistentRead, Select }: PageInput): Source {
  const { schema } = table;
  if (IndexName === undefined) {
    const { partitions, sorts } = schema;
    const entryOf = (item: Item): Item => item;
    const order = { hashOf: schema.hashOf.bind(schema), compare: schema.compare.bind(schema) };
    return { table, index: undefined, partitions, sorts, ...order, keyOf: schema.keyOf.bind(schema), entryOf };
  }
  const index = table.indexes.get(IndexName);
  if (index === undefined) throw validationError(`The table does not have the specified index: ${IndexName}`);
  if (index.isGlobal && ConsistentRead) {
    throw validationError("Consistent reads are not supported on global secondary indexes");
  }
  if (index.isGlobal && Select === "ALL_ATTRIBUTES" && !index.projectsAll) {
    throw invalidParameter(
      `Select type ALL_ATTRIBUTES is not supported for global secondary index ${IndexName} because its projection ` +
        "type is not ALL",
    );
  }
  return {
    table,
    index,
    partitions: index.partitions,
    sorts: index.sorts,
    hashOf: (item) => index.hashOf(item),
    compare: (a, b) => index.compare(a, b),
    keyOf: (item) => index.keyOf(item),
    entryOf: (item) => index.entryOf(item),
  };
}

/**
 * Whether a read of a local index also reads the table: some attribute is wanted that the index has not.
 *
 * @throws ValidationException where the index is a global one, which has no way to the table
 */
export function readsTable({ index }: Source, { Select }: PageInput, wanted: readonly Path[], scope: Scope): boolean {
  if (index === undefined || index.projectsAll) return false;
  const missing = wanted.map((path) => resolvePath(scope, path)[0]).filter((name) => !index.projects(name));
  if (index.isGlobal && missing.length > 0) {
    throw invalidParameter(`Global secondary index ${index.name} does not project [${missing.join(", ")}]`);
  }
  return Select === "ALL_ATTRIBUTES" || missing.length > 0;
}

/** What a page costs. Items that an index has to get from the table are read one by one. */
export function unitsOf(source: Source, read: readonly Item[], isConsistent: boolean, fromTable: boolean): Units {
  const bytes = read.reduce((sum, item) => sum + sizeOf(source.entryOf(item)), 0);
  const own = readUnits(bytes, isConsistent);
  if (source.index === undefined) return { table: own };
  const fetched = fromTable ? read.reduce((sum, item) => sum + readUnits(sizeOf(item), isConsistent), 0) : 0;
  return { table: fetched, indexes: new Map([[source.index.name, own]]) };
}

/** A key that a page is continued from, as it is stored. */
export function startKeyOf({ table, index }: Source, key: Item): Item {
  if (index === undefined) return table.schema.storedKey(key);
  const stored = storedItem(key);
  const expected = new Map(
    [...index.partitions, ...index.sorts, ...table.schema.keys].map(({ name, type }) => [name, type]),
  );
  const names = Object.keys(stored);
  const fits =
    names.length === expected.size &&
    names.every((name) => expected.get(name) === typeOf(stored[name] ?? ({} as never)));
  if (!fits)
    throw validationError("The provided starting key is invalid: The provided key element does not match the schema");
  return stored;
}
