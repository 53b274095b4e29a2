import type { PutItemCommandInput } from "@aws-sdk/client-dynamodb";
import { readSweepState, type SweepState, sweepStateKey } from "@rollcall/maintainer";
import { conditionFailed } from "@rollcall/testing/dynamodb/service-errors";
import { defaultItem } from "@rollcall/testing/rollcall/drifted-table";
import { MemoryTable } from "@rollcall/testing/rollcall/memory-table";
import { beforeEach, describe, expect, it } from "vitest";
import { initialCursor } from "../../../src/pass/pass-cursor.ts";
import { MAX_STATE_BYTES, SweepStore } from "../../../src/sweep/sweep-store.ts";
import { NO_FINDINGS } from "../../../src/sweep/sweep-tally.ts";
import { onlyResources } from "../../fixtures/namespaces.ts";
import { HOUR_MS, inTime, START, Sweeps } from "../../fixtures/sweeps.ts";

const { signal } = new AbortController();
const silent = { warn() {} };
const cursor = initialCursor("limits", onlyResources, "all", 1);
const current = { startedAt: START, findings: { ...NO_FINDINGS, defaults: 2 }, cursor };
const last = { startedAt: START, completedAt: START, itemsScanned: 1, scanReadUnits: 0.5, findings: NO_FINDINGS };

let table: MemoryTable;
beforeEach(() => {
  table = new MemoryTable();
});

async function storeOf(table: MemoryTable): Promise<SweepStore> {
  const store = new SweepStore(table, silent);
  await store.read(signal);
  return store;
}

/** Puts a state where sweeps keep theirs, as another client might. */
function putState(state: unknown, version: NonNullable<PutItemCommandInput["Item"]>[string] = { N: "7" }): void {
  const text = typeof state === "string" ? state : JSON.stringify(state);
  table.put({ ...sweepStateKey(), version, state: { S: text } });
}

describe("SweepStore", () => {
  it("replaces the version that it has read or written, and no other", async () => {
    const [first, second] = [await storeOf(table), await storeOf(table)];
    expect(await first.write({ last }, signal)).toBe("written");
    expect(await second.write({ current }, signal)).toBe("overtaken");
    expect(await first.write({ current, last }, signal)).toBe("written");
    expect(await readSweepState(table)).toEqual({ version: 2, current, last });
    expect(await (await storeOf(table)).write({}, signal)).toBe("written");
    expect(await first.write({ last }, signal)).toBe("overtaken");
    expect(await readSweepState(table)).toEqual({ version: 3 });
  });

  it("writes what weighs 300 KB, and sends nothing that weighs more", async () => {
    const store = await storeOf(table);
    const weighing = (bytes: number): SweepState => {
      const suspects = [{ namespace: null, names: [""] }];
      const state = { current: { ...current, cursor: { ...cursor, suspects } } };
      const writer = "00000000-0000-0000-0000-000000000000";
      const overhead = `PKSYSTEM#SK#ROLLCALL#SWEEPversionwriter${writer}state`.length + 2;
      suspects[0]?.names.splice(0, 1, "x".repeat(bytes - overhead - JSON.stringify(state).length));
      return state as SweepState;
    };
    expect(await store.write(weighing(MAX_STATE_BYTES + 1), signal)).toBe("too-large");
    expect(table.inputs("PutItem")).toEqual([]);
    expect(await store.write(weighing(MAX_STATE_BYTES), signal)).toBe("written");
  });

  it("rejects with any other reason for which the state cannot be written", async () => {
    const store = await storeOf(table);
    table.fault = () => {
      throw new Error("down");
    };
    await expect(store.write({}, signal)).rejects.toThrow("down");
    expect(table.requests.every((request) => request.signal === signal)).toBe(true);
  });

  it("knows its own write that was sent twice, since the first answer was lost", async () => {
    const store = await storeOf(table);
    const { client } = table;
    const resending = {
      ...client,
      send: async (command: never, options: never) => {
        await client.send(command, options);
        return client.send(command, options); // as the SDK does; its own first attempt refuses the second
      },
    } as unknown as typeof client;
    const resent = new SweepStore({ client: resending, tableName: table.tableName }, silent);
    await resent.read(signal);
    expect(await resent.write({ current }, signal)).toBe("written");
    expect(await resent.write({ last }, signal)).toBe("written");
    expect(await readSweepState(table)).toEqual({ version: 2, last });
    expect(await store.write({}, signal)).toBe("overtaken");
  });

  it("continues after a write of its own that was carried out and failed", async () => {
    const store = await storeOf(table);
    const { client } = table;
    let isLost = true;
    const losing = {
      ...client,
      send: async (command: { input: object }, options: never) => {
        const answer = await client.send(command as never, options);
        if (isLost && "Item" in command.input) throw new Error("socket hang up");
        return answer;
      },
    } as unknown as typeof client;
    const unlucky = new SweepStore({ client: losing, tableName: table.tableName }, silent);
    await unlucky.read(signal);
    await expect(unlucky.write({ current }, signal)).rejects.toThrow("socket hang up");
    isLost = false;
    expect(await unlucky.write({ last }, signal)).toBe("written");
    expect(await readSweepState(table)).toEqual({ version: 2, last });
    expect(await store.write({}, signal)).toBe("overtaken");
  });

  it("is overtaken where DynamoDB refuses again and again", async () => {
    const store = await storeOf(table);
    await store.write({ last }, signal);
    table.fault = ({ operation }) => {
      if (operation === "PutItem") throw conditionFailed();
    };
    expect(await store.write({ current }, signal)).toBe("overtaken");
    expect(table.inputs("PutItem")).toHaveLength(3);
  });
});

describe("readSweepState", () => {
  it("reads strongly, from a key of its own, until the signal aborts", async () => {
    await readSweepState(table, signal);
    const input = {
      TableName: "limits",
      Key: { PK: { S: "SYSTEM#" }, SK: { S: "#ROLLCALL#SWEEP" } },
      ConsistentRead: true,
    };
    expect(table.requests).toEqual([{ operation: "GetItem", input, signal }]);
  });

  it("finds nothing where no sweep has written", async () => {
    expect(await readSweepState(table)).toEqual({ version: 0 });
  });
});

/** States that no sweep has left, and what of them can be believed all the same. */
const BROKEN: [string, unknown, object][] = [
  ["no JSON", "{", {}],
  ["null", null, {}],
  ["a list", [], {}],
  ["a number for the last sweep", { last: 5, current }, { current }],
  ["a last sweep without findings", { last: { ...last, findings: {} } }, {}],
  ["a moment that is text", { last, current: { ...current, startedAt: "x" } }, { last }],
  ["a moment that no date has", { last, current: { ...current, startedAt: 1e300 } }, { last }],
  ["segments of null", { last, current: { ...current, cursor: { ...cursor, segments: [null] } } }, { last }],
  ["no segments", { last, current: { ...current, cursor: { ...cursor, segments: null } } }, { last }],
  ["suspects of null", { last, current: { ...current, cursor: { ...cursor, suspects: [null] } } }, { last }],
  [
    "a foreign start key",
    { last, current: { ...current, cursor: { ...cursor, segments: [{ done: false, after: { id: { S: "a" } } }] } } },
    { last },
  ],
  [
    "a cursor of one namespace",
    { last, current: { ...current, cursor: initialCursor("limits", onlyResources, { namespace: "t1" }, 1) } },
    { last },
  ],
];

describe("a state of sweeps that is none of theirs", () => {
  it.each(BROKEN)("counts as none, as far as it is: %s", async (_, state, believed) => {
    putState(state);
    expect(await readSweepState(table)).toEqual({ version: 7, ...believed });
  });

  it.each(BROKEN)("is said in one line, and replaced by a whole sweep: %s", async (_, state, believed) => {
    putState(state);
    table.put(defaultItem("a", "t1"));
    const sweeps = new Sweeps();
    const result = await sweeps.handler(table)({}, inTime(HOUR_MS));
    expect(result).toMatchObject({ outcome: "completed", itemsScanned: 2, findings: { missing: 1, repaired: 1 } });
    expect(sweeps.lines("warn")).toEqual([
      "warn: The state that sweeps left is not one of theirs: it counts as none, and is replaced",
    ]);
    expect(JSON.stringify(sweeps.said[0]).length).toBeLessThan(500);
    expect((await readSweepState(table)).last?.itemsScanned).toBe(2);
    expect(await sweeps.handler(table)({}, inTime(HOUR_MS))).toMatchObject({ outcome: "completed" });
    expect(sweeps.lines("warn")).toHaveLength(1);
    expect(believed).toBeDefined();
  });

  it.each([
    ["none", undefined],
    ["text", { S: "x" }],
    ["too large to count with", { N: "9007199254740993" }],
    ["below zero", { N: "-1" }],
    ["no whole number", { N: "1.5" }],
    ["a list", { L: [{ N: "1" }] }],
  ])("is replaced with any version: %s", async (_, version) => {
    table.put({ ...sweepStateKey(), state: { S: "{}" }, ...(version && { version }) });
    expect(await readSweepState(table)).toEqual({ version: 0 });
    const [first, second] = [await storeOf(table), await storeOf(table)];
    expect(await first.write({ last }, signal)).toBe("written");
    expect(await second.write({}, signal)).toBe("overtaken");
    expect(await readSweepState(table)).toEqual({ version: 1, last });
  });

  it("that DynamoDB refuses to continue from is discarded, with the reason, and the next sweep begins at the start", async () => {
    table.put(defaultItem("a", "t1"), defaultItem("b", "t1"));
    const after = { PK: { S: "t1/RESOURCE#a" }, SK: { S: "#CONFIG" } };
    const segments = Array.from({ length: 64 }, () => ({ done: false, after })); // a key belongs to one segment alone
    putState({ last, current: { ...current, cursor: { ...cursor, segments } } });
    const sweeps = new Sweeps();
    await expect(sweeps.handler(table)({}, inTime(HOUR_MS))).rejects.toThrow("starting key is invalid");
    expect(sweeps.lines("error")).toEqual([
      "error: DynamoDB refuses to continue where the state of sweeps says; the next begins at the table's start",
    ]);
    expect(await readSweepState(table)).toEqual({ version: 9, last });
    expect(await sweeps.handler(table)({}, inTime(HOUR_MS))).toMatchObject({ outcome: "completed", itemsScanned: 3 });
  });
});
