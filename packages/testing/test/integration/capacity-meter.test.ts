import {
  type AttributeValue,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { resourceKey, tableDefinition } from "@rollcall/registry/schema";
import { meterCapacity } from "@rollcall/testing/rollcall/capacity-meter";
import { expect, it } from "vitest";
import { describeEachEngine } from "../../src/dynamodb/engines.ts";

const filler = (bytes: number): Record<string, AttributeValue> => ({ filler: { S: "x".repeat(bytes) } });

describeEachEngine("the capacity meter", (context) => {
  /** Put, small or of some bytes. */
  const put = (TableName: string, name: string, bytes = 10): TransactWriteItem => ({
    Put: { TableName, Item: { ...resourceKey(name), ...filler(bytes) } },
  });
  const add = (TableName: string, name: string): TransactWriteItem => ({
    Update: {
      TableName,
      Key: resourceKey(name),
      UpdateExpression: "ADD members :members",
      ExpressionAttributeValues: { ":members": { SS: ["a"] } },
    },
  });
  const check = (TableName: string, name: string): TransactWriteItem => ({
    ConditionCheck: { TableName, Key: resourceKey(name), ConditionExpression: "attribute_exists(PK)" },
  });
  const remove = (TableName: string, name: string): TransactWriteItem => ({
    Delete: { TableName, Key: resourceKey(name) },
  });

  it.each<[string, number, (table: string) => TransactWriteItem[]]>([
    ["20 small puts", 40, (table) => Array.from({ length: 20 }, (_, i) => put(table, `small-${i}`))],
    ["a put of 5,000 bytes", 10, (table) => [put(table, "large", 5_000)]],
    ["a small put and an addition to 20 KB", 44, (table) => [put(table, "small"), add(table, "20-kb")]],
    [
      "9 small puts and an addition to 20 KB",
      60,
      (table) => [...Array.from({ length: 9 }, (_, i) => put(table, `s-${i}`)), add(table, "20-kb")],
    ],
    ["a check of 20 KB", 44, (table) => [check(table, "20-kb"), put(table, "small")]],
    ["a delete of nothing", 2, (table) => [remove(table, "nothing")]],
    ["a delete of 20 KB", 42, (table) => [remove(table, "20-kb")]],
  ])("bills a transaction as AWS does: %s", async (_, units, actions) => {
    const table = await context.createTable(tableDefinition());
    const large = { ...resourceKey("20-kb"), ...filler(20 * 1024) };
    await context.client.send(new PutItemCommand({ TableName: table, Item: large }));
    const client = new DynamoDBClient(context.engine.clientConfig);
    using meter = meterCapacity(client, context.engine);
    await client.send(new TransactWriteItemsCommand({ TransactItems: actions(table) }));
    client.destroy();
    expect({ requests: meter.requests, writeUnits: meter.writeUnits }).toEqual({ requests: 1, writeUnits: units });
  });

  it("counts reads and plain writes, and nothing after its end", async () => {
    const TableName = await context.createTable(tableDefinition());
    const client = new DynamoDBClient(context.engine.clientConfig);
    const meter = meterCapacity(client, context.engine);
    await client.send(new PutItemCommand({ TableName, Item: { ...resourceKey("a"), ...filler(5_000) } }));
    await client.send(new GetItemCommand({ TableName, Key: resourceKey("a") }));
    await client.send(new GetItemCommand({ TableName, Key: resourceKey("a"), ConsistentRead: true }));
    await client.send(new ListTablesCommand({}));
    const counted = { requests: meter.requests, readUnits: meter.readUnits, writeUnits: meter.writeUnits };
    expect(counted).toEqual({ requests: 3, readUnits: 3, writeUnits: 5 });
    meter[Symbol.dispose]();
    await client.send(new GetItemCommand({ TableName, Key: resourceKey("a") }));
    expect(meter.requests).toBe(3);
    client.destroy();
  });
});
