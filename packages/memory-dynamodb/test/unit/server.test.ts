import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ExecuteStatementCommand,
  GetItemCommand,
  ListTagsOfResourceCommand,
  PutItemCommand,
  TagResourceCommand,
  TransactWriteItemsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
} from "@aws-sdk/client-dynamodb-streams";
import { CONTRACT_TABLE } from "@rollcall/testing/dynamodb/contract/table";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type MemoryDynamoDB, startMemoryDynamoDB } from "../../src/index.ts";
import { addOf, keyOf, putOf, TABLE, thrown } from "./fixture.ts";

let dynamodb: MemoryDynamoDB;
let client: DynamoDBClient;
let streams: DynamoDBStreamsClient;
const get = async (name: string) =>
  (await client.send(new GetItemCommand({ TableName: TABLE, Key: keyOf(name) }))).Item;
const put = (name: string, rest = {}) =>
  client.send(new PutItemCommand({ TableName: TABLE, Item: { ...keyOf(name), ...rest } }));

beforeAll(async () => {
  dynamodb = await startMemoryDynamoDB();
  const config = {
    endpoint: dynamodb.endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  };
  client = new DynamoDBClient(config);
  streams = new DynamoDBStreamsClient(config);
});
beforeEach(async () => {
  await client.send(new CreateTableCommand({ TableName: TABLE, ...CONTRACT_TABLE }));
  return () => client.send(new DeleteTableCommand({ TableName: TABLE }));
});
afterAll(async () => {
  client.destroy();
  streams.destroy();
  await dynamodb.stop();
  await dynamodb.stop();
  await expect(fetch(dynamodb.endpoint)).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
});

async function recordsOf(StreamArn: string | undefined) {
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
  const records = [];
  for (const { ShardId } of StreamDescription?.Shards ?? []) {
    const from = { StreamArn, ShardId, ShardIteratorType: "TRIM_HORIZON" } as const;
    const { ShardIterator } = await streams.send(new GetShardIteratorCommand(from));
    records.push(...((await streams.send(new GetRecordsCommand({ ShardIterator }))).Records ?? []));
  }
  return { records, status: StreamDescription?.StreamStatus, shards: StreamDescription?.Shards?.length };
}

const streamArn = async () =>
  (await client.send(new DescribeTableCommand({ TableName: TABLE }))).Table?.LatestStreamArn;

describe("the door to the DynamoDB in memory", () => {
  it("gives bytes, sets of bytes and large texts back as they came", async () => {
    const bytes = new Uint8Array([0, 1, 254, 255]);
    const Item = {
      B: { B: bytes },
      BS: { BS: [bytes] },
      M: { M: { B: { S: "ü\u{1F600}" }, in: { L: [{ B: bytes }] } } },
    };
    await put("bytes", Item);
    expect(await get("bytes")).toEqual({ ...keyOf("bytes"), ...Item });
  });

  it("lets transactions that meet on an item conflict, and plain writes that meet one", async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, () =>
        client.send(new TransactWriteItemsCommand({ TransactItems: [addOf("hot", "x"), putOf("hot 2")] })),
      ),
    );
    const refused = outcomes.filter(({ status }) => status === "rejected");
    expect(refused.length).toBeLessThan(20);
    for (const { reason } of refused as PromiseRejectedResult[]) {
      expect(reason.CancellationReasons.map(({ Code }: { Code: string }) => Code)).toContain("TransactionConflict");
    }
  });

  it("names what it leaves out, and does not know what is no operation", async () => {
    const statement = client.send(new ExecuteStatementCommand({ Statement: `SELECT * FROM ${TABLE}` }));
    await expect(statement).rejects.toMatchObject({
      name: "UnsupportedError",
      message: "The DynamoDB in memory does not support ExecuteStatement.",
    });
    const legacy = new GetItemCommand({ TableName: TABLE, Key: keyOf("a"), AttributesToGet: ["PK"] });
    await expect(client.send(legacy)).rejects.toMatchObject({ message: expect.stringContaining("AttributesToGet") });
    const send = (target: string, body: string) =>
      fetch(dynamodb.endpoint, { method: "POST", body, headers: { "x-amz-target": target } });
    for (const [target, body, type] of [
      ["DynamoDB_20120810.GetRecords", "{}", "UnknownOperationException"],
      ["SomethingElse.PutItem", "{}", "UnknownOperationException"],
      ["DynamoDB_20120810.PutItem", "{", "SerializationException"],
      ["DynamoDB_20120810.PutItem", "[]", "SerializationException"],
      ["DynamoDB_20120810.PutItem", "{}", "ValidationException"],
      ["DynamoDB_20120810.BatchWriteItem", '{"RequestItems":{"limits":5}}', "ValidationException"],
    ] as const) {
      const answer = await send(target, body);
      expect([answer.status, await answer.json()]).toEqual([
        400,
        expect.objectContaining({ __type: expect.stringContaining(`#${type}`) }),
      ]);
    }
  });

  it("keeps tags, and answers for backups as an account without any", async () => {
    const ResourceArn = (await client.send(new DescribeTableCommand({ TableName: TABLE }))).Table?.TableArn;
    await client.send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: "team", Value: "a" }] }));
    const { Tags } = await client.send(new ListTagsOfResourceCommand({ ResourceArn }));
    expect(Tags).toEqual([{ Key: "team", Value: "a" }]);
    const backups = await client.send(new DescribeContinuousBackupsCommand({ TableName: TABLE }));
    expect(backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus).toBe(
      "DISABLED",
    );
  });
});

describe("the clock of a DynamoDB in memory", () => {
  it("deletes what expires, with the identity of time to live, and trims streams after 24 hours", async () => {
    const TimeToLiveSpecification = { AttributeName: "expires", Enabled: true };
    await client.send(new UpdateTimeToLiveCommand({ TableName: TABLE, TimeToLiveSpecification }));
    const seconds = Math.floor(dynamodb.clock.now() / 1000);
    await put("soon", { expires: { N: String(seconds + 60) } });
    await put("later", { expires: { N: String(seconds + 7_200) } });
    dynamodb.clock.advance(61_000);
    expect(await get("soon")).toBeUndefined();
    expect(await get("later")).toBeDefined();
    const arn = await streamArn();
    const { records } = await recordsOf(arn);
    expect(records.map(({ eventName }) => eventName)).toEqual(["INSERT", "INSERT", "REMOVE"]);
    expect(records[2]?.userIdentity).toEqual({ Type: "Service", PrincipalId: "dynamodb.amazonaws.com" });
    dynamodb.clock.advance(25 * 60 * 60 * 1000);
    expect((await recordsOf(arn)).records.map(({ eventName }) => eventName)).toEqual(["REMOVE"]); // later's own
    dynamodb.clock.set(Date.now());
    expect(() => dynamodb.clock.advance(-1)).toThrow(RangeError);
  });
});

describe("the streams of a DynamoDB in memory", () => {
  it("split on demand, stay readable when they end, and are others for a recreated table", async () => {
    const first = await streamArn();
    await put("a");
    expect(dynamodb.splitShard(TABLE)).toHaveLength(2);
    expect((await recordsOf(first)).shards).toBe(3);
    await client.send(new UpdateTableCommand({ TableName: TABLE, StreamSpecification: { StreamEnabled: false } }));
    expect(await streamArn()).toBe(first);
    expect(() => dynamodb.splitShard(TABLE)).toThrow("has no stream");
    await client.send(new DeleteTableCommand({ TableName: TABLE }));
    await client.send(new CreateTableCommand({ TableName: TABLE, ...CONTRACT_TABLE }));
    const second = await streamArn();
    expect(second).not.toBe(first);
    expect(await recordsOf(first)).toMatchObject({ status: "DISABLED", records: [{ eventName: "INSERT" }] });
    expect(await recordsOf(second)).toMatchObject({ status: "ENABLED", records: [] });
    const { Streams } = await streams.send(new ListStreamsCommand({ TableName: TABLE }));
    expect(Streams?.map(({ StreamArn }) => StreamArn)).toEqual(expect.arrayContaining([first, second]));
  });
});

describe("the faults of a DynamoDB in memory", () => {
  it("throttle so many requests, which the SDK resends", async () => {
    const fault = dynamodb.fail({ operation: "PutItem", times: 2, with: "throttle" });
    expect((await put("a")).$metadata.attempts).toBe(3);
    expect(fault.remaining).toBe(0);
    dynamodb.fail({ operation: "TransactWriteItems", with: "throttle" });
    const transaction = client.send(new TransactWriteItemsCommand({ TransactItems: [putOf("b")] }));
    await expect(transaction).rejects.toMatchObject({ CancellationReasons: [{ Code: "ThrottlingError" }] });
  });

  it("let a write meet a conflict, and nothing is written", async () => {
    dynamodb.fail({ operation: "PutItem", with: "conflict" });
    await expect(put("a")).rejects.toMatchObject({ name: "TransactionConflictException" });
    expect(await get("a")).toBeUndefined();
  });

  it("lose the answer to a write that is done: the same token does it once", async () => {
    dynamodb.fail({ operation: "TransactWriteItems", with: "lose-answer" });
    const TransactItems = [putOf("a"), addOf("set", "a")];
    const { $metadata } = await client.send(new TransactWriteItemsCommand({ TransactItems }));
    expect($metadata.attempts).toBe(2);
    expect((await recordsOf(await streamArn())).records).toHaveLength(2);
  });

  it("leave half of a batch unprocessed, or all of one", async () => {
    const batch = (...names: string[]) => {
      const requests = names.map((name) => ({ PutRequest: { Item: keyOf(name) } }));
      return client.send(new BatchWriteItemCommand({ RequestItems: { [TABLE]: requests } }));
    };
    dynamodb.fail({ operation: "BatchWriteItem", times: 2, with: "unprocessed" });
    expect((await batch("a", "b", "c")).UnprocessedItems?.[TABLE]).toHaveLength(2);
    expect((await batch("d")).UnprocessedItems?.[TABLE]).toHaveLength(1);
    expect([await get("a"), await get("b"), await get("d")].map((item) => item !== undefined)).toEqual([
      true,
      false,
      false,
    ]);
  });

  it("delay a request, are withdrawn, and are refused where they could befall nothing", async () => {
    using fault = dynamodb.fail({ operation: "GetItem", times: 5, with: { delayMs: 50 } });
    const from = performance.now();
    await get("a");
    expect(performance.now() - from).toBeGreaterThan(45);
    fault[Symbol.dispose]();
    expect(fault.remaining).toBe(0);
    for (const bad of [
      { operation: "GetItems", with: "throttle" },
      { operation: "GetItem", with: "conflict" },
      { operation: "PutItem", with: "unprocessed" },
      { operation: "PutItem", times: 0, with: "throttle" },
    ] as const) {
      expect(thrown(() => dynamodb.fail(bad))).toBeInstanceOf(RangeError);
    }
  });
});
