import { TransactWriteItemsCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { describe, expect, test } from "vitest";
import type { ContractContext } from "./context.ts";
import { declareTable, type Item } from "./table.ts";

const MAX_ITEM_BYTES = 409_600;

/** A set of names of 100 characters that fills an item with this key and the attribute `labels` to `bytes`. */
function namesThatFill(bytes: number, key: Item): string[] {
  const used = "PK".length + String(key.PK?.S).length + "SK".length + String(key.SK?.S).length + "labels".length;
  const left = bytes - used;
  const names = Array.from({ length: Math.floor(left / 100) }, (_, i) => String(i).padStart(100, "x"));
  const rest = left % 100;
  return rest === 0 ? names : [...names.slice(1), "y".repeat(100 + rest)];
}

export function itemSizeContract(context: ContractContext): void {
  describe("items of 400 KB", () => {
    const table = declareTable(context);
    const addOne = (Key: Item) => ({
      TableName: table.name,
      Key,
      UpdateExpression: "ADD labels :labels",
      ExpressionAttributeValues: { ":labels": { SS: ["z"] } },
    });

    test("are the largest there are: one more byte is refused", async () => {
      const key = table.newKey();
      const names = namesThatFill(MAX_ITEM_BYTES, key);
      await table.put({ ...key, labels: { SS: names } });
      const refused = { name: "ValidationException", message: "Item size has exceeded the maximum allowed size" };
      await expect(table.put({ ...key, labels: { SS: [`${names[0]}+`, ...names.slice(1)] } })).rejects.toMatchObject(
        refused,
      );
      expect((await table.get(key))?.labels?.SS).toHaveLength(names.length);
    });

    test("refuse an Update of one more name", async () => {
      const key = table.newKey();
      const names = namesThatFill(MAX_ITEM_BYTES, key);
      await table.put({ ...key, labels: { SS: names } });
      await expect(context.client.send(new UpdateItemCommand(addOne(key)))).rejects.toMatchObject({
        name: "ValidationException",
        message: "Item size to update has exceeded the maximum allowed size",
      });
      expect((await table.get(key))?.labels?.SS).toHaveLength(names.length);
    });

    test("cancel a transaction that would add one more name, and nothing is written", async () => {
      const [full, other] = [table.newKey(), table.newKey()];
      const names = namesThatFill(MAX_ITEM_BYTES, full);
      await table.put({ ...full, labels: { SS: names } });
      const added = context.client.send(
        new TransactWriteItemsCommand({
          TransactItems: [{ Put: { TableName: table.name, Item: other } }, { Update: addOne(full) }],
        }),
      );
      await expect(added).rejects.toMatchObject({
        name: "TransactionCanceledException",
        CancellationReasons: [
          { Code: "None" },
          { Code: "ValidationError", Message: "Item size to update has exceeded the maximum allowed size" },
        ],
      });
      expect(await table.get(other)).toBeUndefined();
      expect((await table.get(full))?.labels?.SS).toHaveLength(names.length);
    });

    test("refuse a transaction that would Put a larger one, and nothing is written", async () => {
      const [large, other] = [table.newKey(), table.newKey()];
      const Item = { ...large, labels: { SS: namesThatFill(MAX_ITEM_BYTES + 1, large) } };
      const put = context.client.send(
        new TransactWriteItemsCommand({
          TransactItems: [{ Put: { TableName: table.name, Item: other } }, { Put: { TableName: table.name, Item } }],
        }),
      );
      await expect(put).rejects.toMatchObject({
        name: "ValidationException",
        message: "Item size has exceeded the maximum allowed size",
      });
      expect(await table.get(other)).toBeUndefined();
      expect(await table.get(large)).toBeUndefined();
    });
  });
}
