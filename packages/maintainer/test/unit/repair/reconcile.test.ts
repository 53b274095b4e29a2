import { resourceKey } from "@rollcall/registry/schema";
import { cancelled, conditionFailed, conflict, serviceError } from "@rollcall/testing/dynamodb/service-errors";
import { VirtualClock } from "@rollcall/testing/dynamodb/virtual-clock";
import { defaultItem, registryItem } from "@rollcall/testing/rollcall/drifted-table";
import { MemoryTable } from "@rollcall/testing/rollcall/memory-table";
import { describe, expect, it } from "vitest";
import { type Drift, reconcile } from "../../../src/repair/reconcile.ts";
import { registryOf } from "../../fixtures/namespaces.ts";

const { signal } = new AbortController();
const tooLong = "x".repeat(2_100);

async function reconcileIn(table: MemoryTable, drift: Partial<Drift>, namespace?: string) {
  const retry = { clock: new VirtualClock(), random: () => 0.5, contentionTimeoutMs: 1_000 };
  const target = { client: table.client, tableName: table.tableName, registry: registryOf(namespace), retry };
  return Object.fromEntries(await reconcile(target, { missing: [], orphaned: [], ...drift }, signal));
}
const repaired = { kind: "repaired" };
const dropped = { kind: "dropped" };

describe("reconcile decides suspects by the transaction itself:", () => {
  it("names with a default are added, names without one removed, and neither against the truth", async () => {
    const table = new MemoryTable([
      ...["a", "listed"].map((name) => defaultItem(name, "t1")),
      registryItem(["listed", "ghost"], "t1"),
    ]);
    expect(await reconcileIn(table, { missing: ["a", "gone"], orphaned: ["ghost", "listed"] }, "t1")).toEqual({
      a: repaired,
      gone: dropped,
      ghost: repaired,
      listed: dropped,
    });
    expect(table.listed("t1")).toEqual(["a", "listed"]);
    expect(table.requests.every((request) => request.signal instanceof AbortSignal)).toBe(true);
  });

  it("names are removed only from a registry that is there", async () => {
    const table = new MemoryTable();
    expect(await reconcileIn(table, { orphaned: ["ghost", tooLong] })).toEqual({ ghost: dropped, [tooLong]: dropped });
    expect(table.listed()).toBeUndefined();
  });

  it("names are added to a registry that is not there", async () => {
    const table = new MemoryTable([defaultItem("a", undefined)]);
    expect(await reconcileIn(table, { missing: ["a"] })).toEqual({ a: repaired });
    expect(table.listed()).toEqual(["a"]);
  });
});

describe("reconcile: a name too long for any default", () => {
  const listing = () => new MemoryTable([registryItem(["a", tooLong], undefined)]);

  it("is taken off the registry alone, again after each conflict", async () => {
    const table = listing();
    table.fault = () => {
      if (table.requests.length < 3) throw conflict();
    };
    expect(await reconcileIn(table, { orphaned: [tooLong] })).toEqual({ [tooLong]: repaired });
    expect(table.requests.map(({ operation }) => operation)).toEqual(["UpdateItem", "UpdateItem", "UpdateItem"]);
    expect(table.requests.every((request) => request.signal === signal)).toBe(true);
    expect(table.listed()).toEqual(["a"]);
  });

  it.each([
    ["failed", conflict(), "ContentionError"],
    ["failed", serviceError("InternalServerError", "down"), "InternalServerError"],
    ["unrepairable", serviceError("ValidationException", "no set"), "ValidationException"],
  ])("is %s where DynamoDB keeps answering %o", async (kind, error, name) => {
    const table = listing();
    table.fault = () => {
      throw error;
    };
    expect(await reconcileIn(table, { orphaned: [tooLong] })).toEqual({
      [tooLong]: { kind, error: expect.objectContaining({ name }) },
    });
  });

  it("is dropped where the registry is gone by then", async () => {
    const table = listing();
    table.fault = () => {
      throw conditionFailed();
    };
    expect(await reconcileIn(table, { orphaned: [tooLong] })).toEqual({ [tooLong]: dropped });
  });
});

it.each([
  ["unrepairable", cancelled("ItemCollectionSizeLimitExceeded", "None"), "MemberRefusedError"],
  ["unrepairable", cancelled("None", { Code: "ValidationError", Message: "no set" }), "MalformedItemError"],
  ["unrepairable", serviceError("ValidationException", "no"), "ValidationException"],
  ["failed", serviceError("InternalServerError", "down"), "InternalServerError"],
  ["failed", cancelled("None", "TransactionConflict"), "ContentionError"],
])("reconcile: a repair is %s where DynamoDB keeps answering %o", async (kind, error, name) => {
  const table = new MemoryTable();
  table.fault = () => {
    throw error;
  };
  expect(await reconcileIn(table, { missing: ["a"] })).toEqual({
    a: { kind, error: expect.objectContaining({ name }) },
  });
});

it("reconcile: a failure that is no error is a failure", async () => {
  const table = new MemoryTable([resourceKey("a")]);
  table.fault = () => {
    throw "ValidationException";
  };
  expect(await reconcileIn(table, { missing: ["a"] })).toEqual({ a: { kind: "failed", error: "ValidationException" } });
});
