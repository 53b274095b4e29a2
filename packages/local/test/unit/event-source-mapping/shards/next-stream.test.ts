import { type SourceRecord, StreamUnavailableError } from "@rollcall/local";
import { expect, test } from "vitest";
import { FakeStream, named } from "../fake-stream.ts";
import { keys, World } from "../world.ts";

const later = "2026-11-22T11:00:00.000";
const latest = "2026-11-22T12:00:00.000";

test("a mapping whose stream is switched off and on reads the old one to its end and the new one from its first record", async () => {
  const world = new World();
  await using mapping = await world.start({ streams: world.table, startingPosition: "LATEST" });
  world.put(keys(3));
  world.stream.switchOff();
  const next = world.table.open(later, "shard-2");
  next.put("shard-2", "new");
  await world.idle();
  expect(world.batches.flat()).toEqual([...keys(3), "new"]);
  expect(mapping.state).toBe("running");
  const replaced = { kind: "streamReplaced", from: FakeStream.arn, to: next.arn, isReadToEnd: true };
  expect(world.news).toEqual([{ kind: "shardEnded", shardId: "shard-1" }, replaced]);
  expect(world.invocations.at(-1)?.event.Records[0]?.eventSourceARN).toBe(next.arn);
});

test("a mapping without a stream waits, says once for what, and can be stopped", async () => {
  const world = new World();
  const mapping = await world.start({ streams: world.table });
  world.stream.switchOff();
  await world.idle(3_600_000);
  expect(mapping.state).toBe("waiting");
  const waiting = { kind: "waitingForStream", streamArn: FakeStream.arn, tableName: "limits" };
  expect(world.news).toEqual([{ kind: "shardEnded", shardId: "shard-1" }, waiting]);
  expect(world.told.lines.at(-1)).toBe(
    `the stream ${FakeStream.arn} has ended, waiting for the next stream of table limits`,
  );
  await world.clock.outcome(mapping.stop());
  expect(mapping.state).toBe("stopped");
});

test("a mapping that waited continues with the next stream as soon as there is one", async () => {
  const world = new World();
  await using mapping = await world.start({ streams: world.table });
  world.stream.switchOff();
  await world.idle();
  world.table.open(later, "shard-2").put("shard-2", "new");
  await world.clock.advance(2_000);
  expect(world.batches).toEqual([["new"]]);
  expect(mapping.state).toBe("running");
});

test("a mapping whose table is deleted, stream and all, waits for it and continues with the next", async () => {
  const world = new World();
  await using mapping = await world.start({ streams: world.table });
  world.put(["old"]);
  await world.idle();
  world.stream.state.isDeleted = true;
  await world.idle();
  expect(mapping.state).toBe("waiting");
  const next = world.table.open(later, "shard-2");
  next.put("shard-2", "new");
  await world.idle();
  expect(world.batches).toEqual([["old"], ["new"]]);
  expect(world.news).toContainEqual({
    kind: "streamReplaced",
    from: FakeStream.arn,
    to: next.arn,
    isReadToEnd: false,
  });
});

test("a batch that is being retried when its stream goes is done before the next stream begins", async () => {
  const world = new World();
  world.put(["old"]);
  world.answer = ({ keys }, number) => {
    if (keys.includes("old") && number < 20) throw new Error("not yet");
  };
  await using _ = await world.start({ streams: world.table });
  await world.clock.until(() => world.invocations.length === 2);
  world.stream.state.isDeleted = true;
  world.table.open(later, "shard-2").put("shard-2", "new");
  await world.idle(600_000);
  expect(world.batches).toEqual([...Array.from({ length: 20 }, () => ["old"]), ["new"]]);
});

test("no stream between the first and the newest is left out", async () => {
  const world = new World();
  await using _ = await world.start({ streams: world.table });
  const between = world.table.open(later, "shard-2");
  between.put("shard-2", "between");
  between.switchOff();
  world.table.open(latest, "shard-3").put("shard-3", "newest");
  world.stream.switchOff();
  await world.idle();
  expect(world.batches).toEqual([["between"], ["newest"]]);
});

test("a mapping that is restarted with the ended stream's ARN continues with the next", async () => {
  const world = new World();
  world.put(["old"]);
  world.stream.switchOff();
  world.table.open(later, "shard-2").put("shard-2", "new");
  await using _ = await world.start({ streams: world.table });
  await world.idle();
  expect(world.batches).toEqual([["old"], ["new"]]);
});

test("a stream under whose ARN another answers is replaced, and its shards are known by the record read last", async () => {
  // as dynoxide has it: one list of records for the table's name, under all of its streams' names
  const world = new World();
  const put = (key: string) =>
    world.stream.put("shard-1", key, { dynamodb: { Keys: { PK: { S: key }, SK: { S: "#" } } } });
  const turn = ({ dynamodb }: SourceRecord) => Object.fromEntries(Object.entries(dynamodb?.Keys ?? {}).reverse());
  put("a");
  put("b");
  await using _ = await world.start({ streams: world.table });
  await world.idle();
  const next = world.table.open(later);
  const shared = world.stream.describeStream.bind(world.stream);
  world.stream.describeStream = async (input) => {
    const { StreamDescription } = await shared(input);
    return { StreamDescription: { ...StreamDescription, StreamLabel: later } };
  };
  next.describeStream = world.stream.describeStream;
  next.getShardIterator = world.stream.getShardIterator.bind(world.stream);
  const getRecords = world.stream.getRecords.bind(world.stream);
  next.getRecords = async (input) => {
    const { Records, ...others } = await getRecords(input);
    const turned = Records.map((record) => ({ ...record, dynamodb: { ...record.dynamodb, Keys: turn(record) } }));
    return { ...others, Records: turned };
  };
  put("c");
  await world.idle();
  put("d");
  await world.idle();
  expect(world.batches.flat()).toEqual(["a", "b", "c", "d"]);
  expect(world.news.at(-1)).toMatchObject({ kind: "streamReplaced", to: next.arn });
});

test("a new stream whose shard has the old one's name and other records is read from its oldest", async () => {
  const world = new World();
  world.put(["a", "b"]);
  await using _ = await world.start({ streams: world.table });
  await world.idle();
  world.stream.state.isDeleted = true;
  const next = world.table.open(later, "shard-1");
  for (const key of ["x", "y", "z"]) next.put("shard-1", key); // under the same sequence numbers
  await world.idle();
  expect(world.batches.flat()).toEqual(["a", "b", "x", "y", "z"]);
});

test.each([
  ["is switched off", (stream: FakeStream) => stream.switchOff(), "has been switched off, and is read to its end"],
  [
    "is deleted",
    (stream: FakeStream) => {
      stream.state.isDeleted = true;
    },
    "is gone: ResourceNotFoundException",
  ],
] as const)("a mapping that is not to follow fails when its stream %s", async (_, end, message) => {
  for (const canList of [true, false]) {
    const world = new World();
    const streams = canList ? world.table : world.stream;
    const mapping = await world.start(canList ? { streams, whenStreamEnds: "fail" } : { streams });
    world.put(["last"]);
    await world.idle();
    end(world.stream);
    const closed = expect(mapping.closed).rejects.toThrow(message);
    await world.clock.until(() => mapping.state === "failed");
    await closed;
    await expect(mapping.stop()).rejects.toBeInstanceOf(StreamUnavailableError);
    expect(world.batches).toEqual([["last"]]);
  }
});

test("a mapping whose first stream is not there is told, not kept waiting", async () => {
  const world = new World();
  world.stream.state.isDeleted = true;
  await expect(world.start({ streams: world.table })).rejects.toThrow("refused a request: ResourceNotFoundException");
  world.stream.state.isDeleted = false;
  await (await world.start({ streams: world.table })).close(); // its checkpoints are free
});

test("a failure while it waits ends the mapping", async () => {
  const world = new World();
  const mapping = await world.start({ streams: world.table });
  world.stream.switchOff();
  await world.idle();
  world.table.listStreams = () => Promise.reject(named("AccessDeniedException"));
  const closed = expect(mapping.closed).rejects.toThrow("AccessDeniedException");
  await world.clock.until(() => mapping.state === "failed");
  await closed;
});
