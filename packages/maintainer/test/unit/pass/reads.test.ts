import { registryKey, resourceKey } from "@rollcall/registry/schema";
import { cancelled, serviceError } from "@rollcall/testing/dynamodb/service-errors";
import { VirtualClock } from "@rollcall/testing/dynamodb/virtual-clock";
import { defaultItem, registryItem } from "@rollcall/testing/rollcall/drifted-table";
import { MemoryTable } from "@rollcall/testing/rollcall/memory-table";
import { describe, expect, it } from "vitest";
import { PassReads } from "../../../src/pass/pass-reads.ts";
import { ReadBudget } from "../../../src/pass/read-budget.ts";
import { isTooLarge, readPairs } from "../../../src/pass/read-pairs.ts";
import { readExisting, readRegistry } from "../../../src/repair/membership.ts";
import { placeOf, registryOf } from "../../fixtures/namespaces.ts";

const { signal } = new AbortController();
const tooLong = "x".repeat(2_100);
const names = Array.from({ length: 201 }, (_, i) => `model-${i}`);

function readerOf(table: MemoryTable) {
  const clock = new VirtualClock();
  const retry = { clock, random: () => 0.999, contentionTimeoutMs: 100 };
  return { client: table.client, tableName: table.tableName, retry, clock };
}

describe("readRegistry: a registry", () => {
  it("is read strongly, with its size", async () => {
    const table = new MemoryTable([registryItem(["a", "b"], "t1")]);
    const registry = await readRegistry(readerOf(table), placeOf("t1"), signal);
    const keys = "PKt1/SYSTEM#SK#RESOURCESGSI4PKt1GSI4SKt1/SYSTEM#";
    expect(registry).toEqual({
      names: new Set(["a", "b"]),
      bytes: keys.length + "resourcesab".length,
      isMalformed: false,
    });
    expect(table.requests).toEqual([
      { operation: "GetItem", input: { TableName: "limits", Key: registryKey("t1"), ConsistentRead: true }, signal },
    ]);
  });

  it("that is not there, is empty or is no string set, lists no name, and only the last is malformed", async () => {
    const nothing = { names: new Set(), isMalformed: false };
    expect(await readRegistry(readerOf(new MemoryTable()), placeOf("t1"), signal)).toEqual({ ...nothing, bytes: 0 });
    const empty = new MemoryTable([registryItem([], undefined)]);
    expect(await readRegistry(readerOf(empty), placeOf(), signal)).toMatchObject(nothing);
    for (const resources of [{ M: {} }, { L: [] }, { S: "a" }, { NS: ["1"] }, { NULL: true as const }]) {
      const ruined = new MemoryTable([{ ...registryKey(), resources }]);
      const registry = await readRegistry(readerOf(ruined), placeOf(), signal);
      expect(registry).toMatchObject({ names: new Set(), isMalformed: true });
    }
  });
});

describe("readExisting: defaults", () => {
  it("are asked for by a hundred, strongly, by their keys alone, and never by a name that no key can hold", async () => {
    const table = new MemoryTable(names.slice(0, 150).map((name) => defaultItem(name, "t1")));
    const existing = await readExisting(readerOf(table), registryOf("t1"), [tooLong, ...names, ""], signal);
    expect(existing).toEqual(new Set(names.slice(0, 150)));
    const asked = table.inputs("BatchGetItem").map(({ RequestItems }) => (RequestItems as { limits: object }).limits);
    expect(asked.map((each) => (each as { Keys: object[] }).Keys.length)).toEqual([100, 100, 1]);
    expect(asked[2]).toEqual({
      Keys: [resourceKey("model-200", "t1")],
      ConsistentRead: true,
      ProjectionExpression: "#p0, #p1",
      ExpressionAttributeNames: { "#p0": "PK", "#p1": "SK" },
    });
    expect(table.requests.every((request) => request.signal === signal)).toBe(true);
  });

  it("are not asked for where there is nothing to ask", async () => {
    const table = new MemoryTable();
    expect(await readExisting(readerOf(table), registryOf(), [], signal)).toEqual(new Set());
    await readExisting(readerOf(table), registryOf(), names.slice(0, 100), signal);
    expect(table.requests).toHaveLength(1);
  });

  it("that were left unread are requested again, after a pause, until the time is up", async () => {
    const leave = { UnprocessedKeys: { limits: { Keys: [resourceKey("b")] } } };
    const answers: object[] = [
      { ...leave, Responses: { limits: [resourceKey("a")] } },
      { UnprocessedKeys: { other: {} }, Responses: { limits: [resourceKey("b"), { PK: { S: "x" }, SK: { S: "y" } }] } },
    ];
    const asked: number[] = [];
    const reader = readerOf(new MemoryTable());
    const send = async ({ input }: { input: { RequestItems: { limits: { Keys: object[] } } } }) => {
      asked.push(input.RequestItems.limits.Keys.length);
      return answers.shift() ?? leave;
    };
    reader.client.send = send as never;
    expect(await readExisting(reader, registryOf(), ["a", "b"], signal)).toEqual(new Set(["a", "b"]));
    expect(asked).toEqual([2, 1]);
    expect(reader.clock.now()).toBeCloseTo(25, 0);
    const stuck = readExisting(reader, registryOf(), ["b"], signal);
    const cause = new Error("BatchGetItem left keys unprocessed");
    await expect(stuck).rejects.toMatchObject({ name: "ContentionError", cause });
  });
});

describe("a registry beside its defaults", () => {
  it("is one transaction of the registry and the keys of the defaults, with its cost", async () => {
    const table = new MemoryTable([registryItem(["a", "c"], "t1"), defaultItem("a", "t1"), defaultItem("b", "t1")]);
    expect(await readPairs(readerOf(table), placeOf("t1"), ["a", "b", "c", tooLong], signal)).toEqual({
      registered: new Set(["a", "c"]),
      bytes: "PKt1/SYSTEM#SK#RESOURCESGSI4PKt1GSI4SKt1/SYSTEM#resourcesac".length,
      existing: new Set(["a", "b"]),
      readUnits: 8,
    });
    const Get = (name: string) => ({
      TableName: "limits",
      Key: resourceKey(name, "t1"),
      ProjectionExpression: "#pk, #sk",
      ExpressionAttributeNames: { "#pk": "PK", "#sk": "SK" },
    });
    expect(table.requests).toEqual([
      {
        operation: "TransactGetItems",
        input: {
          TransactItems: [
            { Get: { TableName: "limits", Key: registryKey("t1") } },
            ...["a", "b", "c"].map((name) => ({ Get: Get(name) })),
          ],
          ReturnConsumedCapacity: "TOTAL",
        },
        signal,
      },
    ]);
  });

  it("may be missing, or list nothing", async () => {
    const nothing = { registered: new Set(), existing: new Set(["a"]) };
    const table = new MemoryTable([defaultItem("a", undefined)]);
    expect(await readPairs(readerOf(table), placeOf(), ["a"], signal)).toMatchObject({ ...nothing, bytes: 0 });
    table.put(registryItem([], undefined));
    expect(await readPairs(readerOf(table), placeOf(), ["a"], signal)).toMatchObject(nothing);
    const silent = readerOf(table);
    silent.client.send = (async () => ({})) as never;
    expect(await readPairs(silent, placeOf(), ["a"], signal)).toEqual({
      registered: new Set(),
      bytes: 0,
      existing: new Set(),
      readUnits: 0,
    });
  });

  it.each([
    ["in DynamoDB's words", serviceError("ValidationException", "Payload in response is too large."), true],
    ["as a cancelled transaction", Object.assign(cancelled(), { message: "The aggregate size of the items" }), true],
    ["for a conflict", cancelled("TransactionConflict"), false],
    ["for another reason", serviceError("AccessDeniedException", "aggregate size"), false],
    ["by what is no error", { name: "ValidationException" }, false],
  ])("may be more than 4 MB when it is refused %s: %o", (_, error, expected) => {
    expect(isTooLarge(error)).toBe(expected);
  });

  it("is read again while writers hold its items, or there is no capacity", async () => {
    const table = new MemoryTable([defaultItem("a", undefined)]);
    const reader = readerOf(table);
    const refusals = [
      cancelled("TransactionConflict", "None"),
      cancelled("None", "ThrottlingError"),
      cancelled("ProvisionedThroughputExceeded", "TransactionConflict"),
      serviceError("ThrottlingException", "slow down"),
    ];
    table.fault = () => {
      const refusal = refusals.shift();
      if (refusal !== undefined) throw refusal;
    };
    reader.retry.contentionTimeoutMs = 1_000;
    const reads = new PassReads(reader, new ReadBudget(Number.POSITIVE_INFINITY, reader.clock));
    const pairs = await reads.pairs(placeOf(), ["a"], reader.retry, signal);
    expect(pairs).toMatchObject({ existing: new Set(["a"]) });
    expect(table.requests).toHaveLength(5);
    expect(reader.clock.now()).toBeGreaterThan(0);
  });

  it.each([
    ["another reason beside a conflict", cancelled("TransactionConflict", "AccessDenied")],
    ["no conflict at all", cancelled("None", "ValidationError")],
    ["no reasons that are any", cancelled("None", "None")],
    ["no reasons", Object.assign(cancelled(), { CancellationReasons: undefined })],
    ["reasons that are null", Object.assign(cancelled(), { CancellationReasons: [null, null] })],
    ["another error", Object.assign(serviceError("X", ""), { CancellationReasons: [{ Code: "TransactionConflict" }] })],
    ["what is no error", { name: "TransactionCanceledException", CancellationReasons: [{ Code: "ThrottlingError" }] }],
  ])("is not read again for %s", async (_, error) => {
    const table = new MemoryTable();
    table.fault = () => {
      throw error;
    };
    const reader = readerOf(table);
    const reads = new PassReads(reader, new ReadBudget(Number.POSITIVE_INFINITY, reader.clock));
    await expect(reads.pairs(placeOf(), ["a"], reader.retry, signal)).rejects.toBe(error);
    expect(table.requests).toHaveLength(1);
  });
});
