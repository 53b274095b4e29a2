import type { AttributeValue, CreateTableCommandInput } from "@aws-sdk/client-dynamodb";
import { invalid, invalidParameter, schemaMismatch, validationError } from "../errors.ts";
import type { Item } from "../model.ts";
import { compareValues, storedItem, storedValue, typeOf } from "../values/attribute-value.ts";
import { hashOf } from "./hash.ts";

/** Source: Developer Guide, "Constraints": partition key and sort key. */
const MAX_PARTITION_KEY_BYTES = 2048;
const MAX_SORT_KEY_BYTES = 1024;

export interface KeyAttribute {
  readonly name: string;
  readonly type: string;
}

/** The part of a table's definition that its keys are made of. */
export type KeyDefinition = Pick<CreateTableCommandInput, "KeySchema" | "AttributeDefinitions">;

/** What a table's keys are made of, and those of its indexes. */
export class KeySchema {
  readonly partition: KeyAttribute;
  readonly sort: KeyAttribute | undefined;
  /** What it was made of. */
  readonly definition: KeyDefinition;
  readonly #attributes: readonly KeyAttribute[];
  /** Attributes that are keys of some index only: an item need not have them, but not of another type. */
  readonly #indexed: readonly KeyAttribute[];

  constructor({ KeySchema, AttributeDefinitions }: KeyDefinition) {
    this.definition = { KeySchema, AttributeDefinitions };
    const attributes = (AttributeDefinitions ?? []).map(({ AttributeName = "", AttributeType = "" }) => ({
      name: AttributeName,
      type: AttributeType as string,
    }));
    const find = (keyType: string): KeyAttribute | undefined => {
      const name = KeySchema?.find(({ KeyType }) => KeyType === keyType)?.AttributeName;
      return attributes.find((attribute) => attribute.name === name);
    };
    const partition = find("HASH");
    if (partition === undefined) {
      throw invalidParameter("Some index key attributes are not defined in AttributeDefinitions");
    }
    this.partition = partition;
    this.sort = find("RANGE");
    this.#attributes = this.sort === undefined ? [partition] : [partition, this.sort];
    this.#indexed = attributes.filter((attribute) => !this.#attributes.includes(attribute));
  }

  /** The key's attributes: one or two. */
  get keys(): readonly KeyAttribute[] {
    return this.#attributes;
  }

  get partitions(): readonly KeyAttribute[] {
    return [this.partition];
  }

  get sorts(): readonly KeyAttribute[] {
    return this.sort === undefined ? [] : [this.sort];
  }

  /** What identifies an item with this key, one string for one key. */
  idOf(key: Item): string {
    const partition = textOf(key[this.partition.name]);
    if (this.sort === undefined) return partition;
    return `${partition.length}:${partition}${textOf(key[this.sort.name])}`;
  }

  keyOf(item: Item): Item {
    const { partition, sort } = this;
    const key: Record<string, AttributeValue> = {};
    key[partition.name] = item[partition.name] as AttributeValue;
    if (sort !== undefined) key[sort.name] = item[sort.name] as AttributeValue;
    return key;
  }

  hashOf(item: Item): number {
    return hashOf(textOf(item[this.partition.name]));
  }

  isKey(name: string): boolean {
    return name === this.partition.name || name === this.sort?.name;
  }

  /** The order in which a Scan goes through a table: by hash, then by key. */
  compare(a: Item, b: Item): number {
    const byHash = this.hashOf(a) - this.hashOf(b);
    return byHash || compareBy(this.partition, a, b) || (this.sort === undefined ? 0 : compareBy(this.sort, a, b));
  }

  /** A key of a request as it is stored. */
  storedKey(key: Item | undefined): Item {
    const expected = this.#attributes;
    const isKey = (attribute: KeyAttribute): boolean => {
      const value = key?.[attribute.name];
      return value !== undefined && typeOf(value) === attribute.type;
    };
    if (key === undefined || Object.keys(key).length !== expected.length || !expected.every(isKey)) {
      throw schemaMismatch("The provided key element does not match the schema");
    }
    const stored: Record<string, AttributeValue> = {};
    for (const { name } of expected) stored[name] = storedValue(key[name] as AttributeValue);
    this.#assertSizes(stored);
    return stored;
  }

  /** An item of a request as it is stored. */
  storedItem(item: Item): Item {
    const stored = storedItem(item);
    for (const { name, type } of this.#attributes) {
      const value = stored[name];
      if (value === undefined) throw schemaMismatch(invalid(`Missing the key ${name} in the item`));
      if (typeOf(value) !== type) {
        throw schemaMismatch(invalid(`Type mismatch for key ${name} expected: ${type} actual: ${typeOf(value)}`));
      }
    }
    this.#assertSizes(stored);
    this.assertIndexed(stored);
    return stored;
  }

  /** Refuses an item that an index could not take in. */
  assertIndexed(item: Item): void {
    for (const { name, type } of this.#indexed) {
      const value = item[name];
      if (value === undefined) continue;
      if (typeOf(value) !== type) {
        throw invalidParameter(`Type mismatch for Index Key ${name} Expected: ${type} Actual: ${typeOf(value)}`);
      }
      if (textOf(value) === "") throw emptyKey(name);
    }
  }

  #assertSizes(key: Item): void {
    assertSize(key, this.partition, MAX_PARTITION_KEY_BYTES, "hashkey");
    if (this.sort !== undefined) assertSize(key, this.sort, MAX_SORT_KEY_BYTES, "rangekey");
  }
}

function assertSize(key: Item, { name }: KeyAttribute, maxBytes: number, kind: string): void {
  const value = key[name];
  const text = textOf(value);
  if (text === "") throw emptyKey(name);
  if ((value?.B?.byteLength ?? Buffer.byteLength(text)) <= maxBytes) return;
  throw invalidParameter(
    kind === "hashkey"
      ? `Size of hashkey has exceeded the maximum size limit of${maxBytes} bytes` // sic
      : `Aggregated size of all range keys has exceeded the size limit of ${maxBytes} bytes`,
  );
}

function emptyKey(name: string) {
  return validationError(
    "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty " +
      `string value. Key: ${name}`,
  );
}

export function compareBy({ name }: KeyAttribute, a: Item, b: Item): number {
  return compareValues(a[name] as AttributeValue, b[name] as AttributeValue) ?? 0;
}

/** A stored key attribute as text. */
export function textOf(value: AttributeValue | undefined): string {
  return value?.S ?? value?.N ?? Buffer.from(value?.B ?? []).toString("latin1");
}
