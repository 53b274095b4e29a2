import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findRoom } from "../../src/protocol/room.ts";

const none = new Set<string>();

describe("room in a full set", () => {
  it("is for the names that fit, in their order", () => {
    expect(findRoom(["aaa", "bbbb", "cc", "d"], none, 6)).toEqual({ fitting: [0, 2, 3], refused: [1] });
    expect(findRoom(["aaa", "bbb"], none, 2)).toEqual({ fitting: [], refused: [0, 1] });
  });

  it("is always there for members, which take none", () => {
    expect(findRoom(["known", "aa", "b"], new Set(["known"]), 1)).toEqual({ fitting: [0, 2], refused: [1] });
  });

  it("is counted in bytes", () => {
    expect(findRoom(["é", "a"], none, 1)).toEqual({ fitting: [1], refused: [0] });
  });

  it("is refused to the longest new name where all seem to fit", () => {
    expect(findRoom(["a", "ccc", "bb", "ddd"], none, 100)).toEqual({ fitting: [0, 2, 3], refused: [1] });
    expect(findRoom(["longmember", "a", "bb"], new Set(["longmember"]), 100)).toEqual({
      fitting: [0, 1],
      refused: [2],
    });
    expect(findRoom(["member", "a"], new Set(["member"]), 100)).toEqual({ fitting: [0], refused: [1] });
  });

  it("is refused to somebody, and given to nobody who does not fit", () => {
    const names = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(names, fc.nat(60), (names, free) => {
        const { fitting, refused } = findRoom(names, none, free);
        expect(refused.length).toBeGreaterThan(0);
        expect([...fitting, ...refused].sort((a, b) => a - b)).toEqual([...names.keys()]);
        expect(Buffer.byteLength(fitting.map((i) => names[i]).join(""))).toBeLessThanOrEqual(free);
      }),
    );
  });
});
