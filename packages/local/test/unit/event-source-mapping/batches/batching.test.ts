import { expect, test } from "vitest";
import { MAX_BATCH_BYTES } from "../../../../src/event-source-mapping/constants.ts";
import { keys, World } from "../world.ts";

test("batching: batches hold as many records as they may, in the stream's order", async () => {
  const world = new World();
  world.put(keys(250));
  await using _ = await world.start({ batchSize: 100 });
  await world.idle();
  expect(world.batches).toEqual([keys(250).slice(0, 100), keys(250).slice(100, 200), keys(250).slice(200)]);
});

test("batching: 100 is the default batch size", async () => {
  const world = new World();
  world.put(keys(150));
  await using _ = await world.start();
  await world.idle();
  expect(world.batches.map(({ length }) => length)).toEqual([100, 50]);
});

test("batching: a batch may be gathered from several reads", async () => {
  const world = new World();
  world.stream.answers.recordsPerPage = 3;
  world.put(keys(10));
  await using _ = await world.start({ batchSize: 8, maximumBatchingWindowInSeconds: 1 });
  await world.idle();
  expect(world.batches).toEqual([keys(8), ["k8", "k9"]]);
});

test("batching: without a window, what a read finds is sent immediately", async () => {
  const world = new World();
  await using _ = await world.start();
  await world.clock.advance(1000);
  const written = world.clock.now();
  world.put(["a"]);
  await world.clock.until(() => world.invocations.length === 1);
  world.put(["b", "c"]);
  await world.idle();
  expect(world.batches).toEqual([["a"], ["b", "c"]]);
  expect(world.invocations[0]?.at).toBeLessThanOrEqual(written + 250);
});

test("batching: a window opens with its first record and closes on time", async () => {
  const world = new World();
  await using _ = await world.start({ maximumBatchingWindowInSeconds: 10, pollIntervalMs: 100 });
  await world.clock.advance(60_000);
  const opened = world.clock.now();
  world.put(["a"]);
  await world.clock.advance(9_000);
  world.put(["b"]);
  await world.clock.advance(2_000);
  world.put(["c"]);
  await world.idle();
  expect(world.batches).toEqual([["a", "b"], ["c"]]);
  expect(world.invocations[0]?.at).toBeGreaterThanOrEqual(opened + 10_000);
  expect(world.invocations[0]?.at).toBeLessThanOrEqual(opened + 10_100);
});

test("batching: a window closes when the batch is full", async () => {
  const world = new World();
  await using _ = await world.start({ maximumBatchingWindowInSeconds: 300, batchSize: 3 });
  const opened = world.clock.now();
  world.put(keys(7));
  await world.clock.advance(1000);
  expect(world.batches).toEqual([keys(3), ["k3", "k4", "k5"]]);
  await world.clock.until(() => world.invocations.length === 3);
  expect(world.invocations[2]?.keys).toEqual(["k6"]);
  expect(world.invocations[2]?.at).toBeGreaterThanOrEqual(opened + 300_000);
});

test("batching: a window closes when its shard ends", async () => {
  const world = new World();
  await using _ = await world.start({ maximumBatchingWindowInSeconds: 300 });
  world.put(["a"]);
  world.stream.roll("shard-1", "shard-2");
  world.put(["b"], "shard-2");
  await world.clock.advance(1000);
  expect(world.batches).toEqual([["a"]]);
  await world.clock.advance(300_000);
  expect(world.batches).toEqual([["a"], ["b"]]);
});

test("batching: an event is never larger than 6 MB", async () => {
  const world = new World();
  const megabyte = { S: "ä".repeat(512 * 1024) };
  for (const key of keys(13)) {
    world.stream.put("shard-1", key, { dynamodb: { NewImage: { PK: { S: key }, text: megabyte } } });
  }
  await using _ = await world.start();
  await world.idle();
  expect(world.batches).toEqual([keys(13).slice(0, 5), keys(13).slice(5, 10), keys(13).slice(10)]);
  for (const { event } of world.invocations)
    expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThanOrEqual(MAX_BATCH_BYTES);
});

test("batching: a record too large for any batch is sent alone", async () => {
  const world = new World();
  const image = { text: { S: "x".repeat(MAX_BATCH_BYTES) } };
  world.put(["a"]);
  world.stream.put("shard-1", "huge", { dynamodb: { NewImage: image } });
  world.put(["b"]);
  await using _ = await world.start();
  await world.idle();
  expect(world.batches).toEqual([["a"], ["huge"], ["b"]]);
});

test("batching: only records that match a filter are sent, and only they fill a batch or open a window", async () => {
  const world = new World();
  const filterCriteria = { filters: [{ pattern: '{"eventName":["REMOVE"]}' }] };
  await using _ = await world.start({ filterCriteria, batchSize: 2, maximumBatchingWindowInSeconds: 20 });
  world.put(keys(50));
  await world.clock.advance(60_000);
  const opened = world.clock.now();
  world.stream.put("shard-1", "gone-1", { eventName: "REMOVE" });
  await world.clock.advance(30_000);
  world.put(["noise"]);
  for (const key of ["gone-2", "gone-3", "gone-4"]) world.stream.put("shard-1", key, { eventName: "REMOVE" });
  await world.idle();
  expect(world.batches).toEqual([["gone-1"], ["gone-2", "gone-3"], ["gone-4"]]);
  expect(world.invocations[0]?.at).toBeGreaterThanOrEqual(opened + 20_000);
});

test("batching: the event and its context are those of Lambda", async () => {
  const world = new World();
  const [sequenceNumber] = world.put(["a"]);
  let remaining: number[] = [];
  world.answer = async ({ context }) => {
    remaining = [context.getRemainingTimeInMillis()];
    await world.clock.sleep(700);
    remaining.push(context.getRemainingTimeInMillis());
  };
  await using _ = await world.start({ functionName: "maintainer", functionTimeoutSeconds: 5 });
  await world.idle();
  const [invocation] = world.invocations;
  expect(invocation?.event).toStrictEqual({
    Records: [
      {
        eventID: `event-${sequenceNumber}`,
        eventName: "INSERT",
        eventVersion: "1.1",
        eventSource: "aws:dynamodb",
        awsRegion: "eu-central-1",
        dynamodb: {
          ApproximateCreationDateTime: Date.parse("2026-11-22T10:00:00Z") / 1000,
          Keys: { PK: { S: "a" } },
          NewImage: { PK: { S: "a" } },
          SequenceNumber: sequenceNumber,
          SizeBytes: 26,
          StreamViewType: "NEW_AND_OLD_IMAGES",
        },
        eventSourceARN: "arn:aws:dynamodb:eu-central-1:123456789012:table/limits/stream/2026-11-22T10:00:00.000",
      },
    ],
  });
  expect(invocation?.context).toMatchObject({
    functionName: "maintainer",
    functionVersion: "$LATEST",
    invokedFunctionArn: "arn:aws:lambda:eu-central-1:123456789012:function:maintainer",
    awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    logGroupName: "/aws/lambda/maintainer",
  });
  expect(remaining).toEqual([5000, 4300]);
});
