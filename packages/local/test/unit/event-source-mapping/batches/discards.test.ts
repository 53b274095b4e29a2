import { expect, test } from "vitest";
import { keys, World } from "../world.ts";

const report = (...itemIdentifiers: (string | undefined)[]) => ({
  batchItemFailures: itemIdentifiers.map((itemIdentifier) => ({ itemIdentifier })),
});
const reportFailures = { functionResponseTypes: ["ReportBatchItemFailures"] as const };

test("with bisecting a bad record ends up alone, and the others are done in order", async () => {
  const world = new World();
  world.put(keys(8));
  world.answer = ({ keys }) => {
    if (keys.includes("k5")) throw new Error("k5 is bad");
  };
  await using _ = await world.start({ bisectBatchOnFunctionError: true, maximumRetryAttempts: 1 });
  await world.idle();
  expect(world.batches).toEqual([
    keys(8),
    ["k0", "k1", "k2", "k3"],
    ["k4", "k5", "k6", "k7"],
    ["k4", "k5"],
    ["k4"],
    ["k5"],
    ["k5"],
    ["k6", "k7"],
  ]);
  expect(world.told.failures.map(({ DDBStreamBatchInfo }) => DDBStreamBatchInfo.batchSize)).toEqual([1]);
});

test.each([0, 3])(
  "a record that fails behind others is sent %i times more once it is alone, and its document counts those",
  async (maximumRetryAttempts) => {
    const world = new World();
    const [, , c] = world.put(["a", "b", "c"]);
    world.answer = ({ sequenceNumbers }) => (sequenceNumbers.includes(c ?? "") ? report(c) : report());
    await using _ = await world.start({ ...reportFailures, maximumRetryAttempts });
    await world.idle();
    expect(world.batches).toEqual([["a", "b", "c"], ...Array.from({ length: maximumRetryAttempts + 1 }, () => ["c"])]);
    expect(world.told.failures).toMatchObject([
      { requestContext: { approximateInvokeCount: maximumRetryAttempts + 1 }, DDBStreamBatchInfo: { batchSize: 1 } },
    ]);
  },
);

test("when the retries are used up the batch is discarded and the shard moves on", async () => {
  const world = new World();
  const [a, b] = world.put(["a", "b", "c"]);
  world.answer = ({ keys }) => {
    if (keys.includes("a")) throw new Error("never");
  };
  await using _ = await world.start({ batchSize: 2, maximumRetryAttempts: 2, functionName: "maintainer" });
  await world.idle();
  expect(world.batches).toEqual([["a", "b"], ["a", "b"], ["a", "b"], ["c"]]);
  expect(world.told.failures).toEqual([
    {
      requestContext: {
        requestId: world.invocations[2]?.context.awsRequestId,
        functionArn: "arn:aws:lambda:eu-central-1:123456789012:function:maintainer",
        condition: "RetryAttemptsExhausted",
        approximateInvokeCount: 3,
      },
      responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
      version: "1.0",
      timestamp: "2026-11-22T10:00:00.750Z",
      DDBStreamBatchInfo: {
        shardId: "shard-1",
        startSequenceNumber: a,
        endSequenceNumber: b,
        approximateArrivalOfFirstRecord: "2026-11-22T10:00:00Z",
        approximateArrivalOfLastRecord: "2026-11-22T10:00:00Z",
        batchSize: 2,
        streamArn: "arn:aws:dynamodb:eu-central-1:123456789012:table/limits/stream/2026-11-22T10:00:00.000",
      },
    },
  ]);
});

test("after partial responses only what is left is discarded, with no function error", async () => {
  const world = new World();
  const [, , c, d] = world.put(["a", "b", "c", "d"]);
  world.answer = ({ sequenceNumbers }) => (sequenceNumbers.includes(c ?? "") ? report(c) : report());
  await using _ = await world.start({ ...reportFailures, maximumRetryAttempts: 1 });
  await world.idle();
  expect(world.batches).toEqual([
    ["a", "b", "c", "d"],
    ["c", "d"],
    ["c", "d"],
  ]);
  expect(world.told.failures).toMatchObject([
    {
      requestContext: { condition: "RetryAttemptsExhausted", approximateInvokeCount: 2 },
      responseContext: { functionError: null },
      DDBStreamBatchInfo: { startSequenceNumber: c, endSequenceNumber: d, batchSize: 2 },
    },
  ]);
});

test("records that have become too old are discarded, unsent or between two retries, and the fresh ones are not", async () => {
  const world = new World();
  const [a] = world.put(["a"]);
  await world.clock.advance(61_000);
  const [b] = world.put(["b"]);
  await world.clock.advance(30_000);
  const [c] = world.put(["c"]);
  world.answer = ({ keys }) => {
    if (keys.includes("b")) throw new Error("never");
  };
  await using _ = await world.start({ maximumRecordAgeInSeconds: 60 });
  await world.idle(120_000);
  expect(world.batches.at(0)).toEqual(["b", "c"]);
  expect(world.batches.at(-1)).toEqual(["c"]);
  expect(world.told.failures).toMatchObject([
    {
      requestContext: { condition: "RecordAgeExceeded", approximateInvokeCount: 1 },
      DDBStreamBatchInfo: { startSequenceNumber: a, batchSize: 1 },
    },
    {
      requestContext: { condition: "RecordAgeExceeded", approximateInvokeCount: world.invocations.length - 1 },
      DDBStreamBatchInfo: { startSequenceNumber: b, endSequenceNumber: b, batchSize: 1 },
    },
  ]);
  for (const document of world.told.failures) expect(document).not.toHaveProperty("responseContext");
  expect(await world.checkpoint()).toEqual({ sequenceNumber: c });
});

test("without a limit a batch is retried for ever", async () => {
  const world = new World();
  world.put(["a"]);
  world.answer = () => {
    throw new Error("never");
  };
  await using _ = await world.start();
  await world.idle(26 * 3_600_000);
  expect(world.invocations.length).toBeGreaterThan(18_000);
  expect(world.told.failures).toEqual([]);
});

test("an onFailure that throws ends the mapping, and the records are sent by the next one", async () => {
  const world = new World();
  world.put(["a"]);
  world.answer = () => {
    throw new Error("never");
  };
  const onFailure = () => Promise.reject(new Error("queue is gone"));
  const mapping = await world.start({ maximumRetryAttempts: 0, onFailure });
  const closed = expect(mapping.closed).rejects.toThrow("queue is gone");
  await world.clock.until(() => mapping.state === "failed");
  await closed;
  world.answer = () => undefined;
  await using _ = await world.start();
  await world.idle();
  expect(world.batches).toEqual([["a"], ["a"]]);
});

test("a batch that is split and discarded says so in its lines", async () => {
  const world = new World();
  world.put(["a", "b"]);
  world.answer = ({ keys }) => {
    if (keys.includes("a")) throw new Error("no");
  };
  await using _ = await world.start({ bisectBatchOnFunctionError: true, maximumRetryAttempts: 0 });
  await world.idle();
  expect(world.told.lines).toEqual([
    "shard-1: 2 records (2 INSERT) failed in 0 ms, split, retry in 250 ms: Error: no",
    "shard-1: 1 record (1 INSERT) failed in 0 ms, discarded: Error: no",
    "shard-1: 1 record (1 INSERT) discarded after 2 invocations: RetryAttemptsExhausted",
    "shard-1: 1 record (1 INSERT) ok in 0 ms",
  ]);
});
