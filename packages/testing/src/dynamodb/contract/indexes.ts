import {
  type AttributeValue,
  type ConsumedCapacity,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
  UpdateTableCommand,
} from "@aws-sdk/client-dynamodb";
import { beforeAll, describe, expect, test } from "vitest";
import type { TableDefinition } from "../engines.ts";
import type { ContractContext } from "./context.ts";

const key = (PK: string, SK: string) => ({ PK: { S: PK }, SK: { S: SK } });
const attribute = (AttributeName: string) => ({ AttributeName, AttributeType: "S" as const });
const keys = (partition: string, sort: string) => [
  { AttributeName: partition, KeyType: "HASH" as const },
  { AttributeName: sort, KeyType: "RANGE" as const },
];

const TABLE = {
  KeySchema: keys("PK", "SK"),
  AttributeDefinitions: ["PK", "SK", "city", "name"].map(attribute),
  BillingMode: "PAY_PER_REQUEST",
  GlobalSecondaryIndexes: [
    { IndexName: "all", KeySchema: keys("city", "name"), Projection: { ProjectionType: "ALL" } },
    {
      IndexName: "some",
      KeySchema: keys("city", "SK"),
      Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["age"] },
    },
  ],
  LocalSecondaryIndexes: [
    { IndexName: "local", KeySchema: keys("PK", "name"), Projection: { ProjectionType: "KEYS_ONLY" } },
  ],
} as const satisfies Record<string, unknown>;

const PEOPLE = [
  { ...key("a", "1"), city: { S: "Bonn" }, name: { S: "Ute" }, age: { N: "30" }, filler: { S: "x".repeat(2_000) } },
  { ...key("a", "2"), city: { S: "Bonn" }, name: { S: "Ann" }, age: { N: "40" }, filler: { S: "x".repeat(2_000) } },
  { ...key("b", "1"), city: { S: "Bonn" }, name: { S: "Bob" }, filler: { S: "x".repeat(2_000) } },
  { ...key("b", "2"), city: { S: "Rome" }, name: { S: "Ugo" } },
  { ...key("b", "3"), name: { S: "Nowhere" } },
];

export function indexContract(context: ContractContext): void {
  describe("a secondary index", () => {
    let TableName = "";
    beforeAll(async () => {
      TableName = await context.createTable(TABLE as unknown as TableDefinition);
      for (const Item of PEOPLE) await context.client.send(new PutItemCommand({ TableName, Item }));
    });
    const query = (IndexName: string, rest: Partial<QueryCommand["input"]> = {}) =>
      context.client.send(
        new QueryCommand({
          TableName,
          IndexName,
          KeyConditionExpression: "city = :city",
          ExpressionAttributeValues: { ":city": { S: "Bonn" } },
          ReturnConsumedCapacity: "INDEXES",
          ...rest,
        }),
      );
    const namesIn = (items: readonly Record<string, AttributeValue>[] | undefined) => items?.map(({ name }) => name?.S);

    test("has the items that have its keys, in the order of its sort key", async () => {
      expect(namesIn((await query("all")).Items)).toEqual(["Ann", "Bob", "Ute"]);
      expect(namesIn((await query("all", { ScanIndexForward: false, Limit: 1 })).Items)).toEqual(["Ute"]);
      const { Items, Count } = await context.client.send(new ScanCommand({ TableName, IndexName: "all" }));
      expect(Count).toBe(4);
      expect(namesIn(Items)?.toSorted()).toEqual(["Ann", "Bob", "Ugo", "Ute"]);
    });

    test("is read page by page, by its own key and the table's", async () => {
      const found: (string | undefined)[] = [];
      let ExclusiveStartKey: Record<string, AttributeValue> | undefined;
      do {
        const page = await query("all", { Limit: 1, ExclusiveStartKey });
        found.push(...(namesIn(page.Items) ?? []));
        ExclusiveStartKey = page.LastEvaluatedKey;
        if (ExclusiveStartKey) expect(Object.keys(ExclusiveStartKey).sort()).toEqual(["PK", "SK", "city", "name"]);
      } while (ExclusiveStartKey !== undefined);
      expect(found).toEqual(["Ann", "Bob", "Ute"]);
    });

    test("gives what it projects, and a local one gets the rest from the table", async () => {
      const { Items } = await query("some");
      const [first] = PEOPLE as readonly Record<string, AttributeValue>[];
      expect(Items?.map((item) => Object.keys(item).sort())).toContainEqual(["PK", "SK", "age", "city"]);
      const local = {
        KeyConditionExpression: "PK = :pk AND begins_with(#name, :u)",
        ExpressionAttributeNames: { "#name": "name" },
        ExpressionAttributeValues: { ":pk": { S: "a" }, ":u": { S: "U" } },
      };
      expect((await query("local", local)).Items).toEqual([{ ...key("a", "1"), name: { S: "Ute" } }]);
      expect((await query("local", { ...local, Select: "ALL_ATTRIBUTES" })).Items).toEqual([first]);
    });

    test("that is global gives no consistent reads, and not what it does not project", async () => {
      const refused = { name: "ValidationException" };
      await expect(query("all", { ConsistentRead: true })).rejects.toMatchObject(refused);
      await expect(query("some", { Select: "ALL_ATTRIBUTES" })).rejects.toMatchObject(refused);
      await expect(query("none")).rejects.toMatchObject(refused);
    });

    test("is billed for what it is read, by what it projects", async () => {
      const unitsOf = ({ ConsumedCapacity }: { ConsumedCapacity?: ConsumedCapacity | undefined }) => ({
        total: ConsumedCapacity?.CapacityUnits,
        table: ConsumedCapacity?.Table?.CapacityUnits,
        index: Object.values(ConsumedCapacity?.GlobalSecondaryIndexes ?? {})[0]?.CapacityUnits,
      });
      expect(unitsOf(await query("all"))).toEqual({ total: 1, table: 0, index: 1 });
      expect(unitsOf(await query("some")).total).toBe(0.5);
    });

    test("is billed for writes that change what it has", async () => {
      const Key = key("c", "1");
      const sent = async (UpdateExpression: string, values?: Record<string, AttributeValue>) => {
        const { ConsumedCapacity } = await context.client.send(
          new UpdateItemCommand({
            TableName,
            Key,
            UpdateExpression: UpdateExpression.replace("name", "#name"),
            ...(UpdateExpression.includes("name") && { ExpressionAttributeNames: { "#name": "name" } }),
            ...(values && { ExpressionAttributeValues: values }),
            ReturnConsumedCapacity: "INDEXES",
          }),
        );
        return ConsumedCapacity?.CapacityUnits;
      };
      const all = [
        await sent("SET more = :v", { ":v": { S: "1" } }), // in no index
        await sent("SET city = :c, name = :n", { ":c": { S: "Oslo" }, ":n": { S: "Pia" } }), // new in all three
        await sent("SET more = :v", { ":v": { S: "2" } }), // only one projects it
        await sent("SET more = :v", { ":v": { S: "2" } }), // nothing changes
        await sent("SET city = :c", { ":c": { S: "Bergen" } }), // another place in two: delete and put
        await sent("REMOVE name"), // leaves two
      ];
      expect(all).toEqual([1, 4, 2, 1, 5, 3]);
    });

    test("can be added to a table and taken from it", async () => {
      const update = (
        GlobalSecondaryIndexUpdates: NonNullable<UpdateTableCommand["input"]["GlobalSecondaryIndexUpdates"]>,
      ) =>
        context.client.send(
          new UpdateTableCommand({
            TableName: name,
            AttributeDefinitions: ["PK", "SK", "city"].map(attribute),
            GlobalSecondaryIndexUpdates,
          }),
        );
      const name = await context.createTable({
        KeySchema: keys("PK", "SK"),
        AttributeDefinitions: ["PK", "SK"].map(attribute),
        BillingMode: "PAY_PER_REQUEST",
      });
      for (const Item of PEOPLE) await context.client.send(new PutItemCommand({ TableName: name, Item }));
      await update([
        { Create: { IndexName: "late", KeySchema: keys("city", "SK"), Projection: { ProjectionType: "KEYS_ONLY" } } },
      ]);
      await expect
        .poll(async () => (await query("late", { TableName: name }).catch(() => undefined))?.Count, { timeout: 10_000 })
        .toBe(3);
    });
  });
}
