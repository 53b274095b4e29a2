import { BatchWriteItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { describe, expect, test } from "vitest";
import { addOf, checkOf, Fixture, keyOf, partitionKeysOf, putOf, TABLE, thrown, transaction } from "./fixture.ts";

describe("a commit", () => {
  test("tells what was there before and after, and when", () => {
    const world = new Fixture();
    world.put("a", { v: { N: "1" } });
    world.now += 5;
    world.delete("a");
    const key = keyOf("a");
    const item = { ...key, v: { N: "1" } };
    expect(world.commits.map(({ changes }) => changes)).toMatchObject([
      [{ key, before: undefined, after: item, byTtl: false, at: world.now - 5 }],
      [{ key, before: item, after: undefined, byTtl: false, at: world.now }],
    ]);
  });

  test("of a write that changes nothing has no changes, and costs the same", () => {
    const world = new Fixture();
    const filler = { S: "x".repeat(3_000) };
    world.put("a", { filler, labels: { SS: ["b", "a"] }, n: { N: "1" } });
    world.put("a", { n: { N: "1.0" }, labels: { SS: ["a", "b"] }, filler });
    world.add("a", "b");
    world.database.execute(transaction([addOf("a", "a")]));
    world.delete("absent");
    const told = world.commits.map(({ changes, writeUnits }) => [changes.length, writeUnits]);
    expect(told).toEqual([
      [1, 3],
      [0, 3],
      [0, 3],
      [0, 6],
      [0, 1],
    ]);
    expect(world.recordsOf(world.openShard())).toHaveLength(1);
  });

  test("is not made by what was refused", () => {
    const world = new Fixture();
    thrown(() => world.database.execute(transaction([putOf("a"), checkOf("b", "attribute_exists(PK)")])));
    const ConditionExpression = "attribute_exists(PK)";
    thrown(() =>
      world.database.execute(new PutItemCommand({ TableName: TABLE, Item: keyOf("a"), ConditionExpression })),
    );
    expect(world.commits).toEqual([]);
  });

  test("is one for each item of a batch", () => {
    const world = new Fixture();
    const requests = ["a", "b"].map((name) => ({ PutRequest: { Item: keyOf(name) } }));
    world.database.execute(new BatchWriteItemCommand({ RequestItems: { [TABLE]: requests } }));
    expect(world.commits.map(({ changes }) => changes.map(({ key }) => key))).toEqual([[keyOf("a")], [keyOf("b")]]);
  });

  test("is told after it has happened, by the table it happened to", () => {
    const world = new Fixture();
    const seen: unknown[] = [];
    world.database.onCommit = ({ table }) => seen.push([table, world.get("a")]);
    world.put("a");
    expect(seen).toEqual([[TABLE, keyOf("a")]]);
  });

  test("by TTL or another Region says so, and is free in the first case", () => {
    const world = new Fixture();
    world.put("a");
    world.table.expire(keyOf("a"));
    world.table.expire(keyOf("a"));
    world.table.replicate(keyOf("b"), keyOf("b"));
    const [, expired, replicated] = world.commits;
    expect(expired).toMatchObject({ writeUnits: 0, replicated: false, changes: [{ byTtl: true, after: undefined }] });
    expect(replicated).toMatchObject({ replicated: true, changes: [{ byTtl: false, before: undefined }] });
    expect(world.commits).toHaveLength(3);
    const [, removed, inserted] = world.recordsOf(world.openShard());
    expect(removed).toMatchObject({
      eventName: "REMOVE",
      userIdentity: { Type: "Service", PrincipalId: "dynamodb.amazonaws.com" },
    });
    expect(inserted?.userIdentity).toBeUndefined();
  });
});

describe("a clone", () => {
  test("goes its own way", () => {
    const world = new Fixture();
    world.put("a");
    const clone = world.database.clone();
    const other = clone.table(TABLE);
    world.put("b");
    clone.execute(new PutItemCommand({ TableName: TABLE, Item: keyOf("c") }));
    expect([...world.table.items.values()]).toEqual([keyOf("a"), keyOf("b")]);
    expect([...other.items.values()]).toEqual([keyOf("a"), keyOf("c")]);
    const ShardId = world.openShard();
    const theirs = other.stream?.getShardIterator({ ShardId, ShardIteratorType: "TRIM_HORIZON" });
    expect(partitionKeysOf(world.recordsOf(ShardId))).toEqual(["a", "b"]);
    expect(partitionKeysOf(other.stream?.getRecords(theirs ?? {}).Records ?? [])).toEqual(["a", "c"]);
    other.stream?.splitShard();
    expect(world.stream.describeStream().StreamDescription.Shards).toHaveLength(1);
  });

  test("knows which tokens were used, not which transactions are in flight, and tells no listener of its commits", () => {
    const world = new Fixture();
    const once = transaction([addOf("registry", "once")], "used");
    world.database.execute(once);
    world.database.begin(transaction([addOf("registry", "twice")], "in flight"));
    const { length } = world.commits;
    const clone = world.database.clone();
    clone.execute(once);
    clone.execute(transaction([addOf("registry", "twice")], "in flight"));
    expect(clone.table(TABLE).get(keyOf("registry"))?.labels).toEqual({ SS: ["once", "twice"] });
    expect(world.get("registry")?.labels).toEqual({ SS: ["once"] });
    expect(world.commits).toHaveLength(length);
  });

  test("lags as its original did", () => {
    const world = new Fixture();
    world.put("a");
    world.delete("a");
    const before = world.database.clone().table(TABLE).before(1);
    expect(before.ordered()).toEqual([keyOf("a")]);
  });
});
