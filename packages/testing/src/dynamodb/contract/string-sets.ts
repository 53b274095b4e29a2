import {
  ConditionalCheckFailedException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import { describe, expect, test } from "vitest";
import type { ContractContext } from "./context.ts";
import { expectAsKnown } from "./known-differences.ts";
import { declareTable, type Item } from "./table.ts";

export function stringSetContract(context: ContractContext): void {
  describe("string sets", () => {
    const table = declareTable(context);
    const update = (Key: Item, UpdateExpression: string, names: string[], rest: Partial<UpdateItemCommandInput> = {}) =>
      context.client.send(
        new UpdateItemCommand({
          TableName: table.name,
          Key,
          UpdateExpression,
          ...rest,
          ExpressionAttributeValues: { ":labels": { SS: names }, ...rest.ExpressionAttributeValues },
        }),
      );
    const transact = async (Key: Item, names: string[]) => {
      const values = { ExpressionAttributeValues: { ":labels": { SS: names } } };
      const Update = { TableName: table.name, Key, UpdateExpression: "ADD labels :labels", ...values };
      await context.client.send(new TransactWriteItemsCommand({ TransactItems: [{ Update }] }));
      return { name: "done" };
    };
    const members = async (key: Item) => (await table.get(key))?.labels?.SS?.toSorted();

    test("are made, item and all, by ADD, and hold a name once", async () => {
      const key = table.newKey();
      await update(key, "ADD labels :labels", ["b", "a"]);
      await update(key, "ADD labels :labels", ["a", "c"]);
      expect(await members(key)).toEqual(["a", "b", "c"]);
    });

    test("lose names by DELETE, which does not mind names that are not there", async () => {
      const key = table.newKey();
      await update(key, "ADD labels :labels", ["a", "b"]);
      await update(key, "DELETE labels :labels", ["b", "z"]);
      expect(await members(key)).toEqual(["a"]);
    });

    test("go with their last name, and the item stays", async () => {
      const key = table.newKey();
      await update(key, "ADD labels :labels", ["a", "b"]);
      await update(key, "DELETE labels :labels", ["a", "b"]);
      expect(await table.get(key)).toEqual(key);
    });

    test("leave an item of nothing but its key where DELETE found no item", async () => {
      const key = table.newKey();
      await update(key, "DELETE labels :labels", ["a"]);
      expect(await table.get(key)).toEqual(key);
    });

    test("are not made by a DELETE on the condition that the item exists", async () => {
      const key = table.newKey();
      const deleted = update(key, "DELETE labels :labels", ["a"], { ConditionExpression: "attribute_exists(PK)" });
      await expect(deleted).rejects.toThrow(ConditionalCheckFailedException);
      expect(await table.get(key)).toBeUndefined();
    });

    test("are added to in the update that sets what is not set yet", async () => {
      const key = table.newKey();
      for (const [name, owner] of [
        ["a", "first"],
        ["b", "second"],
      ] as const) {
        await update(key, "SET #o = if_not_exists(#o, :o) ADD labels :labels", [name], {
          ExpressionAttributeNames: { "#o": "owner" },
          ExpressionAttributeValues: { ":o": { S: owner } },
        });
      }
      expect(await members(key)).toEqual(["a", "b"]);
      expect((await table.get(key))?.owner).toEqual({ S: "first" });
    });

    test("are refused ADD and DELETE in one expression", async () => {
      const key = table.newKey();
      const both = update(key, "ADD labels :labels DELETE labels :more", ["a"], {
        ExpressionAttributeValues: { ":more": { SS: ["b"] } },
      });
      await expect(both).rejects.toMatchObject({
        name: "ValidationException",
        message: expect.stringContaining("Two document paths overlap with each other"),
      });
      expect(await table.get(key)).toBeUndefined();
    });

    test("are refused names that are not text, and stay as they were", async () => {
      const key = table.newKey();
      await table.put({ ...key, labels: { S: "not a set" } });
      await expect(update(key, "ADD labels :labels", ["a"])).rejects.toMatchObject({ name: "ValidationException" });
      const { name } = await transact(key, ["a"]).catch((reason: Error) => reason);
      expectAsKnown(context.engineName, "wrongOperandIsTopLevel", name, {
        aws: "TransactionCanceledException",
        engine: "ValidationException",
      });
      expect(await table.get(key)).toEqual({ ...key, labels: { S: "not a set" } });
    });

    test("keep names of any kind", async () => {
      const key = table.newKey();
      const names = ["a\nb", "a/b", "ü", "é", "\u{1F600}", " ", "a\u0000b", '"', "x".repeat(1_000)].toSorted();
      await update(key, "ADD labels :labels", names);
      expect(await members(key)).toEqual(names);
      await update(key, "DELETE labels :labels", names.slice(1));
      expect(await members(key)).toEqual(names.slice(0, 1));
    });

    test("must not be empty, nor name anything twice", async () => {
      const key = table.newKey();
      for (const names of [[], ["a", "a"]]) {
        await expect(update(key, "ADD labels :labels", names)).rejects.toMatchObject({ name: "ValidationException" });
        await expect(table.put({ ...key, labels: { SS: names } })).rejects.toMatchObject({
          name: "ValidationException",
        });
        await expect(transact(key, names)).rejects.toThrow(); // as a whole, or with a reason: the engines differ
      }
      expect(await table.get(key)).toBeUndefined();
    });

    test("may hold an empty name", async () => {
      const key = table.newKey();
      await update(key, "ADD labels :labels", ["", "a"]);
      expect(await members(key)).toEqual(["", "a"]);
    });
  });
}
