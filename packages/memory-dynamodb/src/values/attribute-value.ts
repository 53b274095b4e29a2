import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { invalidParameter, validationError } from "../errors.ts";
import type { Item } from "../model.ts";
import { canonicalNumber, compareNumbers } from "./decimal.ts";

/** DynamoDB's types, by the names they have in attribute values. */
const ATTRIBUTE_TYPES = ["S", "N", "SS", "B", "NS", "BS", "L", "M", "BOOL", "NULL"] as const;
export type AttributeType = (typeof ATTRIBUTE_TYPES)[number];

/** Error messages spell types out. */
export const TYPE_NAMES = {
  S: "STRING",
  N: "NUMBER",
  B: "BINARY",
  SS: "STRING_SET",
  NS: "NUMBER_SET",
  BS: "BINARY_SET",
  L: "LIST",
  M: "MAP",
  BOOL: "BOOLEAN",
  NULL: "NULL",
} as const satisfies Record<AttributeType, string>;

export function typeOf(value: AttributeValue): AttributeType {
  for (const type in value) if (value[type as AttributeType] !== undefined) return type as AttributeType;
  throw validationError("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
}

export function isAttributeType(text: string): text is AttributeType {
  return ATTRIBUTE_TYPES.some((type) => type === text);
}

/** An item as it is stored: a copy that no other holds, each value in the one form that equal values have. */
export function storedItem(item: Item): Item {
  const stored: Record<string, AttributeValue> = {};
  for (const name in item) {
    const value = item[name];
    if (value !== undefined) stored[name] = storedValue(value);
  }
  return stored;
}

/** A value as it is stored. Sets have no order: they are kept sorted, so that equal sets look equal. */
export function storedValue(value: AttributeValue): AttributeValue {
  const type = typeOf(value);
  for (const other in value) {
    if (other === type || value[other as AttributeType] === undefined) continue;
    throw validationError(
      "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
    );
  }
  if (value.S !== undefined) return { S: value.S };
  if (value.N !== undefined) return { N: canonicalNumber(value.N) };
  if (value.SS !== undefined) return { SS: storedSet(value.SS, compareMembers, "string") };
  if (value.NS !== undefined) return { NS: storedSet(value.NS.map(canonicalNumber), compareNumbers, "number") };
  if (value.B !== undefined) return { B: value.B.slice() };
  if (value.BS !== undefined)
    return {
      BS: storedSet(
        value.BS.map((bytes) => bytes.slice()),
        Buffer.compare,
        "binary",
      ),
    };
  if (value.L !== undefined) return { L: value.L.map(storedValue) };
  if (value.M !== undefined) return { M: storedItem(value.M) };
  return value.BOOL === undefined ? { NULL: true } : { BOOL: value.BOOL };
}

/** Any order will do, and this one is the fastest. */
export function compareMembers(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function storedSet<T>(members: readonly T[], order: (a: T, b: T) => number, kind: string): T[] {
  if (members.length === 0) throw invalidParameter(`An ${kind} set  may not be empty`); // sic, both the article and the gap
  const sorted = members.toSorted(order);
  if (sorted.some((member, i) => i > 0 && order(sorted[i - 1] as T, member) === 0)) {
    throw invalidParameter(`Input collection [${members.join(", ")}] contains duplicates.`);
  }
  return sorted;
}

/** A copy for the caller, who may do with it what he likes. */
export function copyItem(item: Item): Record<string, AttributeValue> {
  const copy: Record<string, AttributeValue> = {};
  for (const name in item) {
    const value = item[name];
    if (value !== undefined) copy[name] = copyValue(value);
  }
  return copy;
}

function copyValue(value: AttributeValue): AttributeValue {
  if (value.S !== undefined) return { S: value.S };
  if (value.N !== undefined) return { N: value.N };
  if (value.SS !== undefined) return { SS: value.SS.slice() };
  if (value.NS !== undefined) return { NS: value.NS.slice() };
  if (value.M !== undefined) return { M: copyItem(value.M) };
  if (value.L !== undefined) return { L: value.L.map(copyValue) };
  if (value.B !== undefined) return { B: value.B.slice() };
  if (value.BS !== undefined) return { BS: value.BS.map((bytes) => bytes.slice()) };
  return { ...value };
}

/** Whether two stored items are the same. */
export function isSameItem(a: Item, b: Item): boolean {
  if (a === b) return true;
  let surplus = 0;
  for (const name in a) {
    const [left, right] = [a[name], b[name]];
    if (left === undefined || right === undefined || !isSameValue(left, right)) return false;
    surplus++;
  }
  for (const _ in b) surplus--;
  return surplus === 0;
}

/** Whether two stored values are the same. */
export function isSameValue(a: AttributeValue, b: AttributeValue): boolean {
  if (a === b) return true;
  if (a.S !== undefined || b.S !== undefined) return a.S === b.S;
  if (a.N !== undefined || b.N !== undefined) return a.N === b.N;
  if (a.SS !== undefined && b.SS !== undefined) return isSameList(a.SS, b.SS, Object.is);
  if (a.NS !== undefined && b.NS !== undefined) return isSameList(a.NS, b.NS, Object.is);
  if (a.L !== undefined && b.L !== undefined) return isSameList(a.L, b.L, isSameValue);
  if (a.M !== undefined && b.M !== undefined) return isSameItem(a.M, b.M);
  if (a.B !== undefined && b.B !== undefined) return isSameBinary(a.B, b.B);
  if (a.BS !== undefined && b.BS !== undefined) return isSameList(a.BS, b.BS, isSameBinary);
  return typeOf(a) === typeOf(b) && a.BOOL === b.BOOL && a.NULL === b.NULL;
}

function isSameList<T>(a: readonly T[], b: readonly T[], isSame: (a: T, b: T) => boolean): boolean {
  return a.length === b.length && a.every((element, i) => isSame(element, b[i] as T));
}

function isSameBinary(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/** Orders two values of one of the types that have an order; `undefined` for all others. */
export function compareValues(a: AttributeValue, b: AttributeValue): number | undefined {
  if (a.S !== undefined && b.S !== undefined) return compareText(a.S, b.S);
  if (a.N !== undefined && b.N !== undefined) return compareNumbers(a.N, b.N);
  if (a.B !== undefined && b.B !== undefined) return Buffer.compare(a.B, b.B);
  return undefined;
}

/** Code units from here on sort otherwise in UTF-8. */
const SORTS_OTHERWISE = /[\ud800-\uffff]/;

/** DynamoDB orders text by its bytes in UTF-8. */
function compareText(a: string, b: string): number {
  if (SORTS_OTHERWISE.test(a) || SORTS_OTHERWISE.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return compareMembers(a, b);
}
