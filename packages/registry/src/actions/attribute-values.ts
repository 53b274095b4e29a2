import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";

/** An item, a key or an expression's values: as native JavaScript values, or as AttributeValues. */
export type Attributes = Readonly<Record<string, unknown>>;

/** Nothing is converted without a word, but for `undefined`, which is left out as DocumentClient leaves it out. */
const MARSHALLING = { removeUndefinedValues: true } as const;

/**
 * Whether an item or a key holds native values. Its key tells: a text, a number or bytes there is native, and an
 * AttributeValue such as `{ S: "…" }` is an object. So one value at the top that is no plain object is enough.
 */
export function isNative(attributes: Attributes): boolean {
  return Object.values(attributes).some(
    (value) => value === null || typeof value !== "object" || value instanceof Uint8Array,
  );
}

/**
 * Marshals native values by the SDK's own rules. Sets in the dress of a library are undressed first, for the SDK knows
 * only JavaScript's own.
 *
 * @throws Error of the SDK for a value that DynamoDB cannot hold
 */
export function toAttributeValues(native: Attributes): Record<string, AttributeValue> {
  return marshall(undress(native) as Record<string, unknown>, MARSHALLING);
}

/** Replaces dressed-up sets, at any depth. Leaves alone what is neither a list nor a plain object. */
function undress(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(undress);
  if (typeof value !== "object" || value === null) return value;
  if (isDressedSet(value)) return new Set(value.values);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, undress(part)]));
}

/** As ElectroDB and the DocumentClient of the SDK's second version make them. */
function isDressedSet(value: object): value is { values: readonly unknown[] } {
  const { wrapperName, values } = value as { wrapperName?: unknown; values?: unknown };
  return wrapperName === "Set" && Array.isArray(values);
}
