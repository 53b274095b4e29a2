import { expect, test } from "vitest";
import { named } from "../fake-stream.ts";
import { keys, World } from "../world.ts";

const refusals = [
  ["ValidationException", Object.assign(named("ValidationException"), { message: "Invalid ShardId in ShardIterator" })],
  ["ResourceNotFoundException", named("ResourceNotFoundException")],
  ["TrimmedDataAccessException", named("TrimmedDataAccessException")],
] as const;

/** A mapping that read one record of a shard and stopped; then the shard was closed and got a child. */
async function stoppedInParent() {
  const world = new World("parent");
  const [read = ""] = world.put(["read"], "parent");
  const mapping = await world.start();
  await world.idle();
  await world.clock.outcome(mapping.stop());
  world.stream.roll("parent", "child");
  world.put(["new"], "child");
  world.told.events.length = 0;
  return { world, read };
}

test.each(refusals)(
  "a shard that left the stream and is still listed counts as drained when it answers %s",
  async (_, refusal) => {
    const { world, read } = await stoppedInParent();
    const { stream } = world;
    const getShardIterator = stream.getShardIterator.bind(stream);
    stream.getShardIterator = async (input) => {
      if (input.ShardId === "parent" && refusal.name !== "TrimmedDataAccessException") throw refusal;
      if (input.ShardId === "parent" && input.ShardIteratorType !== "TRIM_HORIZON") throw refusal;
      return await getShardIterator(input);
    };
    await using mapping = await world.start();
    await world.idle();
    expect(mapping.state).toBe("running");
    expect(world.batches.flat()).toContain("new");
    expect(world.news).toContainEqual({ kind: "recordsMayBeLost", shardId: "parent", after: read });
    expect(world.news.filter(({ kind }) => kind === "recordsMayBeLost")).toHaveLength(1);
  },
);

test("a shard that left the stream and is no longer listed is said once, and forgotten", async () => {
  const { world, read } = await stoppedInParent();
  world.stream.forget("parent");
  await (await started(world)).stop();
  expect(world.news).toEqual([{ kind: "recordsMayBeLost", shardId: "parent", after: read }]);
  expect(await world.checkpoint("parent")).toBeUndefined();
  world.told.events.length = 0;
  await (await started(world)).stop();
  expect(world.news).toEqual([]);
  expect(world.batches).toEqual([["read"], ["new"]]);
});

test("a shard that was read to its end before it left the stream is nothing to speak of", async () => {
  const world = new World("parent");
  world.put(["read"], "parent");
  world.stream.roll("parent", "child");
  await (await started(world)).stop();
  world.stream.forget("parent");
  world.told.events.length = 0;
  await (await started(world)).stop();
  expect(world.news).toEqual([]);
});

test("of a shard whose oldest records left the stream the others are read", async () => {
  const { world, read } = await stoppedInParent();
  const { stream } = world;
  stream.forget("child");
  stream.addShard("root");
  for (const key of keys(4)) stream.put("root", key);
  await (await started(world)).stop();
  for (const key of keys(4, "late")) stream.put("root", key);
  stream.trim("root", 6);
  world.told.events.length = 0;
  await using _ = await started(world);
  expect(world.batches.flat().slice(-2)).toEqual(["late2", "late3"]);
  expect(world.news.map(({ kind }) => kind)).toEqual(["recordsMayBeLost"]);
  expect(read).not.toBe("");
});

test("a record that left the stream after it was read is no loss, and is not said to be one", async () => {
  const world = new World();
  world.put(["a"]);
  await (await started(world)).stop();
  world.stream.trim("shard-1", 1);
  await (await started(world)).stop();
  world.put(["b"]);
  await using _ = await started(world);
  expect(world.batches).toEqual([["a"], ["b"]]);
  expect(world.news).toEqual([]);
});

test.each([
  ["finds nothing", false],
  ["fails", true],
])("a checkpoint ahead of a stream that %s there starts over, and skips no record", async (_, failsAhead) => {
  const world = new World();
  world.stream.answers.failsAhead = failsAhead;
  const [, , lost = ""] = world.put(["a", "b", "lost"]);
  await (await started(world)).stop();
  world.stream.lose("shard-1", 1);
  await using _mapping = await started(world);
  world.put(["c", "d"]); // the first of them has the lost one's number
  await world.idle();
  expect(world.batches.flat()).toEqual(["a", "b", "lost", "a", "b", "c", "d"]);
  expect(world.news).toEqual([{ kind: "startedOver", shardId: "shard-1", after: lost }]);
});

test("an engine that is restarted while a mapping runs, and has lost its last writes, is read from the oldest record", async () => {
  const world = new World();
  const [, lost = ""] = world.put(["a", "lost"]);
  await using _ = await started(world);
  world.stream.lose("shard-1", 1);
  world.stream.failures.getRecords.push(named("Error", { code: "ECONNREFUSED" }));
  await world.clock.advance(260);
  world.put(["b", "c"]); // before the mapping has a connection
  await world.idle();
  expect(world.batches.flat()).toEqual(["a", "lost", "a", "b", "c"]);
  expect(world.news).toContainEqual({ kind: "startedOver", shardId: "shard-1", after: lost });
});

test("an outage after which everything is there repeats nothing", async () => {
  const world = new World();
  world.put(["a"]);
  await using _ = await started(world);
  world.stream.failures.getRecords.push(named("Error", { code: "ECONNREFUSED" }));
  world.put(["b"]);
  await world.idle();
  expect(world.batches).toEqual([["a"], ["b"]]);
});

async function started(world: World) {
  const mapping = await world.start();
  await world.idle();
  return mapping;
}
