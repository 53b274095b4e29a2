import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDB, type WriteRequest } from "@aws-sdk/client-dynamodb";
import { DynamoDBStreams } from "@aws-sdk/client-dynamodb-streams";
import {
  type DynamoDBRecord,
  type EventSourceMapping,
  type EventSourceMappingOptions,
  FileCheckpointStore,
  type MappingEvent,
  MemoryCheckpointStore,
  resolveStreamArn,
  StreamUnavailableError,
  startEventSourceMapping,
} from "@rollcall/local";
import { describeEachEngine } from "@rollcall/testing/dynamodb/engines";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { Seen } from "../seen.ts";

describeEachEngine("event source mapping", (context) => {
  let dynamodb: DynamoDB;
  let streams: DynamoDBStreams;
  let TableName: string;
  let streamArn: string;
  let seen: Seen;

  beforeAll(() => {
    dynamodb = new DynamoDB(context.engine.clientConfig);
    streams = new DynamoDBStreams(context.engine.clientConfig);
  });
  afterAll(() => {
    dynamodb.destroy();
    streams.destroy();
  });
  beforeEach(async () => {
    seen = new Seen();
    TableName = await context.createTable({
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [
        { AttributeName: "PK", AttributeType: "S" },
        { AttributeName: "SK", AttributeType: "S" },
      ],
      KeySchema: [
        { AttributeName: "PK", KeyType: "HASH" },
        { AttributeName: "SK", KeyType: "RANGE" },
      ],
      StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
    });
    streamArn = await resolveStreamArn(dynamodb, TableName);
  });

  const start = (options: Partial<EventSourceMappingOptions> = {}): Promise<EventSourceMapping> =>
    startEventSourceMapping({
      streams,
      streamArn,
      startingPosition: "LATEST",
      handler: seen.handler,
      pollIntervalMs: 20,
      ...options,
    });
  const put = (key: string, more: Record<string, { S: string }> = {}) =>
    dynamodb.putItem({ TableName, Item: { PK: { S: key }, SK: { S: "#CONFIG" }, ...more } });
  const remove = (key: string) => dynamodb.deleteItem({ TableName, Key: { PK: { S: key }, SK: { S: "#CONFIG" } } });
  const putMany = async (count: number): Promise<string[]> => {
    const keys = Array.from({ length: count }, (_, index) => `k${index}`);
    for (let from = 0; from < count; from += 25) {
      const requests = keys
        .slice(from, from + 25)
        .map((key): WriteRequest => ({ PutRequest: { Item: { PK: { S: key }, SK: { S: "#CONFIG" } } } }));
      await dynamodb.batchWriteItem({ RequestItems: { [TableName]: requests } });
    }
    return keys;
  };

  test("inserts, modifications and removals arrive as Lambda sends them", async () => {
    await put("old");
    await using _ = await start();
    const Key = { PK: { S: "a" }, SK: { S: "#CONFIG" } };
    await dynamodb.putItem({
      TableName,
      Item: { ...Key, b: { B: new Uint8Array([1, 2, 3]) }, n: { N: "42" }, ss: { SS: ["x"] } },
    });
    await dynamodb.putItem({ TableName, Item: { ...Key, n: { N: "43" } } });
    await dynamodb.deleteItem({ TableName, Key });
    await seen.until((records) => records.length === 3);
    const common = {
      eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
      eventVersion: "1.1",
      eventSource: "aws:dynamodb",
      awsRegion: "us-east-1",
      eventSourceARN: streamArn,
    };
    const change = {
      ApproximateCreationDateTime: expect.any(Number),
      Keys: Key,
      SequenceNumber: expect.stringMatching(/^\d+$/),
      StreamViewType: "NEW_AND_OLD_IMAGES",
    };
    // by AWS's rule: PK and a are 3 bytes, SK and #CONFIG 9; b is 4, n with 42 or 43 is 3, ss is 3
    const [keyBytes, firstBytes, secondBytes] = [12, 22, 15];
    const first = { ...Key, b: { B: "AQID" }, n: { N: "42" }, ss: { SS: ["x"] } };
    const second = { ...Key, n: { N: "43" } };
    expect(seen.records).toStrictEqual([
      { ...common, eventName: "INSERT", dynamodb: { ...change, NewImage: first, SizeBytes: keyBytes + firstBytes } },
      {
        ...common,
        eventName: "MODIFY",
        dynamodb: { ...change, NewImage: second, OldImage: first, SizeBytes: keyBytes + secondBytes + firstBytes },
      },
      { ...common, eventName: "REMOVE", dynamodb: { ...change, OldImage: second, SizeBytes: keyBytes + secondBytes } },
    ]);
    expect(new Set(seen.records.map(({ eventID }) => eventID)).size).toBe(3);
  });

  test("every change of a transaction arrives, and nothing of a cancelled one", async () => {
    await using _ = await start();
    const item = (key: string) => ({ PK: { S: key }, SK: { S: "#CONFIG" } });
    await put("a");
    await dynamodb.transactWriteItems({
      TransactItems: [
        { Put: { TableName, Item: item("b") } },
        { Delete: { TableName, Key: item("a") } },
        {
          Update: {
            TableName,
            Key: item("registry"),
            UpdateExpression: "ADD resources :r",
            ExpressionAttributeValues: { ":r": { SS: ["b"] } },
          },
        },
      ],
    });
    const cancelled = dynamodb.transactWriteItems({
      TransactItems: [
        { Put: { TableName, Item: item("c") } },
        { ConditionCheck: { TableName, Key: item("nothing"), ConditionExpression: "attribute_exists(PK)" } },
      ],
    });
    await expect(cancelled).rejects.toThrow("Transaction cancelled");
    await put("last");
    await seen.until(() => seen.changes.includes("INSERT last"));
    expect(seen.changes.toSorted()).toEqual(["INSERT a", "INSERT b", "INSERT last", "INSERT registry", "REMOVE a"]);
  });

  test("filters let through what they say", async () => {
    const pattern = { eventName: ["INSERT", "REMOVE"], dynamodb: { Keys: { SK: { S: ["#CONFIG"] } } } };
    await using _ = await start({ filterCriteria: { filters: [{ pattern: JSON.stringify(pattern) }] } });
    await dynamodb.putItem({ TableName, Item: { PK: { S: "state" }, SK: { S: "#STATE" } } });
    await put("a");
    await put("a", { text: { S: "changed" } });
    await remove("a");
    await put("last");
    await seen.until(() => seen.changes.includes("INSERT last"));
    expect(seen.changes).toEqual(["INSERT a", "REMOVE a", "INSERT last"]);
  });

  test("a backlog of more than one read arrives once and in order", async () => {
    const keys = await putMany(1100);
    await using _ = await start({ startingPosition: "TRIM_HORIZON", batchSize: 300 });
    await seen.until((records) => records.length >= 1100);
    expect(seen.changes).toEqual(keys.map((key) => `INSERT ${key}`));
  });

  test("with parallel batches every item's changes arrive in order", async () => {
    await using _ = await start({ parallelizationFactor: 5, batchSize: 3 });
    for (let round = 0; round < 5; round++) {
      for (const key of ["a", "b", "c", "d", "e", "f"]) await (round % 2 === 0 ? put(key) : remove(key));
    }
    await seen.until((records) => records.length >= 30);
    for (const key of ["a", "b", "c", "d", "e", "f"]) {
      const ofItem = seen.changes.filter((change) => change.endsWith(` ${key}`)).map((change) => change.split(" ")[0]);
      expect(ofItem).toEqual(["INSERT", "REMOVE", "INSERT", "REMOVE", "INSERT"]);
    }
  });

  test("a record that is reported is retried with all that follow it", async () => {
    const batches: string[][] = [];
    let reported = false;
    await putMany(5);
    const handler = async ({ Records }: { Records: DynamoDBRecord[] }) => {
      batches.push(Records.map(({ dynamodb }) => Object.values(dynamodb?.Keys?.PK ?? {}).join()));
      const third = Records.find(({ dynamodb }) => Object.values(dynamodb?.Keys?.PK ?? {}).includes("k2"));
      if (reported || third === undefined) {
        await seen.handler({ Records });
        return { batchItemFailures: [] };
      }
      reported = true;
      return { batchItemFailures: [{ itemIdentifier: third.dynamodb?.SequenceNumber ?? "" }] };
    };
    await using _ = await start({
      startingPosition: "TRIM_HORIZON",
      handler,
      functionResponseTypes: ["ReportBatchItemFailures"],
    });
    await seen.until((records) => records.length === 3);
    expect(batches).toEqual([
      ["k0", "k1", "k2", "k3", "k4"],
      ["k2", "k3", "k4"],
    ]);
  });

  test("a mapping continues from its checkpoints in a file: nothing is lost, nothing repeated", async () => {
    const directory = await mkdtemp(join(tmpdir(), "mapping-"));
    try {
      const path = join(directory, "checkpoints.json");
      for (const round of ["first", "second", "third"]) {
        await using _ = await start({ checkpoints: new FileCheckpointStore(path), batchSize: 2 });
        for (const key of ["a", "b", "c"]) await put(`${round}-${key}`);
        await seen.until(() => seen.changes.includes(`INSERT ${round}-c`));
        await put(`after-${round}`);
      }
      await using _ = await start({ checkpoints: new FileCheckpointStore(path) });
      await seen.until(() => seen.changes.includes("INSERT after-third"));
    } finally {
      await rm(directory, { recursive: true });
    }
    const rounds = ["first", "second", "third"].flatMap((round) => [
      `${round}-a`,
      `${round}-b`,
      `${round}-c`,
      `after-${round}`,
    ]);
    expect(seen.changes).toEqual(rounds.map((key) => `INSERT ${key}`));
  });

  test("what is written between two mappings at LATEST arrives, also when the first one saw nothing", async () => {
    const checkpoints = new MemoryCheckpointStore();
    await (await start({ checkpoints })).stop();
    await put("between");
    await using _ = await start({ checkpoints });
    await seen.until((records) => records.length > 0);
    expect(seen.changes).toEqual(["INSERT between"]);
  });

  test("a checkpoint ahead of the stream, of an engine that lost its last writes, starts over and skips nothing", async () => {
    await put("a");
    const { StreamDescription } = await streams.describeStream({ StreamArn: streamArn });
    const shardId = StreamDescription?.Shards?.[0]?.ShardId ?? "";
    await using first = await start({ startingPosition: "TRIM_HORIZON" });
    await seen.until((records) => records.length === 1);
    await first.stop();
    const [number = ""] = seen.records.splice(0).map(({ dynamodb }) => dynamodb?.SequenceNumber);
    const ahead = String(BigInt(number) + 5n).padStart(number.length, "0");
    const checkpoints = new MemoryCheckpointStore();
    await checkpoints.save(`local-function ${streamArn}`, { [shardId]: { sequenceNumber: ahead } });
    const news: MappingEvent[] = [];
    await using _ = await start({ checkpoints, onEvent: (event) => void news.push(event) });
    await seen.until((records) => records.length === 1);
    await put("b");
    await seen.until((records) => records.length === 2);
    expect(seen.changes).toEqual(["INSERT a", "INSERT b"]);
    expect(news.filter(({ kind }) => kind !== "batch")).toEqual([{ kind: "startedOver", shardId, after: ahead }]);
  });

  if (context.engineName === "dynamodb-local") {
    test("an expired item arrives as a removal by the service", async () => {
      await dynamodb.updateTimeToLive({
        TableName,
        TimeToLiveSpecification: { Enabled: true, AttributeName: "expires" },
      });
      await using _ = await start();
      await dynamodb.putItem({
        TableName,
        Item: { PK: { S: "b" }, SK: { S: "#CONFIG" }, expires: { N: `${Math.floor(Date.now() / 1000) - 5}` } },
      });
      await seen.until(() => seen.changes.includes("REMOVE b"));
      const expired = seen.records.find(({ eventName }) => eventName === "REMOVE");
      expect(expired).toMatchObject({ userIdentity: { type: "Service", principalId: "dynamodb.amazonaws.com" } });
    });
  }

  if (context.engineName === "dynoxide") {
    test("a shard that lists an ending sequence number, though it is open, is read on", async () => {
      await using _ = await start();
      await putMany(15);
      const { StreamDescription } = await streams.describeStream({ StreamArn: streamArn });
      expect(StreamDescription?.Shards?.[0]?.SequenceNumberRange?.EndingSequenceNumber).toBe("9");
      await put("later");
      await seen.until(() => seen.changes.includes("INSERT later"));
      expect(seen.records).toHaveLength(16);
    });

    test("a mapping that is not to follow its table fails when that is deleted", async () => {
      const mapping = await start({ whenStreamEnds: "fail" });
      await dynamodb.deleteTable({ TableName });
      await expect(mapping.closed).rejects.toThrow(StreamUnavailableError);
      expect(mapping.state).toBe("failed");
    });
  }

  test("a table without a stream has no stream ARN", async () => {
    const quiet = await context.createTable({
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "PK", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "PK", KeyType: "HASH" }],
    });
    await expect(resolveStreamArn(dynamodb, quiet)).rejects.toThrow(`Table "${quiet}" has no stream; turn one on`);
  });
});
