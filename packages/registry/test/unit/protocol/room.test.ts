import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findRoom, measureSet } from "../../../src/protocol/room.ts";

const none: ReadonlySet<string> = new Set();
const room = (names: readonly string[], members: ReadonlySet<string>, freeBytes: number, missingBytes = 0) =>
  findRoom(names, { members, freeBytes, missingBytes, sizeBytes: 0 });

describe("findRoom", () => {
  it("takes the names that fit, in their order", () => {
    expect(room(["aaa", "bbbb", "cc", "d"], none, 6)).toEqual({ fitting: [0, 2, 3], refused: [1], completes: true });
    expect(room(["aaa", "bbb"], none, 2)).toEqual({ fitting: [], refused: [0, 1], completes: true });
  });

  it("takes members, which need no room, also where there is none", () => {
    const members = new Set(["known"]);
    expect(room(["known", "aa", "b"], members, 1)).toMatchObject({ fitting: [0, 2], refused: [1] });
    expect(room(["known", "b"], members, -1)).toMatchObject({ fitting: [0], refused: [1] });
  });

  it("counts in bytes", () => {
    expect(room(["é", "a"], none, 1)).toMatchObject({ fitting: [1], refused: [0] });
  });

  it("refuses no name where all fit", () => {
    expect(room(["a", "ccc"], none, 4)).toMatchObject({ fitting: [0, 1], refused: [] });
  });

  it("completes attributes in what the names leave, to the byte", () => {
    expect(room(["aa"], none, 12, 10).completes).toBe(true);
    expect(room(["aa"], none, 11, 10)).toEqual({ fitting: [0], refused: [], completes: false });
  });

  it("has an answer for every name, and room for those that it takes", () => {
    const names = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(names, fc.nat(60), (names, free) => {
        const { fitting, refused } = room(names, none, free);
        expect([...fitting, ...refused].sort((a, b) => a - b)).toEqual([...names.keys()]);
        expect(Buffer.byteLength(fitting.map((i) => names[i]).join(""))).toBeLessThanOrEqual(free);
      }),
    );
  });
});

describe("measureSet", () => {
  const key = { PK: { S: "t/SYSTEM#" }, SK: { S: "#R" } };
  const set = { tableName: "t", key, partitionKey: "PK", attribute: "names", attributes: { I: { S: "t" } } };
  const keyBytes = "PK".length + "t/SYSTEM#".length + "SK".length + "#R".length;

  it("measures an item, its free bytes and its missing attributes", () => {
    const item = { ...key, names: { SS: ["a", "bb"] } };
    const sizeBytes = keyBytes + "names".length + 3;
    expect(measureSet(set, item)).toEqual({
      members: new Set(["a", "bb"]),
      sizeBytes,
      freeBytes: 409_600 - sizeBytes,
      missingBytes: 2,
    });
    expect(measureSet(set, { ...item, I: { S: "other" } }).missingBytes).toBe(0);
  });

  it("counts what a first name brings along: the key of a new item, the attribute of a new set", () => {
    const freeBytes = 409_600 - keyBytes - "names".length;
    expect(measureSet(set, undefined)).toEqual({ members: none, sizeBytes: 0, freeBytes, missingBytes: 2 });
    expect(measureSet(set, key)).toEqual({ members: none, sizeBytes: keyBytes, freeBytes, missingBytes: 2 });
  });
});
