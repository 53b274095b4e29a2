import { UpdateTableCommand } from "@aws-sdk/client-dynamodb";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addOf, Fixture, keyOf, partitionKeysOf, putOf, TABLE, thrown, transaction } from "./fixture.ts";

const HOUR_MS = 60 * 60 * 1000;
const MINUTE_MS = 60 * 1000;

describe("the shards of a stream", () => {
  test("keep every item's changes in their order along one line of shards, however they split and roll", () => {
    const step = fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom("a", "b", "c", "d", "e", "f") },
      { weight: 1, arbitrary: fc.constantFrom("split", "roll") },
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 }), fc.array(step, { maxLength: 60 }), (shards, steps) => {
        const world = new Fixture({ shards });
        const written = new Map<string, string[]>();
        for (const [i, what] of steps.entries()) {
          if (what === "split") world.stream.splitShard();
          else if (what === "roll") world.stream.rollShard();
          else {
            world.put(what, { v: { N: String(i) } });
            written.set(what, [...(written.get(what) ?? []), String(i)]);
          }
        }
        const { Shards } = world.stream.describeStream().StreamDescription;
        const parents = new Map(Shards.map(({ ShardId, ParentShardId }) => [ShardId, ParentShardId]));
        const line = (shard: string | undefined): string[] =>
          shard === undefined ? [] : [shard, ...line(parents.get(shard))];
        const read = new Map<string, string[]>();
        const lastShard = new Map<string, string>();
        for (const { ShardId } of Shards) {
          for (const record of world.recordsOf(ShardId)) {
            const [name = ""] = partitionKeysOf([record]);
            const { N = "" } = (record.dynamodb?.NewImage?.v ?? {}) as { N?: string };
            read.set(name, [...(read.get(name) ?? []), N]);
            expect(line(ShardId)).toContain(lastShard.get(name) ?? ShardId);
            lastShard.set(name, ShardId);
          }
        }
        expect(read).toEqual(written);
      }),
    );
  });

  test("may part the records of one transaction", () => {
    const world = new Fixture({ shards: 4 });
    for (let i = 0; i < 20; i++)
      world.database.execute(transaction([putOf(`default-${i}`), addOf("registry", `${i}`)]));
    const names = [...world.records().values()].map(partitionKeysOf);
    const apart = names.filter((shard) => shard.length > 0 && !shard.includes("registry"));
    expect(apart.length).toBeGreaterThan(0);
    expect(names.flat()).toHaveLength(40);
  });

  test("end where they were closed: the last page of a closed shard has no next iterator", () => {
    const world = new Fixture();
    const parent = world.openShard();
    world.put("a");
    const latest = world.iterator(parent, "LATEST");
    const child = world.stream.rollShard();
    world.put("b");
    const page = world.stream.getRecords({ ShardIterator: world.iterator(parent) });
    expect(partitionKeysOf(page.Records)).toEqual(["a"]);
    expect(page.NextShardIterator).toBeUndefined();
    expect(world.stream.getRecords({ ShardIterator: latest })).toEqual({ Records: [] });
    expect(partitionKeysOf(world.recordsOf(child))).toEqual(["b"]);
    expect(thrown(() => world.stream.splitShard(parent)).message).toContain("closed already");
  });

  test("are listed by pages", () => {
    const world = new Fixture({ shards: 3 });
    const all = world.stream.describeStream().StreamDescription.Shards;
    const first = world.stream.describeStream({ Limit: 2 }).StreamDescription;
    expect(first.Shards).toEqual(all.slice(0, 2));
    const { LastEvaluatedShardId = "" } = first;
    const rest = world.stream.describeStream({
      Limit: 2,
      ExclusiveStartShardId: LastEvaluatedShardId,
    }).StreamDescription;
    expect(rest.Shards).toEqual(all.slice(2));
    expect(rest.LastEvaluatedShardId).toBeUndefined();
  });

  test("split where they are widest", () => {
    const world = new Fixture();
    for (let i = 0; i < 3; i++) world.stream.splitShard();
    for (let i = 0; i < 400; i++) world.put(`item-${i}`);
    const counts = [...world.records().values()].map(({ length }) => length).filter((length) => length > 0);
    expect(counts).toHaveLength(4);
    for (const count of counts) expect(count).toBeGreaterThan(60);
  });
});

describe("a shard iterator", () => {
  test("reads on from where it is: the oldest record, the newest, at or after one", () => {
    const world = new Fixture();
    for (const name of ["a", "b", "c"]) world.put(name);
    const ShardId = world.openShard();
    const latest = world.iterator(ShardId, "LATEST");
    const [, second] = world.recordsOf(ShardId);
    const SequenceNumber = second?.dynamodb?.SequenceNumber ?? "";
    const from = (ShardIteratorType: string) =>
      world.stream.getRecords(world.stream.getShardIterator({ ShardId, ShardIteratorType, SequenceNumber })).Records;
    expect(partitionKeysOf(from("AT_SEQUENCE_NUMBER"))).toEqual(["b", "c"]);
    expect(partitionKeysOf(from("AFTER_SEQUENCE_NUMBER"))).toEqual(["c"]);
    expect(world.stream.getRecords({ ShardIterator: latest }).Records).toEqual([]);
    world.put("d");
    expect(partitionKeysOf(world.stream.getRecords({ ShardIterator: latest }).Records)).toEqual(["d"]);
  });

  test("gives as many records as were asked for, and at most 1 MB of them", () => {
    const world = new Fixture();
    for (let i = 0; i < 4; i++) world.put(`${i}`, { filler: { S: "x".repeat(390_000) } });
    const iterator = world.iterator(world.openShard());
    const limited = world.stream.getRecords({ ShardIterator: iterator, Limit: 1 });
    expect(partitionKeysOf(limited.Records)).toEqual(["0"]);
    const full = world.stream.getRecords({ ShardIterator: limited.NextShardIterator ?? "" });
    expect(partitionKeysOf(full.Records)).toEqual(["1", "2"]);
  });

  test("expires after 15 minutes", () => {
    const world = new Fixture();
    const ShardIterator = world.iterator(world.openShard());
    world.now += 15 * MINUTE_MS;
    world.stream.getRecords({ ShardIterator });
    world.now += 1;
    expect(thrown(() => world.stream.getRecords({ ShardIterator })).name).toBe("ExpiredIteratorException");
  });
});

describe("after 24 hours", () => {
  test("records leave the stream, and what points at them is refused", () => {
    const world = new Fixture();
    const ShardId = world.openShard();
    world.put("old");
    const [old] = world.recordsOf(ShardId);
    world.now += 1;
    world.put("new");
    world.now += 24 * HOUR_MS - 1;
    world.stream.trim();
    expect(partitionKeysOf(world.recordsOf(ShardId))).toEqual(["old", "new"]);
    const early = world.iterator(ShardId);
    world.now += 1;
    world.stream.trim();
    expect(partitionKeysOf(world.recordsOf(ShardId))).toEqual(["new"]);
    expect(thrown(() => world.stream.getRecords({ ShardIterator: early })).name).toBe("TrimmedDataAccessException");
    const SequenceNumber = old?.dynamodb?.SequenceNumber ?? "";
    const after = { ShardId, ShardIteratorType: "AFTER_SEQUENCE_NUMBER", SequenceNumber };
    expect(thrown(() => world.stream.getShardIterator(after)).name).toBe("TrimmedDataAccessException");
  });

  test("closed shards leave it too, and are not found", () => {
    const world = new Fixture();
    const parent = world.openShard();
    const child = world.stream.rollShard();
    world.now += 24 * HOUR_MS + 1;
    world.stream.trim();
    const { Shards } = world.stream.describeStream().StreamDescription;
    expect(Shards.map(({ ShardId }) => ShardId)).toEqual([child]);
    expect(thrown(() => world.iterator(parent)).name).toBe("ResourceNotFoundException");
  });
});

describe("a record", () => {
  test.each([
    ["KEYS_ONLY", []],
    ["NEW_IMAGE", ["NewImage"]],
    ["OLD_IMAGE", ["OldImage"]],
    ["NEW_AND_OLD_IMAGES", ["NewImage", "OldImage"]],
  ] as const)("of a %s stream has %s", (StreamViewType, images) => {
    const world = new Fixture({ table: { StreamSpecification: { StreamEnabled: true, StreamViewType } } });
    world.put("a", { v: { N: "1" } });
    world.now += 1_999;
    world.put("a", { v: { N: "2" } });
    const record = world.recordsOf(world.openShard()).at(-1);
    expect(Object.keys(record?.dynamodb ?? {}).filter((name) => name.endsWith("Image"))).toEqual(images);
    expect(record).toMatchObject({
      eventName: "MODIFY",
      awsRegion: world.database.region,
      dynamodb: { Keys: keyOf("a"), StreamViewType, ApproximateCreationDateTime: new Date(world.now - 999) },
    });
  });

  test("is made from when the stream was switched on, in a stream of its own each time", () => {
    const world = new Fixture({ table: { StreamSpecification: { StreamEnabled: false } } });
    const turn = (StreamSpecification: { StreamEnabled: boolean; StreamViewType?: "KEYS_ONLY" }) =>
      world.database.execute(new UpdateTableCommand({ TableName: TABLE, StreamSpecification }));
    world.put("a");
    expect(world.table.stream).toBeUndefined();
    turn({ StreamEnabled: true, StreamViewType: "KEYS_ONLY" });
    world.put("b");
    expect(partitionKeysOf(world.recordsOf(world.openShard()))).toEqual(["b"]);
    const { arn } = world.stream;
    turn({ StreamEnabled: false });
    world.now += 1;
    turn({ StreamEnabled: true, StreamViewType: "KEYS_ONLY" });
    expect(world.stream.arn).not.toBe(arn);
    expect(world.recordsOf(world.openShard())).toEqual([]);
  });
});
