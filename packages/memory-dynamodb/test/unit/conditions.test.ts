import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { runs } from "@rollcall/testing/dynamodb/only-in-ci";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { holds } from "../../src/expressions/condition.ts";
import { parsedCondition } from "../../src/expressions/parse.ts";
import { bind } from "../../src/expressions/scope.ts";
import type { Item } from "../../src/index.ts";

/** A condition as text, and what it means by another way than the parser's. */
interface Told {
  readonly text: string;
  /** Whether it must stand in parentheses where something binds closer. */
  readonly level: "or" | "and" | "not" | "test";
  readonly means: (item: Item) => boolean;
}

const ATTRIBUTES = ["a", "b", "c"] as const;
const number = fc.integer({ min: 0, max: 3 });
const attribute = fc.constantFrom(...ATTRIBUTES);
const numberOf = (item: Item, name: string): number | undefined =>
  item[name]?.N === undefined ? undefined : Number(item[name]?.N);
const COMPARATORS = {
  "=": (a, b) => a === b,
  "<>": (a, b) => a !== b,
  "<": (a, b) => a !== undefined && a < b,
  "<=": (a, b) => a !== undefined && a <= b,
  ">": (a, b) => a !== undefined && a > b,
  ">=": (a, b) => a !== undefined && a >= b,
} as const satisfies Record<string, (a: number | undefined, b: number) => boolean>;
const comparator = fc.constantFrom(...(Object.keys(COMPARATORS) as (keyof typeof COMPARATORS)[]));

const tests: fc.Arbitrary<Told> = fc.oneof(
  fc.tuple(attribute, comparator, number).map(
    ([name, sign, value]): Told => ({
      text: `${name} ${sign} :v${value}`,
      level: "test",
      means: (item) => COMPARATORS[sign](numberOf(item, name), value),
    }),
  ),
  fc.tuple(attribute, fc.boolean()).map(
    ([name, isThere]): Told => ({
      text: `${isThere ? "attribute_exists" : "attribute_not_exists"}(#${name})`,
      level: "test",
      means: (item) => (item[name] !== undefined) === isThere,
    }),
  ),
  fc.tuple(attribute, number, number).map(
    ([name, one, other]): Told => ({
      text: `${name} BETWEEN :v${Math.min(one, other)} AND :v${Math.max(one, other)}`,
      level: "test",
      means: (item) => {
        const value = numberOf(item, name);
        return value !== undefined && value >= Math.min(one, other) && value <= Math.max(one, other);
      },
    }),
  ),
  fc.tuple(attribute, fc.array(number, { minLength: 1, maxLength: 3 })).map(
    ([name, list]): Told => ({
      text: `#${name} IN (${list.map((value) => `:v${value}`).join(", ")})`,
      level: "test",
      means: (item) => list.some((value) => value === numberOf(item, name)),
    }),
  ),
);

/** Puts parentheses where they are needed, and only there. */
const within = (told: Told, levels: readonly Told["level"][]) =>
  levels.includes(told.level) ? told.text : `(${told.text})`;

const { condition } = fc.letrec<{ condition: Told }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    tests,
    tie("condition").map(
      (inner): Told => ({
        text: `NOT ${within(inner, ["not", "test"])}`,
        level: "not",
        means: (item) => !inner.means(item),
      }),
    ),
    fc.tuple(tie("condition"), tie("condition")).map(
      ([left, right]): Told => ({
        text: `${within(left, ["and", "not", "test"])} AND ${within(right, ["not", "test"])}`,
        level: "and",
        means: (item) => left.means(item) && right.means(item),
      }),
    ),
    fc.tuple(tie("condition"), tie("condition")).map(
      ([left, right]): Told => ({
        text: `${left.text} OR ${within(right, ["and", "not", "test"])}`,
        level: "or",
        means: (item) => left.means(item) || right.means(item),
      }),
    ),
  ),
}));

const items: fc.Arbitrary<Item> = fc
  .record(Object.fromEntries(ATTRIBUTES.map((name) => [name, fc.option(number)])))
  .map((values) => {
    const item: Record<string, AttributeValue> = {};
    for (const [name, value] of Object.entries(values)) if (value !== null) item[name] = { N: String(value) };
    return item;
  });

/** The placeholders that a text uses. */
function placeholdersIn(text: string) {
  const names = Object.fromEntries([...text.matchAll(/#(\w)/g)].map(([name, attribute = ""]) => [name, attribute]));
  const values = Object.fromEntries([...text.matchAll(/:v(\d)/g)].map(([value, N = ""]) => [value, { N }]));
  return {
    ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: names }),
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
  };
}

describe("a condition", () => {
  test("means what it says", () => {
    fc.assert(
      fc.property(condition, items, ({ text, means }, item) => {
        const parsed = parsedCondition(text);
        if (parsed === undefined) throw new Error("nothing parsed");
        expect(holds(parsed.expression, bind(placeholdersIn(text), [parsed]), item)).toBe(means(item));
      }),
      { numRuns: runs(2_000) },
    );
  });

  test("that is cut short or has something put into it is read or refused, and never breaks the reader", () => {
    const put = fc.constantFrom(
      "(",
      ")",
      ",",
      "AND",
      "NOT",
      "OR",
      "IN",
      "BETWEEN",
      ":v1",
      "#a",
      "a",
      "=",
      "size(",
      "$",
      "",
    );
    fc.assert(
      fc.property(condition, fc.nat(), fc.nat(60), put, ({ text }, at, length, extra) => {
        const from = at % (text.length + 1);
        const mangled = `${text.slice(0, from)} ${extra} ${text.slice(from + (length % 8))}`;
        try {
          parsedCondition(mangled);
        } catch (error) {
          expect(error).toMatchObject({
            name: "ValidationException",
            message: expect.stringContaining("Invalid ConditionExpression: "),
          });
        }
      }),
      { numRuns: runs(2_000) },
    );
  });
});
