import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { Item } from "../model.ts";

/** Bytes that a list or map costs besides its elements, and one more for each. Source: Developer Guide, "Item sizes". */
const DOCUMENT_OVERHEAD_BYTES = 3;

const sizes = new WeakMap<Item, number>();

/**
 * The size of an item as DynamoDB counts it for limits and capacity: names and values in UTF-8. 0 for an item that is
 * not there. Stored items never change, so each is measured once.
 */
export function sizeOf(item: Item | undefined): number {
  if (item === undefined) return 0;
  const known = sizes.get(item);
  if (known !== undefined) return known;
  const bytes = attributesSize(item);
  sizes.set(item, bytes);
  return bytes;
}

function attributesSize(attributes: Item): number {
  let bytes = 0;
  for (const name in attributes) {
    const value = attributes[name];
    if (value !== undefined) bytes += Buffer.byteLength(name) + valueSize(value);
  }
  return bytes;
}

function valueSize(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return numberSize(value.N);
  if (value.SS !== undefined) return sum(value.SS, Buffer.byteLength);
  if (value.NS !== undefined) return sum(value.NS, numberSize);
  if (value.B !== undefined) return value.B.byteLength;
  if (value.BS !== undefined) return sum(value.BS, ({ byteLength }) => byteLength);
  if (value.L !== undefined) return DOCUMENT_OVERHEAD_BYTES + sum(value.L, (element) => 1 + valueSize(element));
  if (value.BOOL !== undefined || value.NULL !== undefined) return 1;
  const { M = {} } = value; // in a stream, DynamoDB Local gives an empty map without its type
  return DOCUMENT_OVERHEAD_BYTES + Object.keys(M).length + attributesSize(M);
}

/**
 * One byte for every two digits from the first to the last that is not 0, in pairs counted from the decimal point; one
 * for the exponent, and one for a minus sign. The guide says only "about"; this is what DynamoDB Local counts.
 */
function numberSize(text: string): number {
  const [, sign, whole = "", fraction = "", exponent = "0"] =
    /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const padded = whole + fraction;
  const digits = padded.replace(/^0+/, "");
  const digitsBeforePoint = whole.length + Number(exponent) - (padded.length - digits.length);
  const significant = digits.replace(/0+$/, "").length;
  const pairs = significant === 0 ? 0 : Math.ceil((significant + Math.abs(digitsBeforePoint % 2)) / 2);
  return pairs + (sign === "-" ? 2 : 1);
}

function sum<T>(values: readonly T[], size: (value: T) => number): number {
  return values.reduce((bytes, value) => bytes + size(value), 0);
}
