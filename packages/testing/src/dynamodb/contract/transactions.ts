import { randomUUID } from "node:crypto";
import {
  IdempotentParameterMismatchException,
  ResourceNotFoundException,
  TransactGetItemsCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { describe, expect, test } from "vitest";
import type { ContractContext } from "./context.ts";
import { expectAsKnown } from "./known-differences.ts";
import { declareTable } from "./table.ts";

export function transactionContract(context: ContractContext): void {
  describe("transactions", () => {
    const table = declareTable(context);
    const transact = (TransactItems: TransactWriteItem[], ClientRequestToken = randomUUID()) =>
      context.client.send(new TransactWriteItemsCommand({ TransactItems, ClientRequestToken }));
    const put = (item: Record<string, { S: string } | { N: string }>, condition?: string): TransactWriteItem => ({
      Put: {
        TableName: table.name,
        Item: item,
        ...(condition && { ConditionExpression: condition, ReturnValuesOnConditionCheckFailure: "ALL_OLD" }),
      },
    });
    const count = (key: Record<string, { S: string }>): TransactWriteItem => ({
      Update: {
        TableName: table.name,
        Key: key,
        UpdateExpression: "ADD n :one",
        ExpressionAttributeValues: { ":one": { N: "1" } },
      },
    });
    const check = (key: Record<string, { S: string }>, condition: string): TransactWriteItem => ({
      ConditionCheck: {
        TableName: table.name,
        Key: key,
        ConditionExpression: condition,
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      },
    });

    test("write all of their items", async () => {
      const [one, two] = [table.newKey(), table.newKey()];
      await transact([put({ ...one, n: { N: "1" } }), count(two)]);
      const { Responses } = await context.client.send(
        new TransactGetItemsCommand({
          TransactItems: [one, two].map((Key) => ({ Get: { TableName: table.name, Key } })),
        }),
      );
      expect(Responses?.map(({ Item }) => Item)).toEqual([
        { ...one, n: { N: "1" } },
        { ...two, n: { N: "1" } },
      ]);
    });

    test("are refused with one reason per action, in their order, and nothing is written", async () => {
      const [there, written, missing, alsoThere] = [table.newKey(), table.newKey(), table.newKey(), table.newKey()];
      await table.put({ ...there, v: { S: "winner" } });
      await table.put({ ...alsoThere, v: { S: "checked" } });
      const error = await transact([
        put(written),
        put({ ...there, v: { S: "loser" } }, "attribute_not_exists(PK)"),
        check(missing, "attribute_exists(PK)"),
        check(alsoThere, "attribute_not_exists(PK)"),
      ]).catch((reason: unknown) => reason);

      expect(error).toBeInstanceOf(TransactionCanceledException);
      const { CancellationReasons = [] } = error as TransactionCanceledException;
      expect(CancellationReasons.map(({ Code, Item }) => ({ Code, Item }))).toEqual([
        { Code: "None", Item: undefined },
        { Code: "ConditionalCheckFailed", Item: { ...there, v: { S: "winner" } } },
        { Code: "ConditionalCheckFailed", Item: undefined },
        { Code: "ConditionalCheckFailed", Item: { ...alsoThere, v: { S: "checked" } } },
      ]);
      expect(CancellationReasons[1]?.Message).toBe("The conditional request failed");
      expect((error as Error).message).toBe(
        "Transaction cancelled, please refer cancellation reasons for specific reasons " +
          "[None, ConditionalCheckFailed, ConditionalCheckFailed, ConditionalCheckFailed]",
      );
      expect(await table.get(written)).toBeUndefined();
      expect(await table.get(there)).toEqual({ ...there, v: { S: "winner" } });
    });

    test("are done once per token", async () => {
      const key = table.newKey();
      const token = randomUUID();
      await transact([count(key)], token);
      await transact([count(key)], token);
      expect(await table.get(key)).toEqual({ ...key, n: { N: "1" } });
    });

    test("are refused when another transaction had the token", async () => {
      const [one, other] = [table.newKey(), table.newKey()];
      const token = randomUUID();
      await transact([count(one)], token);
      await expect(transact([count(other)], token)).rejects.toThrow(IdempotentParameterMismatchException);
      expect(await table.get(other)).toBeUndefined();
    });

    test("leave a token unused when they are cancelled", async () => {
      const [key, guard] = [table.newKey(), table.newKey()];
      const token = randomUUID();
      const actions = [count(key), check(guard, "attribute_exists(PK)")];
      await expect(transact(actions, token)).rejects.toThrow(TransactionCanceledException);
      await table.put(guard);
      await transact(actions, token);
      expect(await table.get(key)).toEqual({ ...key, n: { N: "1" } });
    });

    test("take 100 actions and refuse 101", async () => {
      const keys = Array.from({ length: 101 }, () => table.newKey());
      const error = await transact(keys.map((key) => put(key))).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ name: "ValidationException" });
      expect((error as Error).message).toContain("Member must have length less than or equal to 100");
      expect(await table.get(keys[0] ?? {})).toBeUndefined();
      await transact(keys.slice(1).map((key) => put(key)));
      expect(await table.get(keys[100] ?? {})).toEqual(keys[100]);
    });

    test("refuse two actions on one item", async () => {
      const key = table.newKey();
      const refusal = {
        name: "ValidationException",
        message: "Transaction request cannot include multiple operations on one item",
      };
      await expect(transact([count(key), count(key)])).rejects.toMatchObject(refusal);
      await expect(transact([check(key, "attribute_not_exists(PK)"), put(key)])).rejects.toMatchObject(refusal);
      const failing = await transact([check(key, "attribute_exists(PK)"), put(key)]).catch((reason: Error) => reason);
      expectAsKnown(context.engineName, "oneItemTwiceIsNoticedLate", (failing as Error).name, {
        aws: "ValidationException",
        engine: "TransactionCanceledException",
      });
      expect(await table.get(key)).toBeUndefined();
    });

    test("read items that are there and items that are not, each once", async () => {
      const [there, missing] = [table.newKey(), table.newKey()];
      await table.put({ ...there, v: { S: "there" } });
      const read = (...keys: Record<string, { S: string }>[]) => {
        const TransactItems = keys.map((Key) => ({
          Get: { TableName: table.name, Key, ProjectionExpression: "PK, v" },
        }));
        return context.client.send(new TransactGetItemsCommand({ TransactItems }));
      };
      const { Responses } = await read(there, missing);
      const answers = [
        { aws: { PK: there.PK, v: { S: "there" } }, engine: { ...there, v: { S: "there" } } },
        { aws: undefined, engine: undefined },
      ];
      for (const [i, answer] of answers.entries()) {
        expectAsKnown(context.engineName, "projectionOfTransactionAddsKey", Responses?.[i]?.Item, answer);
      }
      await expect(read(there, there)).rejects.toMatchObject({
        name: "ValidationException",
        message: "Transaction request cannot include multiple operations on one item",
      });
    });

    test("say when a table is missing", async () => {
      const action: TransactWriteItem = { Put: { TableName: "no-such-table", Item: table.newKey() } };
      await expect(transact([action])).rejects.toThrow(ResourceNotFoundException);
    });
  });
}
