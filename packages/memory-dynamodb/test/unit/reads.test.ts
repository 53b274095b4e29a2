import { BatchGetItemCommand, QueryCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Fixture, keyOf, putOf, TABLE, transaction } from "./fixture.ts";

describe("an eventually consistent read that lags", () => {
  test("answers as of so many commits ago, all the way back", () => {
    const world = new Fixture();
    for (const v of ["1", "2", "3"]) world.put("a", { v: { N: v } });
    world.delete("a");
    expect([0, 1, 2, 3, 4, 5, 99].map((lag) => world.get("a", { lag })?.v?.N)).toEqual([
      undefined,
      "3",
      "2",
      "1",
      undefined,
      undefined,
      undefined,
    ]);
  });

  test("sees all of a transaction or nothing of it", () => {
    const world = new Fixture();
    world.database.execute(transaction([putOf("a"), putOf("b")]));
    world.put("c");
    const seen = (lag: number) => ["a", "b", "c"].filter((name) => world.get(name, { lag }) !== undefined);
    expect([0, 1, 2].map(seen)).toEqual([["a", "b", "c"], ["a", "b"], []]);
  });

  test("is a consistent one where that was asked for", () => {
    const world = new Fixture();
    world.put("a");
    expect(world.get("a", { lag: 9, ConsistentRead: true })).toEqual(keyOf("a"));
  });

  test("gives lists of the same moment", () => {
    const world = new Fixture();
    for (const name of ["a", "b", "c"]) world.put(name);
    world.delete("b");
    world.put("d");
    const names = (items: { PK?: { S?: string } }[] = []) => items.map(({ PK }) => PK?.S).toSorted();
    const scanned = (lag: number) =>
      names(world.database.execute(new ScanCommand({ TableName: TABLE }), { lag }).Items);
    expect([0, 1, 2, 3].map(scanned)).toEqual([
      ["a", "c", "d"],
      ["a", "c"],
      ["a", "b", "c"],
      ["a", "b"],
    ]);
    const Keys = ["a", "b", "c", "d"].map(keyOf);
    const batch = new BatchGetItemCommand({ RequestItems: { [TABLE]: { Keys } } });
    expect(names(world.database.execute(batch, { lag: 2 }).Responses?.[TABLE])).toEqual(["a", "b", "c"]);
    const query = new QueryCommand({
      TableName: TABLE,
      KeyConditionExpression: "PK = :pk",
      ExpressionAttributeValues: { ":pk": { S: "b" } },
    });
    expect([1, 2].map((lag) => world.database.execute(query, { lag }).Count)).toEqual([0, 1]);
  });
});

describe("what a caller holds", () => {
  test("is a copy: nothing that is done to it reaches the table", () => {
    const world = new Fixture();
    const labels = { SS: ["b", "a"] };
    world.put("a", { labels });
    labels.SS.push("c");
    const read = world.get("a");
    read?.labels?.SS?.push("d");
    expect(world.get("a")?.labels).toEqual({ SS: ["a", "b"] });
    const [record] = world.recordsOf(world.openShard());
    const image = record?.dynamodb?.NewImage as typeof read;
    image?.labels?.SS?.push("e");
    expect(world.get("a")?.labels).toEqual({ SS: ["a", "b"] });
  });
});

describe("a scan", () => {
  test("in pages and segments meets what stays exactly once, through all writes meanwhile", () => {
    const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 30 });
    const writes = fc.array(fc.tuple(fc.boolean(), fc.string({ minLength: 1, maxLength: 2 })), { maxLength: 30 });
    const segments = fc.integer({ min: 1, max: 5 });
    fc.assert(
      fc.property(names, writes, segments, fc.integer({ min: 1, max: 4 }), (lasting, foreign, TotalSegments, Limit) => {
        const world = new Fixture();
        for (const name of lasting) world.put(name);
        const pending = foreign.filter(([, name]) => !lasting.includes(name));
        const seen: (string | undefined)[] = [];
        for (let Segment = 0; Segment < TotalSegments; Segment++) {
          let from: ReturnType<typeof keyOf> | undefined;
          do {
            const page = new ScanCommand({
              TableName: TABLE,
              Segment,
              TotalSegments,
              Limit,
              ...(from && { ExclusiveStartKey: from }),
            });
            const { Items = [], LastEvaluatedKey } = world.database.execute(page);
            seen.push(...Items.map(({ PK }) => PK?.S));
            from = LastEvaluatedKey;
            const [isPut, name] = pending.shift() ?? [];
            if (name !== undefined) world[isPut ? "put" : "delete"](name);
          } while (from !== undefined);
        }
        expect(seen.filter((name) => lasting.includes(name ?? "")).toSorted()).toEqual(lasting.toSorted());
      }),
    );
  });
});
