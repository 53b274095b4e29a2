import {
  type ConsumedCapacity,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { describe, expect, test } from "vitest";
import type { ContractContext } from "./context.ts";
import { expectAsKnown } from "./known-differences.ts";
import { CONTRACT_TABLE, declareTable, type Item } from "./table.ts";

const ReturnConsumedCapacity = "TOTAL";
const units = (consumed: ConsumedCapacity | ConsumedCapacity[] | undefined) =>
  [consumed ?? []].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);

export function capacityContract(context: ContractContext): void {
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

    test("of a GetItem counts the whole item, with any projection", async () => {
      const key = table.newKey();
      await table.put({ ...key, filler: { S: "x".repeat(100_000) } });
      const one = { TableName: table.name, Key: key, ProjectionExpression: "PK", ReturnConsumedCapacity } as const;
      const consumed = await sent(new GetItemCommand(one));
      expectAsKnown(context.engineName, "projectionIsBilled", consumed, { aws: 12.5, engine: 0.5 });
    });

    test("of a Scan is half a unit per 4 KB of all that was read, found or not", async () => {
      const TableName = await context.createTable(CONTRACT_TABLE);
      for (let i = 0; i < 3; i++) {
        const Item = { ...table.newKey(), filler: { S: "x".repeat(6_000) } };
        await context.client.send(new PutItemCommand({ TableName, Item }));
      }
      const scan = { TableName, FilterExpression: "attribute_not_exists(PK)", ReturnConsumedCapacity } as const;
      expect(await sent(new ScanCommand(scan))).toBe(2.5);
      expect(await sent(new ScanCommand({ ...scan, ConsistentRead: true }))).toBe(5);
    });

    describe("of a transaction", () => {
      const transact = (...TransactItems: TransactWriteItem[]) =>
        sent(new TransactWriteItemsCommand({ TransactItems, ReturnConsumedCapacity }));
      const put = (): TransactWriteItem => ({ Put: { TableName: table.name, Item: table.newKey() } });
      const add = (Key: Item): TransactWriteItem => ({
        Update: {
          TableName: table.name,
          Key,
          UpdateExpression: "ADD labels :labels",
          ExpressionAttributeValues: { ":labels": { SS: ["a"] } },
        },
      });
      const check = (Key: Item): TransactWriteItem => ({
        ConditionCheck: { TableName: table.name, Key, ConditionExpression: "attribute_exists(PK)" },
      });
      const large = async () => {
        const key = table.newKey();
        await table.put({ ...key, filler: { S: "x".repeat(5_000) } });
        return key;
      };

      test("is twice that of its writes, by the whole of each item", async () => {
        expect(await transact(put())).toBe(2);
        expect(await transact(put(), add(await large()))).toBe(2 + 10);
      });

      test("is that of every action", async () => {
        const consumed = await transact(put(), put(), put(), add(await large()));
        expectAsKnown(context.engineName, "equalActionsAreBilledOnce", consumed, { aws: 3 * 2 + 10, engine: 2 + 10 });
      });

      test("is for a ConditionCheck that of a write", async () => {
        const consumed = await transact(check(await large()));
        expectAsKnown(context.engineName, "checkIsBilledAsRead", consumed, { aws: 10, engine: 4 });
      });
    });
  });
}
