import type { AttributeValue } from "@aws-sdk/client-dynamodb";

/** An item, or its key, as DynamoDB stores it. */
export type StoredItem = Readonly<Record<string, AttributeValue>>;

/** Bytes that one list or map costs besides its elements, and one more for each. Source: Developer Guide, "Item sizes". */
const DOCUMENT_OVERHEAD_BYTES = 3;

/** Size of an item in bytes as DynamoDB counts it for limits and capacity: UTF-8 names plus values. */
export function itemSizeBytes(item: StoredItem): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(item)) bytes += utf8(name) + valueSizeBytes(value);
  return bytes;
}

function valueSizeBytes(value: AttributeValue): number {
  if (value.S !== undefined) return utf8(value.S);
  if (value.SS !== undefined) return sum(value.SS, utf8);
  if (value.N !== undefined) return numberSizeBytes(value.N);
  if (value.NS !== undefined) return sum(value.NS, numberSizeBytes);
  if (value.B !== undefined) return value.B.byteLength;
  if (value.BS !== undefined) return sum(value.BS, (bytes) => bytes.byteLength);
  if (value.L !== undefined) return DOCUMENT_OVERHEAD_BYTES + sum(value.L, (element) => 1 + valueSizeBytes(element));
  if (value.M !== undefined) {
    return DOCUMENT_OVERHEAD_BYTES + Object.keys(value.M).length + itemSizeBytes(value.M);
  }
  return 1; // BOOL and NULL
}

/** About one byte for two significant digits, one for the exponent and one for a sign. Source: as above. */
function numberSizeBytes(number: string): number {
  const digits = number
    .replace(/e.*/i, "")
    .replace(/[^0-9]/g, "")
    .replace(/^0+|0+$/g, "");
  return Math.ceil(digits.length / 2) + (number.startsWith("-") ? 2 : 1);
}

function utf8(text: string): number {
  return Buffer.byteLength(text);
}

function sum<T>(values: readonly T[], size: (value: T) => number): number {
  let bytes = 0;
  for (const value of values) bytes += size(value);
  return bytes;
}
