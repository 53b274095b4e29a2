import {
  BatchGetItemCommand,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ResourceNotFoundException,
  ScanCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { beforeAll, describe, expect, test } from "vitest";
import type { ContractContext } from "./context.ts";
import { CONTRACT_TABLE, declareTable, type Item } from "./table.ts";

export function readContract(context: ContractContext): void {
  describe("reads", () => {
    const table = declareTable(context);
    const items: Item[] = Array.from({ length: 120 }, (_, i) => ({ PK: { S: `item-${i}` }, SK: { S: "#CONFIG" } }));
    beforeAll(async () => {
      for (const item of items) await table.put(item);
    });

    /** All pages of a Scan. */
    async function scan(rest: Partial<ScanCommand["input"]>): Promise<{ found: Item[]; pages: number }> {
      const found: Item[] = [];
      let ExclusiveStartKey: Item | undefined;
      let pages = 0;
      do {
        const command = new ScanCommand({ TableName: table.name, ExclusiveStartKey, ...rest });
        const { Items = [], LastEvaluatedKey } = await context.client.send(command);
        found.push(...Items);
        ExclusiveStartKey = LastEvaluatedKey;
        pages++;
      } while (ExclusiveStartKey !== undefined);
      return { found, pages };
    }
    const keysOf = (some: readonly Item[]) => some.map(({ PK }) => PK?.S).toSorted();

    test("see what was just written, when they are consistent", async () => {
      const key = table.newKey();
      for (let n = 0; n < 20; n++) {
        await table.put({ ...key, n: { N: String(n) } });
        expect((await table.get(key))?.n).toEqual({ N: String(n) });
      }
      await table.delete(key);
      expect(await table.get(key)).toBeUndefined();
    });

    test("find nothing where there is nothing", async () => {
      const { Item } = await context.client.send(new GetItemCommand({ TableName: table.name, Key: table.newKey() }));
      expect(Item).toBeUndefined();
    });

    test("in a batch of 100 give the items that are there, in no order", async () => {
      const absent = table.newKey();
      const Keys = [...items.slice(0, 99), absent];
      const { Responses, UnprocessedKeys } = await context.client.send(
        new BatchGetItemCommand({ RequestItems: { [table.name]: { Keys, ConsistentRead: true } } }),
      );
      expect(keysOf(Responses?.[table.name] ?? [])).toEqual(keysOf(items.slice(0, 99)));
      expect(UnprocessedKeys).toEqual({});
    });

    test("in a batch of 101, or of one key twice, are refused", async () => {
      for (const Keys of [items.slice(0, 101), [...items.slice(0, 1), ...items.slice(0, 1)]]) {
        const command = new BatchGetItemCommand({ RequestItems: { [table.name]: { Keys } } });
        await expect(context.client.send(command)).rejects.toMatchObject({ name: "ValidationException" });
      }
    });

    test("page by page scan each item once", async () => {
      const { found, pages } = await scan({ Limit: 7 });
      expect(keysOf(found)).toEqual(keysOf(items));
      expect(pages).toBeGreaterThanOrEqual(Math.ceil(items.length / 7));
    });

    test("that end with their limit say that there may be more", async () => {
      const TableName = await context.createTable(CONTRACT_TABLE);
      for (const Item of items.slice(0, 3)) await context.client.send(new PutItemCommand({ TableName, Item }));
      const page = (rest: Partial<ScanCommand["input"]>) =>
        context.client.send(new ScanCommand({ TableName, Limit: 3, ...rest }));
      const { Items, LastEvaluatedKey: ExclusiveStartKey } = await page({});
      expect(Items).toHaveLength(3);
      expect(ExclusiveStartKey).toBeDefined();
      const rest = await page({ ExclusiveStartKey });
      expect(rest.Items).toEqual([]);
      expect(rest.LastEvaluatedKey).toBeUndefined();
    });

    test("continue after a key whose item has been deleted", async () => {
      const TableName = await context.createTable(CONTRACT_TABLE);
      for (const Item of items.slice(0, 5)) await context.client.send(new PutItemCommand({ TableName, Item }));
      const first = await context.client.send(new ScanCommand({ TableName, Limit: 2 }));
      const { LastEvaluatedKey: ExclusiveStartKey } = first;
      await context.client.send(new DeleteItemCommand({ TableName, Key: ExclusiveStartKey }));
      const rest = await context.client.send(new ScanCommand({ TableName, ExclusiveStartKey }));
      expect(keysOf([...(first.Items ?? []), ...(rest.Items ?? [])])).toEqual(keysOf(items.slice(0, 5)));
    });

    test("of one partition come in the order of the sort key, and backwards", async () => {
      const PK = { S: "partition" };
      const keys = ["", "b", "a", "B", "ü", "\u{1F600}", "\uFFFD"].map((text) => ({ PK, SK: { S: `#${text}` } }));
      for (const key of keys) await table.put(key);
      const query = async (rest: Partial<QueryCommand["input"]> = {}) => {
        const ExpressionAttributeValues = { ":pk": PK, ...rest.ExpressionAttributeValues };
        const asked = { TableName: table.name, KeyConditionExpression: "PK = :pk", ...rest, ExpressionAttributeValues };
        return ((await context.client.send(new QueryCommand(asked))).Items ?? []).map(({ SK }) => SK?.S);
      };
      const all = ["#", "#B", "#a", "#b", "#ü", "#\uFFFD", "#\u{1F600}"]; // by their bytes in UTF-8
      expect(await query()).toEqual(all);
      expect(await query({ ScanIndexForward: false, Limit: 2 })).toEqual(all.toReversed().slice(0, 2));
      const between = { ":from": { S: "#a" }, ":to": { S: "#b" } };
      expect(
        await query({
          KeyConditionExpression: "PK = :pk AND SK BETWEEN :from AND :to",
          ExpressionAttributeValues: between,
        }),
      ).toEqual(["#a", "#b"]);
      for (const key of keys) await table.delete(key);
    });

    test("in segments scan each item once", async () => {
      const TotalSegments = 4;
      const segments = await Promise.all(
        Array.from({ length: TotalSegments }, (_, Segment) => scan({ Segment, TotalSegments, Limit: 10 })),
      );
      expect(keysOf(segments.flatMap(({ found }) => found))).toEqual(keysOf(items));
    });

    test("are paged at 1 MB, before the filter", async () => {
      const large = await context.createTable({
        KeySchema: [{ AttributeName: "PK", KeyType: "HASH" }],
        AttributeDefinitions: [{ AttributeName: "PK", AttributeType: "S" }],
        BillingMode: "PAY_PER_REQUEST",
      });
      for (let i = 0; i < 6; i++) {
        const Item = { PK: { S: `large-${i}` }, filler: { S: "x".repeat(300_000) } };
        await context.client.send(new PutItemCommand({ TableName: large, Item }));
      }
      const first = await context.client.send(
        new ScanCommand({ TableName: large, FilterExpression: "attribute_not_exists(PK)" }),
      );
      expect(first.Items).toEqual([]);
      expect(first.ScannedCount).toBeGreaterThanOrEqual(3);
      expect(first.ScannedCount).toBeLessThanOrEqual(4);
      expect(first.LastEvaluatedKey).toBeDefined();
    });

    test("filter and project", async () => {
      const key = { PK: { S: "projected" }, SK: { S: "#OTHER" } };
      await table.put({ ...key, labels: { SS: ["a"] }, filler: { S: "x" } });
      const { found } = await scan({
        FilterExpression: "SK = :sk",
        ProjectionExpression: "PK, #n",
        ExpressionAttributeNames: { "#n": "labels" },
        ExpressionAttributeValues: { ":sk": { S: "#OTHER" } },
      });
      expect(found).toEqual([{ PK: key.PK, labels: { SS: ["a"] } }]);
      await table.delete(key);
    });

    test("keep keys of any kind", async () => {
      const keys = ["a\nb", "a/b", "ns/RESOURCE#a#b", "ü", "é", "\u{1F600}", " ", "a\u0000b", '"', "x".repeat(1_000)];
      for (const text of keys) {
        const key = { PK: { S: text }, SK: { S: text } };
        await table.put({ ...key, resource: { S: text } });
        expect(await table.get(key)).toEqual({ ...key, resource: { S: text } });
        await table.delete(key);
      }
    });

    test("and writes say when the table is missing", async () => {
      const TableName = "no-such-table";
      const Key = table.newKey();
      for (const command of [
        new GetItemCommand({ TableName, Key }),
        new PutItemCommand({ TableName, Item: Key }),
        new UpdateItemCommand({ TableName, Key }),
        new ScanCommand({ TableName }),
        new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: [Key] } } }),
      ]) {
        await expect(context.client.send(command as GetItemCommand)).rejects.toThrow(ResourceNotFoundException);
      }
    });
  });
}
