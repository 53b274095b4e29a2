import { runs } from "@rollcall/testing/dynamodb/only-in-ci";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addNumbers, canonicalNumber, compareNumbers, subtractNumbers } from "../../src/values/decimal.ts";
import { addMembers, deleteMembers } from "../../src/values/sets.ts";
import { thrown } from "./fixture.ts";

/** A number in one of the many ways to write it, and its value in units of 10^-20. */
const numbers = fc
  .tuple(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), fc.integer({ min: -20, max: 15 }), fc.boolean())
  .map(([digits, power, isPlain]) => {
    const value = digits * 10n ** BigInt(power + 20);
    return { text: isPlain ? plain(value) : `${digits}e${power}`, value };
  });

function plain(value: bigint): string {
  const digits = String(value < 0n ? -value : value).padStart(21, "0");
  return `${value < 0n ? "-" : ""}00${digits.slice(0, -20)}.${digits.slice(-20)}`;
}

function canonical(value: bigint): string {
  return plain(value)
    .replace(/\.?0+$/, "")
    .replace(/^(-?)0+(?=\d)/, "$1");
}

describe("numbers", () => {
  test("have one form each, and are compared, added and subtracted exactly", () => {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        expect(canonicalNumber(a.text)).toBe(canonical(a.value));
        expect(Math.sign(compareNumbers(a.text, b.text))).toBe(a.value < b.value ? -1 : a.value > b.value ? 1 : 0);
        const wide = (value: bigint) =>
          canonical(value)
            .replace(/\D/g, "")
            .replace(/^0+|0+$/g, "").length > 38;
        if (!wide(a.value + b.value)) expect(addNumbers(a.text, b.text)).toBe(canonical(a.value + b.value));
        if (!wide(a.value - b.value)) expect(subtractNumbers(a.text, b.text)).toBe(canonical(a.value - b.value));
      }),
      { numRuns: runs(1_000) },
    );
  });

  test.each([
    ["1".repeat(38), undefined],
    ["1".repeat(39), "more than 38 significant digits"],
    ["9".repeat(38) + "0".repeat(88), undefined],
    ["1e125", undefined],
    ["1e126", "Number overflow"],
    ["-1e-130", undefined],
    ["1e-131", "Number underflow"],
    ["", "cannot be converted to a numeric value"],
    [".", "cannot be converted to a numeric value"],
    ["1e", "cannot be converted to a numeric value"],
    ["0x1", "cannot be converted to a numeric value"],
    ["NaN", "cannot be converted to a numeric value"],
  ])("of the kind %s are kept, or refused with %s", (text, message) => {
    if (message === undefined) expect(canonicalNumber(text)).toMatch(/^-?[\d.]+$/);
    else
      expect(thrown(() => canonicalNumber(text))).toMatchObject({
        name: "ValidationException",
        message: expect.stringContaining(message),
      });
  });
});

describe("sets", () => {
  test("are added to and deleted from as sets are, and stay the same object where nothing changes", () => {
    const members = fc
      .uniqueArray(fc.string({ maxLength: 2, unit: fc.constantFrom("a", "b", "é", "\u{1F600}") }))
      .map((list) => list.sort());
    fc.assert(
      fc.property(members, members, (SS, others) => {
        const set = { SS };
        const added = addMembers(set, { SS: others });
        const left = deleteMembers(set, { SS: others });
        expect(added?.SS).toEqual([...new Set(SS).union(new Set(others))].sort());
        expect(left?.SS).toEqual([...new Set(SS).difference(new Set(others))].sort());
        expect(added === set).toBe(new Set(others).isSubsetOf(new Set(SS)));
        expect(left === set).toBe(new Set(others).isDisjointFrom(new Set(SS)));
      }),
    );
  });

  test("of one type take no members of another", () => {
    expect(addMembers({ SS: ["1"] }, { NS: ["1"] })).toBeUndefined();
    expect(deleteMembers({ NS: ["1"] }, { BS: [new Uint8Array([1])] })).toBeUndefined();
  });

  test("take as many members together as an item holds", () => {
    const SS = Array.from({ length: 136_000 }, (_, i) => i.toString(36).padStart(3, "0")).sort();
    expect(addMembers({ SS: ["!"] }, { SS })?.SS).toHaveLength(136_001);
  });
});
