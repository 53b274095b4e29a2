import {
  type ConsumedCapacity,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { describe, expect, test } from "vitest";
import type { EngineContext } from "../engines.ts";
import { differs, KNOWN_DIFFERENCES } from "./known-differences.ts";
import { declareTable } from "./table.ts";

const ReturnConsumedCapacity = "TOTAL";
const units = (consumed: ConsumedCapacity | ConsumedCapacity[] | undefined) =>
  [consumed ?? []].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);

export function capacityContract(context: EngineContext): void {
  describe("consumed capacity", () => {
    const table = declareTable(context);
    const sent = async (command: object) => {
      const { ConsumedCapacity } = await context.client.send(command as GetItemCommand);
      return units(ConsumedCapacity);
    };

    test("of a Put is one unit per KB begun", async () => {
      const put = (filler: number) =>
        new PutItemCommand({
          TableName: table.name,
          Item: { ...table.newKey(), filler: { S: "x".repeat(filler) } },
          ReturnConsumedCapacity,
        });
      expect(await sent(put(100))).toBe(1);
      expect(await sent(put(1_500))).toBe(2);
      expect(await sent(put(10_000))).toBe(10);
    });

    test("of an Update is that of the larger of the item before and after", async () => {
      const key = table.newKey();
      await table.put({ ...key, filler: { S: "x".repeat(5_000) } });
      const update = (UpdateExpression: string, ExpressionAttributeValues?: { ":v": { S: string } }) =>
        new UpdateItemCommand({
          TableName: table.name,
          Key: key,
          UpdateExpression,
          ...(ExpressionAttributeValues && { ExpressionAttributeValues }),
          ReturnConsumedCapacity,
        });
      expect(await sent(update("SET v = :v", { ":v": { S: "x" } }))).toBe(5);
      expect(await sent(update("REMOVE filler"))).toBe(5);
      expect(await sent(update("SET v = :v", { ":v": { S: "y" } }))).toBe(1);
    });

    test("of a GetItem is half a unit per 4 KB begun, twice that when consistent", async () => {
      const key = table.newKey();
      await table.put({ ...key, filler: { S: "x".repeat(100_000) } });
      const get = (rest: object) =>
        new GetItemCommand({ TableName: table.name, Key: key, ReturnConsumedCapacity, ...rest });
      expect(await sent(get({}))).toBe(12.5);
      expect(await sent(get({ ConsistentRead: true }))).toBe(25);
      const absent = { Key: table.newKey() };
      expect(await sent(get(absent))).toBe(0.5);
    });

    test("of a GetItem counts the whole item, whatever is asked of it", async () => {
      const key = table.newKey();
      await table.put({ ...key, filler: { S: "x".repeat(100_000) } });
      const known = differs(context.engineName, "projectionIsBilled");
      const projected = new GetItemCommand({
        TableName: table.name,
        Key: key,
        ProjectionExpression: "PK",
        ReturnConsumedCapacity,
      });
      expect(await sent(projected), KNOWN_DIFFERENCES.projectionIsBilled.says).toBe(known ? 0.5 : 12.5);
    });

    test("of a Scan is half a unit per 4 KB of all that was read", async () => {
      const { ScannedCount = 0, ConsumedCapacity } = await context.client.send(
        new ScanCommand({
          TableName: table.name,
          FilterExpression: "attribute_not_exists(PK)",
          ReturnConsumedCapacity,
        }),
      );
      expect(ScannedCount).toBeGreaterThan(0);
      expect(units(ConsumedCapacity)).toBe(0);
    });

    test("of a transaction is twice that of its writes", async () => {
      const [small, large] = [table.newKey(), table.newKey()];
      await table.put({ ...large, filler: { S: "x".repeat(5_000) } });
      const known = differs(context.engineName, "transactionIsBilledOnce");
      const transaction = new TransactWriteItemsCommand({
        TransactItems: [
          { Put: { TableName: table.name, Item: small } },
          {
            Update: {
              TableName: table.name,
              Key: large,
              UpdateExpression: "ADD labels :labels",
              ExpressionAttributeValues: { ":labels": { SS: ["a"] } },
            },
          },
          {
            ConditionCheck: {
              TableName: table.name,
              Key: table.newKey(),
              ConditionExpression: "attribute_not_exists(PK)",
            },
          },
        ],
        ReturnConsumedCapacity,
      });
      expect(await sent(transaction), KNOWN_DIFFERENCES.transactionIsBilledOnce.says).toBe(known ? 7 : 14);
    });
  });
}
