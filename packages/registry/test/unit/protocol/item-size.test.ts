import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { describe, expect, it } from "vitest";
import { itemSizeBytes } from "../../../src/protocol/item-size.ts";

/** Bytes of a value under a name of one byte, without that byte. */
const sizeOf = (value: AttributeValue) => itemSizeBytes({ a: value }) - 1;

describe("itemSizeBytes, as the Developer Guide counts,", () => {
  it.each<[number, AttributeValue]>([
    [0, { S: "" }],
    [3, { S: "abc" }],
    [6, { S: "模型" }],
    [3, { SS: ["a", "bc"] }],
    [3, { B: new Uint8Array(3) }],
    [5, { BS: [new Uint8Array(3), new Uint8Array(2)] }],
    [1, { BOOL: false }],
    [1, { NULL: true }],
    [3, { L: [] }],
    [3 + 1 + 2 + 1 + 1, { L: [{ S: "ab" }, { NULL: true }] }],
    [3, { M: {} }],
    [3 + 1 + 2 + 3 + 1 + 1 + 1, { M: { ab: { S: "abc" }, c: { BOOL: true } } }],
    [3 + 1 + 1 + 3 + 1 + 1, { M: { a: { L: [{ S: "x" }] } } }],
  ])("counts %i bytes for %j", (bytes, value) => {
    expect(sizeOf(value)).toBe(bytes);
  });

  it.each([
    [1, "0"],
    [2, "7"],
    [2, "42"],
    [3, "123"],
    [3, "101"],
    [2, "1000"],
    [2, "0.005"],
    [3, "1.05"],
    [2, "12e15"],
    [2, "5E-20"],
    [3, "-7"],
    [4, "-123"],
  ])(
    "counts %i bytes for the number %s: one for two significant digits, one for the exponent, one for the sign",
    (bytes, number) => {
      expect(sizeOf({ N: number })).toBe(bytes);
      expect(sizeOf({ NS: [number, "7"] })).toBe(bytes + 2);
    },
  );

  it("counts the names of attributes, in UTF-8", () => {
    expect(itemSizeBytes({ é: { S: "a" }, bc: { S: "" } })).toBe(2 + 1 + 2);
  });
});
