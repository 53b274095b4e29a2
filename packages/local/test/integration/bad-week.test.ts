import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { DynamoDBStreams } from "@aws-sdk/client-dynamodb-streams";
import {
  type DynamoDBStreamEvent,
  type EventSourceMapping,
  FileCheckpointStore,
  type MappingEvent,
  resolveStreamArn,
  startEventSourceMapping,
} from "@rollcall/local";
import { describeEachEngine, type TableDefinition } from "@rollcall/testing/dynamodb/engines";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { FaultyStream } from "../faulty-stream.ts";
import { HurriedClock } from "../hurried-clock.ts";

/** Ten seconds pass in a fifth of one. */
const FACTOR = 50;

const HOUR_MS = 3_600_000;
const KEYS = ["a", "b", "c"];

const definition: TableDefinition = {
  BillingMode: "PAY_PER_REQUEST",
  AttributeDefinitions: [{ AttributeName: "PK", AttributeType: "S" }],
  KeySchema: [{ AttributeName: "PK", KeyType: "HASH" }],
  StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
};

/** What was handled: each version of each item the first time it came. */
class Handled {
  readonly versions = new Map<string, number[]>(KEYS.map((key) => [key, []]));
  lastSequenceNumber = "";

  readonly handler = async ({ Records }: DynamoDBStreamEvent): Promise<void> => {
    for (const { dynamodb } of Records) {
      this.lastSequenceNumber = dynamodb?.SequenceNumber ?? "";
      const { PK, version } = (dynamodb?.NewImage ?? {}) as Record<string, { S?: string; N?: string } | undefined>;
      if (version?.N === undefined) continue; // a removal
      const known = this.versions.get(PK?.S ?? "");
      if (known !== undefined && !known.includes(Number(version.N))) known.push(Number(version.N));
    }
  };

  /** Resolves once these versions of every item have been handled. */
  async until(versions: readonly number[]): Promise<void> {
    await vi.waitFor(
      () => {
        for (const [key, known] of this.versions) expect(known, key).toEqual(expect.arrayContaining([...versions]));
      },
      { timeout: 20_000, interval: 5 },
    );
  }
}

describeEachEngine("a mapping in a bad week", (context) => {
  const clock = new HurriedClock(FACTOR);
  const handled = new Handled();
  const events: MappingEvent[] = [];
  let dynamodb: DynamoDB;
  let client: DynamoDBStreams;
  let streams: FaultyStream;
  let directory: string;
  let TableName: string;
  let mapping: EventSourceMapping;
  let version = 0;
  const expected: number[] = [];

  beforeAll(async () => {
    dynamodb = new DynamoDB(context.engine.clientConfig);
    client = new DynamoDBStreams(context.engine.clientConfig);
    streams = new FaultyStream(client, clock);
    directory = await mkdtemp(join(tmpdir(), "bad-week-"));
    TableName = await context.createTable(definition);
  });
  afterAll(async () => {
    dynamodb.destroy();
    client.destroy();
    await rm(directory, { recursive: true });
  });

  const start = async () =>
    startEventSourceMapping({
      streams,
      streamArn: await resolveStreamArn(dynamodb, TableName),
      startingPosition: "TRIM_HORIZON",
      checkpoints: new FileCheckpointStore(join(directory, "checkpoints.json")),
      handler: handled.handler,
      clock,
      onEvent: (event) => void events.push(event),
    });
  /** Writes the next version of every item. */
  const write = async ({ isRecorded = true } = {}) => {
    version++;
    if (isRecorded) expected.push(version);
    for (const key of KEYS) {
      await dynamodb.putItem({ TableName, Item: { PK: { S: key }, version: { N: String(version) } } });
    }
  };
  const untilState = (state: EventSourceMapping["state"]) =>
    vi.waitFor(() => expect(mapping.state).toBe(state), { timeout: 20_000, interval: 5 });
  /** It says so once it has looked for a stream and found none: only then may there be one. */
  const untilWaiting = (times: number) =>
    vi.waitFor(() => expect(said("waitingForStream")).toHaveLength(times), { timeout: 20_000, interval: 5 });
  const said = (kind: MappingEvent["kind"]) => events.filter((event) => event.kind === kind);

  test("handles every record that was in a stream while it could listen, in order for each item", async () => {
    mapping = await start();
    await write();
    await handled.until(expected);

    // it is away for 25 hours: what it had read has left the stream, and some that it had not
    await mapping.stop();
    await write({ isRecorded: false });
    await write();
    streams.trim(await sequenceNumberOf(version - 1));
    mapping = await start();
    await handled.until(expected);
    expect(said("recordsMayBeLost")).toHaveLength(1);

    await dynamodb.updateTable({ TableName, StreamSpecification: { StreamEnabled: false } });
    await untilWaiting(1);
    await write({ isRecorded: false });
    streams.forgetTrimming();
    await dynamodb.updateTable({ TableName, StreamSpecification: definition.StreamSpecification });
    await write();
    await handled.until(expected);
    await untilState("running");

    await write();
    await dynamodb.deleteTable({ TableName });
    await untilWaiting(2);
    await dynamodb.createTable({ TableName, ...definition });
    await write();
    await handled.until(expected);

    streams.cutFor(30_000);
    await write();
    await handled.until(expected);
    expect(said("retrying").length).toBeGreaterThan(3);

    for (const byMs of [8 * HOUR_MS, -16 * HOUR_MS, 8 * HOUR_MS]) {
      clock.set(byMs);
      await write();
      await handled.until(expected);
    }

    expect(mapping.state).toBe("running");
    await mapping.stop();
    for (const [key, known] of handled.versions) {
      expect(known, key).toEqual(known.toSorted((one, other) => one - other));
      expect(known, key).toEqual(expect.arrayContaining(expected));
    }
    expect(said("waitingForStream")).toHaveLength(2);
    expect(said("streamReplaced")).toHaveLength(2);
  });

  /** Where in the stream the last record of a version is. */
  async function sequenceNumberOf(wanted: number): Promise<string> {
    const StreamArn = await resolveStreamArn(dynamodb, TableName);
    const { StreamDescription } = await client.describeStream({ StreamArn });
    const ShardId = StreamDescription?.Shards?.[0]?.ShardId ?? "";
    const { ShardIterator } = await client.getShardIterator({ StreamArn, ShardId, ShardIteratorType: "TRIM_HORIZON" });
    const { Records = [] } = await client.getRecords({ ShardIterator });
    const found = Records.findLast(({ dynamodb: change }) => change?.NewImage?.version?.N === String(wanted));
    return found?.dynamodb?.SequenceNumber ?? "";
  }
});
