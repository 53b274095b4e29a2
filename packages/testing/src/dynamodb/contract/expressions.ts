import {
  type AttributeValue,
  ConditionalCheckFailedException,
  PutItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import { beforeAll, describe, expect, test } from "vitest";
import type { ContractContext } from "./context.ts";
import { declareTable, type Item } from "./table.ts";

type Values = Record<string, AttributeValue>;

/** What an item is asked, and what it answers. */
const ASKED: readonly [condition: string, values: Values, holds: boolean][] = [
  ["n = :v", { ":v": { N: "2.0" } }, true],
  ["n <> :v", { ":v": { N: "2" } }, false],
  ["n < :v", { ":v": { N: "10" } }, true],
  ["n < :v", { ":v": { S: "10" } }, false],
  ["NOT n < :v", { ":v": { S: "10" } }, true],
  ["s < :v", { ":v": { S: "b" } }, true],
  [":v <= n", { ":v": { N: "2" } }, true],
  ["n BETWEEN :v AND :w", { ":v": { N: "2" }, ":w": { N: "3" } }, true],
  ["n IN (:v, :w)", { ":v": { S: "2" }, ":w": { N: "2" } }, true],
  ["gone = :v", { ":v": { N: "2" } }, false],
  ["gone <> :v", { ":v": { N: "2" } }, true],
  ["gone <> lost", {}, true],
  ["NOT gone < :v", { ":v": { N: "2" } }, true],
  ["attribute_exists(gone) OR attribute_not_exists(gone)", {}, true],
  ["begins_with(s, :v)", { ":v": { S: "ä" } }, false],
  ["begins_with(s, :v)", { ":v": { S: "a" } }, true],
  ["begins_with(n, :v)", { ":v": { S: "2" } }, false],
  ["contains(s, :v)", { ":v": { S: "é" } }, true],
  ["contains(labels, :v)", { ":v": { S: "a" } }, true],
  ["contains(labels, :v)", { ":v": { N: "1" } }, false],
  ["attribute_type(labels, :v)", { ":v": { S: "SS" } }, true],
  ["size(labels) = :v", { ":v": { N: "2" } }, true],
  ["size(s) = :v", { ":v": { N: "2" } }, true],
  ["size(n) >= :v", { ":v": { N: "0" } }, false],
  ["labels = :v", { ":v": { SS: ["b", "a"] } }, true],
  ["n = :v OR n = :v AND s = :v", { ":v": { N: "2" } }, true],
  ["(n = :v OR n = :v) AND s = :v", { ":v": { N: "2" } }, false],
  ["NOT n = :v AND n = :v", { ":v": { N: "2" } }, false],
  ["not (n = :w and n = :v)", { ":v": { N: "2" }, ":w": { N: "3" } }, true],
];

/** Conditions that are refused for any item. */
const REFUSED: readonly [condition: string, values: Values, message: string][] = [
  ["n = ", {}, "Invalid ConditionExpression: "],
  ["n = :v", {}, "An expression attribute value used in expression is not defined; attribute value: :v"],
  ["attribute_exists(#n)", {}, "An expression attribute name used in the document path is not defined"],
  ["attribute_exists(n)", { ":v": { N: "1" } }, "unused in expressions: keys: {:v}"],
  ["((n = :v))", { ":v": { N: "1" } }, "The expression has redundant parentheses"],
  ["n BETWEEN :v AND :w", { ":v": { N: "1" }, ":w": { S: "2" } }, "requires same data type"],
  ["n BETWEEN :v AND :w", { ":v": { N: "2" }, ":w": { N: "1" } }, "requires upper bound to be greater"],
  ["begins_with(s, :v)", { ":v": { N: "1" } }, "Incorrect operand type for operator or function"],
  ["nothing(s, :v)", { ":v": { N: "1" } }, "Invalid function name; function: nothing"],
];

/** Updates of `n` 2, `s` "aé", `labels` a and b, and what they leave of the attributes named. */
const UPDATES: readonly [update: string, values: Values, left: Record<string, AttributeValue | undefined>][] = [
  ["SET n = n + :v, m = n - :v", { ":v": { N: "0.5" } }, { n: { N: "2.5" }, m: { N: "1.5" } }],
  ["SET n = if_not_exists(n, :v), m = if_not_exists(m, :v)", { ":v": { N: "7" } }, { n: { N: "2" }, m: { N: "7" } }],
  ["SET n = s REMOVE s", {}, { n: { S: "aé" }, s: undefined }],
  ["SET m = if_not_exists(m, :v) + :v", { ":v": { N: "7" } }, { m: { N: "14" } }],
  ["ADD n :v", { ":v": { N: "-2" } }, { n: { N: "0" } }],
  ["ADD m :v", { ":v": { NS: ["2", "1"] } }, { m: { NS: ["1", "2"] } }],
  ["REMOVE gone, n", {}, { n: undefined, s: { S: "aé" } }],
  ["set n = :v delete labels :w", { ":v": { N: "1" }, ":w": { SS: ["a"] } }, { n: { N: "1" }, labels: { SS: ["b"] } }],
];

/** How expressions are read and evaluated. */
export function expressionContract(context: ContractContext): void {
  describe("expressions", () => {
    const table = declareTable(context);
    const item = (key: Item): Item => ({ ...key, n: { N: "2" }, s: { S: "aé" }, labels: { SS: ["a", "b"] } });
    const given = (values: Values) => (Object.keys(values).length > 0 ? { ExpressionAttributeValues: values } : {});

    describe("of a condition", () => {
      let Item: Item = {};
      beforeAll(async () => {
        Item = item(table.newKey());
        await table.put(Item);
      });
      const ask = (ConditionExpression: string, values: Values) =>
        context.client
          .send(new PutItemCommand({ TableName: table.name, Item, ConditionExpression, ...given(values) }))
          .then(
            () => true,
            (error: unknown) => {
              if (error instanceof ConditionalCheckFailedException) return false;
              throw error;
            },
          );

      test.each(ASKED)("%s %o: %s", async (condition, values, holds) => {
        expect(await ask(condition, values)).toBe(holds);
      });

      test.each(REFUSED)("%s %o is refused", async (condition, values, message) => {
        await expect(ask(condition, values)).rejects.toMatchObject({
          name: "ValidationException",
          message: expect.stringContaining(message),
        });
      });
    });

    describe("of an update", () => {
      const update = async (UpdateExpression: string, rest: Partial<UpdateItemCommandInput> = {}) => {
        const Key = table.newKey();
        await table.put(item(Key));
        const { Attributes } = await context.client.send(
          new UpdateItemCommand({ TableName: table.name, Key, UpdateExpression, ReturnValues: "ALL_NEW", ...rest }),
        );
        return { found: await table.get(Key), Attributes };
      };
      const sorted = (value: AttributeValue | undefined) =>
        value?.NS === undefined ? value : { NS: value.NS.toSorted() };

      test.each(UPDATES)("%s %o", async (expression, values, left) => {
        const { found } = await update(expression, given(values));
        for (const [name, value] of Object.entries(left)) expect(sorted(found?.[name]), name).toEqual(value);
      });

      test("gives the attributes it was asked for", async () => {
        const expression = "SET n = n + :v REMOVE gone";
        const values = { ExpressionAttributeValues: { ":v": { N: "1" } } };
        const attributes = async (ReturnValues: "UPDATED_OLD" | "UPDATED_NEW" | "NONE") =>
          (await update(expression, { ...values, ReturnValues })).Attributes;
        expect(await attributes("UPDATED_OLD")).toEqual({ n: { N: "2" } });
        expect(await attributes("UPDATED_NEW")).toEqual({ n: { N: "3" } });
        expect(await attributes("NONE")).toBeUndefined();
      });

      test.each([
        ["SET n = gone", {}, /refers to an attribute that does not exist in the item/],
        ["SET n = s + :v", { ":v": { N: "1" } }, /operand/i], // each engine has words of its own
        ["SET PK = :v", { ":v": { S: "1" } }, /Cannot update attribute PK. This attribute is part of the key/],
        ["SET n = :v SET m = :v", { ":v": { S: "1" } }, /The "SET" section can only be used once/],
        ["ADD n :v", { ":v": { S: "1" } }, /Incorrect operand type for operator or function; operator: ADD/],
      ] as const)("%s %o is refused", async (expression, values, message) => {
        await expect(update(expression, given(values))).rejects.toMatchObject({
          name: "ValidationException",
          message: expect.stringMatching(message),
        });
      });
    });

    test("and items know a number in one form", async () => {
      const key = table.newKey();
      const numbers = { a: "001.50", b: "1e3", c: "-0", d: "1E-5", e: "+7" };
      const stored = { a: "1.5", b: "1000", c: "0", d: "0.00001", e: "7" };
      const asItem = (all: Record<string, string>) =>
        Object.fromEntries(Object.entries(all).map(([name, N]) => [name, { N }]));
      await table.put({ ...key, ...asItem(numbers) });
      expect(await table.get(key)).toEqual({ ...key, ...asItem(stored) });
    });
  });
}
