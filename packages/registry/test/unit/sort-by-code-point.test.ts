import fc from "fast-check";
import { expect, it } from "vitest";
import { sortByCodePoint, withoutRepeats } from "../../src/sort-by-code-point.ts";

const byBytes = (names: readonly string[]) => names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

it("names are sorted as their bytes in UTF-8 are, beyond the basic plane too", () => {
  const names = ["b", "\u{1f600}", "\uffff", "a", "\ud7ff", "\ue000"];
  expect(sortByCodePoint([...names])).toEqual(["a", "b", "\ud7ff", "\ue000", "\uffff", "\u{1f600}"]);
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary" })), (some) => {
      expect(sortByCodePoint([...some])).toEqual(byBytes(some));
    }),
  );
});

it("sorted names are each there once", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom("a", "b", "c", "ab", "")), (some) => {
      expect(withoutRepeats(byBytes(some))).toEqual(byBytes([...new Set(some)]));
    }),
  );
});
