import { DescribeTableCommand, TransactWriteItemsCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import {
  DescribeStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type _Record as StreamRecord,
} from "@aws-sdk/client-dynamodb-streams";
import { describe, expect, test, vi } from "vitest";
import type { ContractContext } from "./context.ts";
import { differs, expectAsKnown, KNOWN_DIFFERENCES } from "./known-differences.ts";
import { declareTable, type Item } from "./table.ts";

export function streamContract(context: ContractContext): void {
  describe("the stream", () => {
    const table = declareTable(context);

    /** Every record of the table's stream so far. */
    async function allRecords(): Promise<StreamRecord[]> {
      const { Table } = await context.client.send(new DescribeTableCommand({ TableName: table.name }));
      const StreamArn = Table?.LatestStreamArn;
      const { StreamDescription } = await context.streams.send(new DescribeStreamCommand({ StreamArn }));
      const records: StreamRecord[] = [];
      for (const { ShardId } of StreamDescription?.Shards ?? []) {
        const from = { StreamArn, ShardId, ShardIteratorType: "TRIM_HORIZON" } as const;
        let { ShardIterator } = await context.streams.send(new GetShardIteratorCommand(from));
        while (ShardIterator !== undefined) {
          const { Records = [], NextShardIterator } = await context.streams.send(
            new GetRecordsCommand({ ShardIterator }),
          );
          if (Records.length === 0) break;
          records.push(...Records);
          ShardIterator = NextShardIterator;
        }
      }
      return records;
    }
    const ofKey = async (key: Item) =>
      (await allRecords()).filter(({ dynamodb }) => dynamodb?.Keys?.PK?.S === key.PK?.S);
    /** The records of a key, once a later write to the same table has shown up. */
    async function recordsOf(key: Item): Promise<StreamRecord[]> {
      const marker = table.newKey();
      await table.put(marker);
      await vi.waitFor(async () => expect(await ofKey(marker)).toHaveLength(1), { timeout: 5_000 });
      return ofKey(key);
    }
    const seen = (records: readonly StreamRecord[]) =>
      records.map(({ eventName, dynamodb }) => ({ eventName, old: dynamodb?.OldImage, new: dynamodb?.NewImage }));

    test("has a record of each kind of change, in order, with the images before and after", async () => {
      const key = table.newKey();
      const [one, two] = [
        { ...key, v: { S: "1" } },
        { ...key, v: { S: "2" } },
      ];
      await table.put(one);
      await table.put(two);
      await table.delete(key);
      const records = await recordsOf(key);
      expect(seen(records)).toEqual([
        { eventName: "INSERT", old: undefined, new: one },
        { eventName: "MODIFY", old: one, new: two },
        { eventName: "REMOVE", old: two, new: undefined },
      ]);
    });

    test("has all that a record of Lambda is made of", async () => {
      const key = table.newKey();
      const before = Date.now();
      await table.put(key);
      const [record] = await recordsOf(key);
      expect(record).toMatchObject({
        eventID: expect.stringMatching(/./),
        eventVersion: expect.stringMatching(/^1\.\d$/),
        eventSource: "aws:dynamodb",
        awsRegion: expect.stringMatching(/./),
        dynamodb: {
          Keys: key,
          SequenceNumber: expect.stringMatching(/^\d+$/),
          SizeBytes: expect.any(Number),
          StreamViewType: "NEW_AND_OLD_IMAGES",
          ApproximateCreationDateTime: expect.any(Date),
        },
      });
      expect(record?.userIdentity).toBeUndefined();

      const { engineName } = context;
      const region = context.engine.clientConfig.region;
      expectAsKnown(engineName, "regionIsInvented", record?.awsRegion === region, { aws: true, engine: false });
      const isLong = /^\d{21,40}$/.test(record?.dynamodb?.SequenceNumber ?? "");
      expectAsKnown(engineName, "sequenceNumbersAreShort", isLong, { aws: true, engine: false });
      const recordedAt = record?.dynamodb?.ApproximateCreationDateTime?.getTime() ?? 0;
      const precisionMs = differs(engineName, "recordTimesAreMinutes") ? 60_000 : 1_000;
      expect(recordedAt % precisionMs, KNOWN_DIFFERENCES.recordTimesAreMinutes.says).toBe(0);
      expect(recordedAt).toBeGreaterThan(before - precisionMs);
      expect(recordedAt).toBeLessThanOrEqual(Date.now());
    });

    test("has a record for each item of a transaction, with its sets", async () => {
      const [item, registry] = [table.newKey(), table.newKey()];
      const add = (names: string[]) => ({
        TableName: table.name,
        Key: registry,
        UpdateExpression: "ADD labels :labels",
        ExpressionAttributeValues: { ":labels": { SS: names } },
      });
      await context.client.send(new UpdateItemCommand(add(["a"])));
      await context.client.send(
        new TransactWriteItemsCommand({
          TransactItems: [{ Put: { TableName: table.name, Item: item } }, { Update: add(["b"]) }],
        }),
      );
      expect(seen(await recordsOf(item))).toEqual([{ eventName: "INSERT", old: undefined, new: item }]);
      const [, second] = await recordsOf(registry);
      expect(second?.eventName).toBe("MODIFY");
      expect(second?.dynamodb?.OldImage?.labels?.SS).toEqual(["a"]);
      expect(second?.dynamodb?.NewImage?.labels?.SS?.toSorted()).toEqual(["a", "b"]);
    });

    test("has nothing of a transaction that was refused", async () => {
      const [item, missing] = [table.newKey(), table.newKey()];
      const refused = context.client.send(
        new TransactWriteItemsCommand({
          TransactItems: [
            { Put: { TableName: table.name, Item: item } },
            { ConditionCheck: { TableName: table.name, Key: missing, ConditionExpression: "attribute_exists(PK)" } },
          ],
        }),
      );
      await expect(refused).rejects.toMatchObject({ name: "TransactionCanceledException" });
      expect(await recordsOf(item)).toEqual([]);
    });

    test("has nothing of a write that changed nothing", async () => {
      const key = table.newKey();
      const add = {
        TableName: table.name,
        Key: key,
        UpdateExpression: "ADD labels :labels",
        ExpressionAttributeValues: { ":labels": { SS: ["a"] } },
      };
      await table.put({ ...key, labels: { SS: ["a"] } });
      await table.put({ ...key, labels: { SS: ["a"] } });
      await context.client.send(new UpdateItemCommand(add));
      await context.client.send(new TransactWriteItemsCommand({ TransactItems: [{ Update: add }] }));
      const names = (await recordsOf(key)).map(({ eventName }) => String(eventName));
      expectAsKnown(context.engineName, "noOpWriteIsRecorded", names, {
        aws: ["INSERT"],
        engine: ["INSERT", "MODIFY", "MODIFY", "MODIFY"],
      });
    });

    test("has nothing of a delete that deleted nothing", async () => {
      const key = table.newKey();
      await table.delete(key);
      expect(await recordsOf(key)).toEqual([]);
    });

    test("has sequence numbers that grow", async () => {
      const key = table.newKey();
      for (let n = 0; n < 5; n++) await table.put({ ...key, n: { N: String(n) } });
      const numbers = (await recordsOf(key)).map(({ dynamodb }) => BigInt(dynamodb?.SequenceNumber ?? -1));
      expect(numbers).toEqual(numbers.toSorted((a, b) => (a < b ? -1 : 1)));
      expect(new Set(numbers).size).toBe(5);
    });
  });
}
