import { StreamUnavailableError } from "@rollcall/local";
import { expect, test } from "vitest";
import { named } from "../fake-stream.ts";
import { keys, World } from "../world.ts";

const minutes = (count: number) => count * 60_000;

test("TRIM_HORIZON begins with the oldest record", async () => {
  const world = new World();
  world.put(["old"]);
  await using _ = await world.start({ startingPosition: "TRIM_HORIZON" });
  world.put(["new"]);
  await world.idle();
  expect(world.batches.flat()).toEqual(["old", "new"]);
});

test("LATEST begins with the first record written after the start", async () => {
  const world = new World();
  world.put(["old"]);
  await using _ = await world.start({ startingPosition: "LATEST" });
  world.put(["new"]);
  await world.idle();
  expect(world.batches.flat()).toEqual(["new"]);
});

test("at LATEST closed shards are left alone, and their children are joined immediately", async () => {
  const world = new World("root");
  world.put(["old"], "root");
  world.stream.roll("root", "child");
  world.put(["older"], "child");
  await using _ = await world.start({ startingPosition: "LATEST" });
  world.put(["new"], "child");
  await world.idle();
  expect(world.batches.flat()).toEqual(["new"]);
  expect(world.stream.requests).not.toContain("getShardIterator root LATEST");
});

test("shards that turn up after the start are read from their oldest record, also at LATEST", async () => {
  const world = new World();
  world.put(["old"]);
  await using _ = await world.start({ startingPosition: "LATEST" });
  world.put(["a"]);
  world.stream.roll("shard-1", "shard-2", "shard-3");
  world.put(["b"], "shard-2");
  world.put(["c"], "shard-3");
  world.stream.roll("shard-3", "shard-4");
  world.put(["d"], "shard-4");
  world.stream.addShard("shard-5");
  world.put(["e"], "shard-5");
  await world.idle();
  expect(world.batches.flat().toSorted()).toEqual(["a", "b", "c", "d", "e"]);
  expect(world.stream.requests).toContain("getShardIterator shard-2 TRIM_HORIZON");
});

test("children wait until their parent is drained, however long it is retried", async () => {
  const world = new World();
  world.put(["a", "b"]);
  world.stream.roll("shard-1", "shard-2");
  world.put(["a", "c"], "shard-2");
  world.answer = (_, number) => {
    if (number < 6) throw new Error("not yet");
  };
  await using _ = await world.start();
  await world.idle(minutes(5));
  expect(world.batches.slice(0, 6)).toEqual(Array.from({ length: 6 }, () => ["a", "b"]));
  expect(world.batches.slice(6)).toEqual([["a", "c"]]);
});

test("shards without a common ancestor are read side by side", async () => {
  const world = new World("shard-1", "shard-2");
  world.put(["a"], "shard-1");
  world.put(["b"], "shard-2");
  world.answer = async ({ keys: [key] }) => {
    if (key === "a") throw new Error("never");
  };
  await using _ = await world.start();
  await world.clock.until(() => world.batches.flat().includes("b"));
});

test("a stream's shards are listed to the last page", async () => {
  const shards = keys(7, "shard-");
  const world = new World(...shards);
  world.stream.answers.shardsPerPage = 2;
  for (const shard of shards) world.put([shard], shard);
  await using _ = await world.start();
  await world.idle();
  expect(world.batches.flat().toSorted()).toEqual(shards);
});

test("a stream that has no shards yet is read once it has", async () => {
  const world = new World();
  world.stream.forget("shard-1");
  await using _ = await world.start({ startingPosition: "LATEST" });
  await world.clock.advance(1000);
  world.stream.addShard("shard-2");
  world.put(["a"], "shard-2");
  await world.idle();
  expect(world.batches).toEqual([["a"]]);
});

test("an expired iterator is replaced where it stood: nothing is lost and nothing repeated", async () => {
  const world = new World();
  world.stream.answers.recordsPerPage = 2;
  world.put(keys(4));
  world.answer = (_, number) => {
    if (number < 250) throw new Error("twenty minutes of retries");
  };
  await using _ = await world.start({ batchSize: 2 });
  await world.clock.until(() => world.invocations.length > 250);
  await world.idle();
  expect(world.batches.slice(249)).toEqual([
    ["k0", "k1"],
    ["k2", "k3"],
  ]);
  expect(world.told.lines).toContain("shard-1: shard iterator expired, getting a new one");
});

test("an iterator at LATEST that expires before the first record loses nothing and repeats nothing old", async () => {
  const world = new World();
  world.put(["old"]);
  await world.clock.advance(minutes(5));
  await using _ = await world.start({ startingPosition: "LATEST" });
  await world.clock.advance(minutes(5));
  world.stream.expireIterators();
  world.put(["new"]);
  await world.idle();
  world.stream.expireIterators();
  world.put(["newer"]);
  await world.idle();
  expect(world.batches.flat()).toEqual(["new", "newer"]);
});

test("when records have left the stream, reading continues with the oldest one, and the mapping says so", async () => {
  const world = new World();
  const [, b] = world.put(["a", "b"]);
  await (await started(world)).stop();
  world.put(keys(4));
  world.stream.trim("shard-1", 4);
  await using _ = await world.start();
  await world.idle();
  expect(world.batches.flat()).toEqual(["a", "b", "k2", "k3"]);
  expect(world.news).toContainEqual({ kind: "recordsMayBeLost", shardId: "shard-1", after: b });
  expect(world.told.lines).toContain(
    `shard-1: records after ${b} have left the stream unread, reading continues with the oldest there is`,
  );
});

test("records that leave the stream while it is read are no failure", async () => {
  const world = new World();
  world.stream.answers.recordsPerPage = 1;
  world.put(keys(4));
  world.answer = ({ keys: [key] }) => {
    if (key === "k0") world.stream.trim("shard-1", 3);
  };
  await using _ = await world.start();
  await world.idle();
  expect(world.batches.flat()).toEqual(["k0", "k3"]);
});

test.each([
  ["throttling", named("ProvisionedThroughputExceededException")],
  ["too many readers", named("LimitExceededException")],
  ["an error of the server", named("InternalServerError", { $metadata: { httpStatusCode: 500 } })],
  ["what the SDK calls retryable", named("SomeException", { $retryable: {} })],
  ["a request that takes too long", named("TimeoutError")],
  ["an engine that is being restarted", named("Error", { code: "ECONNREFUSED" })],
  ["a name that is not resolved", named("Error", { code: "ENOTFOUND" })],
  ["a resolver that does not answer", named("Error", { code: "EAI_AGAIN" })],
  ["a network that is unreachable", named("Error", { code: "ENETUNREACH" })],
  ["a host that is unreachable", named("Error", { code: "EHOSTUNREACH" })],
  ["a connection that times out", named("Error", { code: "ETIMEDOUT" })],
  ["a network error within another", new TypeError("fetch failed", { cause: named("Error", { code: "ENETDOWN" }) })],
  ["a body that ends early", new SyntaxError("Unexpected end of JSON input")],
  ["a connection that ends early", named("Error", { code: "ERR_STREAM_PREMATURE_CLOSE" })],
  ["an expired token that its provider renews", named("ExpiredTokenException")],
])("a request that fails for %s is retried", async (_, failure) => {
  const world = new World();
  await using _mapping = await world.start();
  world.put(["a"]);
  world.stream.failures.getRecords.push(failure, failure, failure);
  await world.idle();
  expect(world.batches).toEqual([["a"]]);
  expect(world.told.lines.filter((line) => line.startsWith("stream request failed, retry in"))).toHaveLength(3);
  expect(world.news).toMatchObject(Array.from({ length: 3 }, () => ({ kind: "retrying", error: failure })));
});

test("a failure that should pass and does not within a minute ends the mapping", async () => {
  const world = new World();
  const mapping = await world.start();
  const from = world.clock.now();
  const refused = named("Error", { code: "ECONNREFUSED" });
  world.stream.failures.getRecords.push(...Array.from({ length: 1000 }, () => refused));
  const closed = expect(mapping.closed).rejects.toThrow(/failed for \d+ s/);
  await world.clock.until(() => mapping.state === "failed");
  await closed;
  expect(world.clock.now() - from).toBeGreaterThanOrEqual(60_000);
  expect(world.clock.now() - from).toBeLessThan(70_000);
});

test.each([
  ["getRecords", "AccessDeniedException"],
  ["describeStream", "AccessDeniedException"],
  ["getShardIterator", "AccessDeniedException"],
  ["getRecords", "UnrecognizedClientException"],
  ["describeStream", "ResourceNotFoundException"], // of a stream that cannot be followed
] as const)(
  "a %s that is refused with %s ends the mapping immediately, and its error says why",
  async (operation, name) => {
    const world = new World();
    const mapping = await world.start();
    const cause = named(name);
    const closed = expect(mapping.closed).rejects.toMatchObject({
      name: "StreamUnavailableError",
      code: "STREAM_UNAVAILABLE",
      cause,
    });
    world.stream.failures[operation].push(cause);
    if (operation === "getShardIterator") world.stream.roll("shard-1", "shard-2");
    await world.clock.until(() => mapping.state === "failed");
    await closed;
    await expect(mapping.stop()).rejects.toBeInstanceOf(StreamUnavailableError);
  },
);

test.each([
  ["AccessDeniedException", "Allow dynamodb:DescribeStream, GetShardIterator, GetRecords and ListStreams on it"],
  ["UnrecognizedClientException", "Check the access key, in which DynamoDB Local takes only letters and digits"],
])("a stream that answers %s is told with what to do about that", async (name, remedy) => {
  const world = new World();
  world.stream.failures.describeStream.push(named(name));
  await expect(world.start()).rejects.toThrow(remedy);
});

test("a record without a sequence number ends the mapping: its place could not be kept", async () => {
  const world = new World();
  world.stream.put("shard-1", "a", { dynamodb: { SequenceNumber: undefined } });
  const mapping = await world.start();
  await world.clock.until(() => mapping.state === "failed");
  await expect(mapping.closed).rejects.toThrow("returned a record without a sequence number");
});

test("a failure of one shard ends the others, after the invocations in flight", async () => {
  const world = new World("shard-1", "shard-2");
  world.put(["a"], "shard-1");
  world.answer = async () => {
    await world.clock.sleep(2000);
  };
  const mapping = await world.start();
  await world.clock.until(() => world.invocations.length === 1);
  world.stream.failures.getRecords.push(named("AccessDeniedException"));
  await world.clock.until(() => mapping.state === "stopping");
  const closed = expect(mapping.closed).rejects.toThrow("AccessDeniedException");
  await world.clock.advance(1000);
  expect(mapping.state).toBe("stopping");
  await world.clock.until(() => mapping.state === "failed");
  await closed;
  expect(world.told.reports.map(({ outcome }) => outcome.kind)).toEqual(["succeeded"]);
});

async function started(world: World) {
  const mapping = await world.start();
  await world.idle();
  return mapping;
}
