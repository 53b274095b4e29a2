import { InvalidMappingOptionError } from "@rollcall/local";
import { describeInCi } from "@rollcall/testing/dynamodb/only-in-ci";
import fc from "fast-check";
import { expect, it } from "vitest";
import { compileFilterCriteria } from "../../../../src/event-source-mapping/filters/filter-criteria.ts";
import { compilePattern, FilterPatternError } from "../../../../src/event-source-mapping/filters/filter-pattern.ts";
import { matchesByTheGuide } from "./filter-oracle.ts";

const leaf = fc.constantFrom("", "a", "A", "ab", 0, 1, null, true);
const text = fc.constantFrom("", "a", "A", "ab", "b");
const number = fc.integer({ min: -1, max: 2 });
const range = fc
  .record({ low: number, width: fc.integer({ min: 1, max: 3 }), isOpen: fc.boolean(), isShut: fc.boolean() })
  .map(({ low, width, isOpen, isShut }) => [isOpen ? ">" : ">=", low, isShut ? "<=" : "<", low + width]);
const rule = fc.oneof(
  leaf,
  fc.record({ exists: fc.boolean() }),
  fc.record({ prefix: text }),
  fc.record({ suffix: text }),
  fc.record({ "equals-ignore-case": text }),
  fc.record({ "anything-but": fc.oneof(text, number, fc.array(text, { minLength: 1, maxLength: 3 })) }),
  fc.record({ numeric: fc.oneof(fc.tuple(fc.constantFrom("=", "<", "<=", ">", ">="), number), range) }),
);
const rules = fc.array(rule, { minLength: 1, maxLength: 3 });

/** Fields of `$or` are others than those beside it. */
const patternOf = (field: fc.Arbitrary<unknown>) => {
  const either = fc.tuple(fc.record({ c: field }), fc.record({ c: rules, d: field }, { requiredKeys: ["d"] }));
  return fc.oneof(
    fc.record({ a: field }),
    fc.record({ a: rules, b: field }),
    fc.record({ $or: either }),
    fc.record({ a: rules, $or: either }),
  );
};
const pattern = patternOf(fc.oneof(rules, patternOf(rules)));

const leaves = fc.oneof(leaf, fc.array(leaf, { maxLength: 3 }));
const recordOf = (field: fc.Arbitrary<unknown>) =>
  fc.record({ a: field, b: field, c: field, d: field }, { requiredKeys: ["a", "c"] });
const inner = recordOf(leaves);
const record = recordOf(fc.oneof(leaves, inner, fc.array(inner, { minLength: 1, maxLength: 2 })));

describeInCi("filter patterns, at random", { timeout: 60_000 }, () => {
  it("match what Lambda's guide says they do", () => {
    let matched = 0;
    fc.assert(
      fc.property(pattern, record, (any, value) => {
        const expected = matchesByTheGuide(any, value);
        expect(compilePattern(any)(value)).toBe(expected);
        if (expected) matched++;
      }),
      { numRuns: 10_000 },
    );
    expect(matched).toBeGreaterThan(1_000);
  });

  const operator = fc.constantFrom("exists", "prefix", "suffix", "equals-ignore-case", "anything-but", "numeric");
  const json = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom<unknown>(
      [">", 0, "<", "1"],
      [">", { toString: 0 }, "<", 1],
      [{ toString: 0 }, 0, "<", 1],
      ["=", {}],
      {},
      [],
    ),
  );
  const anyRule = fc.oneof({ weight: 4, arbitrary: rule }, json, fc.dictionary(operator, json, { maxKeys: 2 }));
  const name = fc.oneof(fc.string(), fc.constantFrom("a", "$or", "__proto__", "constructor", "hasOwnProperty"));
  const fieldsOf = (field: fc.Arbitrary<unknown>) => fc.dictionary(name, field, { minKeys: 1, maxKeys: 3 });
  const anyRules = fc.array(anyRule, { minLength: 1, maxLength: 3 });
  const anyPattern = fc.oneof(json, fieldsOf(fc.oneof(anyRules, fieldsOf(anyRules), fc.array(fieldsOf(anyRules)))));

  it("are refused with their own error or take any record", () => {
    let taken = 0;
    fc.assert(
      fc.property(anyPattern, fc.anything({ withNullPrototype: true }), (any, value) => {
        const matches = unlessRefused(FilterPatternError, () => compilePattern(any));
        if (matches === undefined) return;
        taken++;
        expect(matches(value)).toBeTypeOf("boolean");
      }),
      { numRuns: 10_000 },
    );
    expect(taken).toBeGreaterThan(300);
  });

  it("in criteria of any shape are refused with the option's error or take any record", () => {
    const criteria = fc.oneof(
      json,
      fc.record({
        filters: fc.oneof(
          json,
          fc.array(fc.oneof(json, fc.record({ pattern: fc.oneof(anyPattern, fc.json(), fc.string(), pattern) })), {
            maxLength: 6,
          }),
        ),
      }),
    );
    fc.assert(
      fc.property(criteria, fc.anything({ withNullPrototype: true }), (any, value) => {
        const accepts = unlessRefused(InvalidMappingOptionError, () => compileFilterCriteria(any as never));
        expect([undefined, true, false]).toContain(accepts?.(value as never));
      }),
      { numRuns: 5_000 },
    );
  });
});

/** What `run` returns, or `undefined` where it throws the documented error in one line. */
function unlessRefused<T>(documented: new (...args: never[]) => Error, run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    expect(error).toBeInstanceOf(documented);
    expect((error as Error).message).not.toContain("\n");
    return undefined;
  }
}
