import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { JsonAttribute } from "../shared/answers.ts";

/** An item as DynamoDB's JSON has it, binary values as base64. */
export function jsonItem(item: Readonly<Record<string, AttributeValue>>): JsonAttribute {
  return jsonOf(item) as JsonAttribute;
}

/** The same for any value that a request holds: bytes are all that JSON has no form for. */
export function jsonOf(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map(jsonOf);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, jsonOf(each)]));
}
