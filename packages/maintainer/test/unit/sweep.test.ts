import { createSweepHandler, readSweepState, type SweepHandlerOptions, sweepStateKey } from "@rollcall/maintainer";
import { VirtualClock } from "@rollcall/testing/dynamodb/virtual-clock";
import { defaultItem, registryItem } from "@rollcall/testing/rollcall/drifted-table";
import { MemoryTable } from "@rollcall/testing/rollcall/memory-table";
import { beforeEach, describe, expect, it } from "vitest";
import { writeSweepState } from "../../src/sweep/sweep-state.ts";
import { NO_FINDINGS, SweepTally } from "../../src/sweep/sweep-tally.ts";

const HOUR_MS = 3_600_000;
const START = Date.UTC(2026, 10, 22);
const inTime = (ms: number) => ({ getRemainingTimeInMillis: () => ms });
const numbered = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}-${i}`);

let metrics: [string, number][];
let said: [string, object][];
let published: number;
let epochMs: number;
let clock: VirtualClock;

beforeEach(() => {
  [metrics, said, published, epochMs, clock] = [[], [], 0, START, new VirtualClock()];
});

const telemetry = {
  logger: Object.fromEntries(
    ["info", "warn", "error"].map((level) => [
      level,
      (message: string, extra: object = {}) => said.push([`${level}: ${message}`, extra]),
    ]),
  ) as never,
  metrics: {
    addMetric: (name: string, _: unknown, value: number) => void metrics.push([name, value]),
    publishStoredMetrics: () => void published++,
  },
};
const sumOf = (metric: string) =>
  metrics.filter(([name]) => name === metric).reduce((sum, [, value]) => sum + value, 0);
const valuesOf = (metric: string) => metrics.filter(([name]) => name === metric).map(([, value]) => value);

function sweepOf({ client, tableName }: MemoryTable, options: Partial<SweepHandlerOptions> = {}) {
  return createSweepHandler({
    tableName,
    client,
    clock,
    maxReadUnitsPerSecond: 40,
    segments: 1,
    epochMs: () => epochMs,
    random: () => 0.5,
    ...telemetry,
    ...options,
  });
}

/** 60 names are missing and 40 orphaned, among 90 defaults and 400 other items. Each request takes a second. */
function driftedTable() {
  const [good, missing, orphaned] = [numbered("good", 30), numbered("missing", 60), numbered("orphan", 40)];
  const table = new MemoryTable([
    ...[...good, ...missing].map((name) => defaultItem(name, "t1")),
    registryItem([...good, ...orphaned], "t1"),
    ...numbered("ENTITY#", 400).map((PK) => ({ PK: { S: PK }, SK: { S: "#STATE" }, padding: { S: "x".repeat(800) } })),
  ]);
  table.fault = () => clock.sleep(1_000);
  return table;
}
const FOUND = { ...NO_FINDINGS, defaults: 90, missing: 60, orphaned: 40, repaired: 100 };
const HEALED = [...numbered("good", 30), ...numbered("missing", 60)].sort();

describe("a sweep", () => {
  it("in one go heals the table, leaves what it found, and says so", async () => {
    const table = driftedTable();
    expect(await sweepOf(table)({}, inTime(HOUR_MS))).toEqual({
      outcome: "completed",
      itemsScanned: 492,
      findings: FOUND,
    });
    const ended = clock.now();
    expect(table.listed("t1")).toEqual(HEALED);
    const pages = table.inputs("Scan").length;
    const scanReadUnits = expect.closeTo(42, -1);
    expect(await readSweepState(table)).toEqual({
      version: expect.any(Number),
      last: { startedAt: START, completedAt: START, itemsScanned: 492, scanReadUnits, findings: FOUND },
    });
    expect(said.at(-1)).toEqual([
      "info: Swept the table",
      { outcome: "completed", itemsScanned: 492, findings: FOUND, startedAt: "2026-11-22T00:00:00.000Z" },
    ]);
    expect(["NamesChecked", "NamesMissing", "NamesOrphaned", "NamesRepaired"].map(sumOf)).toEqual([90, 60, 40, 100]);
    const size = "PKt1/SYSTEM#SK#RESOURCESGSI4PKt1GSI4SKt1/SYSTEM#resources".length;
    expect(valuesOf("RegistrySize")).toEqual([size + [...HEALED, ...numbered("orphan", 40)].join("").length]);
    expect(valuesOf("SweepPages")).toEqual([pages]);
    expect(valuesOf("SweepDuration")).toEqual([ended - 1_000]); // reading its state comes before
    expect(valuesOf("DriftAge")).toEqual([0]);
    expect(published).toBe(1);
  });

  it("in several goes counts on from where it was, and the next begins anew", async () => {
    const table = driftedTable();
    const handler = sweepOf(table);
    let invocations = 0;
    for (let outcome = "time-up"; outcome === "time-up"; invocations++) {
      epochMs = START + invocations * HOUR_MS;
      const result = await handler({}, inTime(15_000));
      ({ outcome } = result);
      if (outcome === "time-up") {
        const { current, last } = await readSweepState(table);
        expect(current).toMatchObject({ startedAt: START, findings: result.findings });
        expect(current?.cursor.itemsScanned).toBe(result.itemsScanned);
        expect(last).toBeUndefined();
      } else {
        // A name that was found as the time was up is found again.
        expect(result).toMatchObject({ itemsScanned: 492, findings: { defaults: 90, repaired: 100, unrepaired: 0 } });
      }
    }
    expect(invocations).toBeGreaterThan(1);
    expect(valuesOf("DriftAge")).toEqual(numbered("", invocations).map((_, i) => i * 3_600));
    const scans = table.inputs("Scan").length; // each invocation but the last may have left one unanswered
    expect(sumOf("SweepPages")).toBeLessThanOrEqual(scans);
    expect(sumOf("SweepPages")).toBeGreaterThan(scans - invocations);
    const { last, current } = await readSweepState(table);
    expect(current).toBeUndefined();
    expect(last).toMatchObject({ startedAt: START, completedAt: epochMs, findings: { repaired: 100 } });

    epochMs += HOUR_MS;
    table.put(defaultItem("new", undefined));
    const once = { ...NO_FINDINGS, defaults: 91, missing: 1, repaired: 1 };
    expect(await handler({}, inTime(HOUR_MS))).toEqual({ outcome: "completed", itemsScanned: 493, findings: once });
    expect(valuesOf("DriftAge").at(-1)).toBe(0);
  });

  it("saves where it is every ten seconds, and no more often", async () => {
    const table = driftedTable();
    const saved: number[] = [];
    table.fault = async ({ operation }) => {
      if (operation === "PutItem") saved.push(clock.now());
      await clock.sleep(1_000);
    };
    await sweepOf(table, { maxReadUnitsPerSecond: 10 })({}, inTime(HOUR_MS));
    const gaps = saved.slice(1).map((at, i) => at - (saved[i] ?? 0));
    expect(gaps.length).toBeGreaterThan(3);
    for (const gap of gaps.slice(0, -1)) expect(gap).toBeGreaterThanOrEqual(11_000); // of which it takes one
  });

  it("stops when another takes over, and says so without harm", async () => {
    const table = driftedTable();
    const [first, second] = [sweepOf(table)({}, inTime(HOUR_MS)), sweepOf(table)({}, inTime(HOUR_MS))];
    expect([(await first).outcome, (await second).outcome].sort()).toEqual(["completed", "overtaken"]);
    expect(table.listed("t1")).toEqual(HEALED);
    expect(published).toBe(2);
  });

  it("that DynamoDB refuses has saved where it is, and rejects with its error", async () => {
    const table = driftedTable();
    let scans = 0;
    table.fault = ({ operation }) => {
      if (operation === "Scan" && ++scans === 4) throw new Error("no permission");
      return clock.sleep(1_000);
    };
    await expect(sweepOf(table)({}, inTime(HOUR_MS))).rejects.toThrow("no permission");
    expect((await readSweepState(table)).current?.cursor.pages).toBe(3);
    expect(valuesOf("SweepPages")).toEqual([3]);
    expect(published).toBe(1);
    await sweepOf(table)({}, inTime(HOUR_MS));
    expect(table.listed("t1")).toEqual(HEALED);
  });

  it("begins anew where the state is another table's, or nobody's", async () => {
    const table = driftedTable();
    const { current } = await stateOf(driftedTable());
    const foreign = { current: { ...current, cursor: { ...current?.cursor, tableName: "other" } } };
    for (const state of [JSON.stringify(foreign), "{", undefined]) {
      table.put({ ...sweepStateKey(), version: { N: "7" }, ...(state && { state: { S: state } }) });
      expect(await sweepOf(table)({}, inTime(HOUR_MS))).toMatchObject({ outcome: "completed", itemsScanned: 492 });
      expect((await readSweepState(table)).version).toBeGreaterThan(8);
    }
  });
});

/** The state of a sweep that had to stop. */
async function stateOf(table: MemoryTable) {
  await sweepOf(table)({}, inTime(20_000));
  return readSweepState(table);
}

describe("the state of sweeps", () => {
  const state = (version: number) => ({ version, last: undefined });

  it("is replaced by the next version alone", async () => {
    const table = new MemoryTable();
    expect(await readSweepState(table)).toEqual({ version: 0 });
    expect(await writeSweepState(table, state(1))).toBe("written");
    expect(await writeSweepState(table, state(1))).toBe("overtaken");
    expect(await writeSweepState(table, state(3))).toBe("overtaken");
    expect(await writeSweepState(table, state(2))).toBe("written");
    expect(await readSweepState(table)).toEqual({ version: 2 });
    table.put({ ...sweepStateKey(), state: { S: "{}" } });
    expect(await readSweepState(table)).toEqual({ version: 0 });
  });

  it("is read strongly, from a key of its own, for as long as somebody waits", async () => {
    const table = new MemoryTable();
    const { signal } = new AbortController();
    await readSweepState(table, signal);
    const input = {
      TableName: "limits",
      Key: { PK: { S: "SYSTEM#" }, SK: { S: "#ROLLCALL#SWEEP" } },
      ConsistentRead: true,
    };
    expect(table.requests).toEqual([{ operation: "GetItem", input, signal }]);
  });

  it("is not written where it is too large for an item, and the sweep goes on", async () => {
    const table = driftedTable();
    const { current } = await stateOf(driftedTable());
    const weighing = (bytes: number) => {
      const names = [""];
      const cursor = { ...current?.cursor, suspects: [{ namespace: null, names }] };
      const large = { version: 8, current: { ...current, cursor } };
      const { version, ...text } = large;
      const overhead = "PKSYSTEM#SK#ROLLCALL#SWEEPversionstate".length + 2;
      names[0] = "x".repeat(bytes - overhead - JSON.stringify(text).length);
      return large as never;
    };
    table.put({ ...sweepStateKey(), version: { N: "7" } });
    expect(await writeSweepState(table, weighing(300 * 1_024 + 1))).toBe("too-large");
    expect(table.inputs("PutItem")).toEqual([]);
    expect(await writeSweepState(table, weighing(300 * 1_024))).toBe("written");
    table.put({ ...sweepStateKey(), version: { N: "8" } });
    const names = numbered("x", 98).map((name) => name.padEnd(1_900, "x"));
    table.put(...["t2", "t3"].flatMap((namespace) => names.map((name) => defaultItem(name, namespace))));
    expect(await sweepOf(table, { maxReadUnitsPerSecond: 5 })({}, inTime(HOUR_MS))).toMatchObject({
      outcome: "completed",
      findings: { missing: 256 },
    });
    expect(said.map(([message]) => message)).toContain(
      "warn: What is left to do is too much to be saved; the next invocation repeats some pages",
    );
  });

  it("that cannot be written for another reason is that reason", async () => {
    const table = new MemoryTable();
    table.fault = () => {
      throw new Error("down");
    };
    await expect(writeSweepState(table, state(1))).rejects.toThrow("down");
    await expect(sweepOf(table)({}, inTime(HOUR_MS))).rejects.toThrow("down");
  });
});

describe("the tally of a sweep", () => {
  const tallyFrom = (findings = NO_FINDINGS) => new SweepTally(findings, telemetry.logger, telemetry.metrics);

  it("counts on from what was found before, and leaves that as it is", () => {
    const before = { ...NO_FINDINGS, defaults: 5, missing: 1, repaired: 2, unrepaired: 3 };
    const tally = tallyFrom(before);
    tally.count("t1", "defaults");
    tally.count(undefined, "malformed", 2);
    tally.count(undefined, "legacyLimits");
    tally.setRegistered();
    expect(tally.findings).toEqual({ ...before, defaults: 6, malformed: 2, legacyLimits: 1 });
    expect(before.defaults).toBe(5);
    expect(metrics).toEqual([["NamesChecked", 1]]);
    expect(NO_FINDINGS).toEqual(Object.fromEntries(Object.keys(NO_FINDINGS).map((name) => [name, 0])));
  });

  it("tells each drift and each repair once, by namespace", () => {
    const tally = tallyFrom();
    tally.list("t1", "missing", ["a", "b"]);
    tally.list("t1", "missing", ["b", "c"]);
    tally.list("t2", "missing", ["a"]);
    tally.list("t1", "orphaned", ["a"]);
    tally.list("t1", "missing", []);
    tally.list("t1", "added", ["a", "b"]);
    tally.list("t1", "removed", ["z"]);
    tally.list("t1", "added", ["a"]);
    expect(tally.findings).toEqual({ ...NO_FINDINGS, missing: 4, orphaned: 1, repaired: 3 });
    expect(metrics).toEqual([
      ...([
        ["NamesMissing", 2],
        ["NamesMissing", 1],
        ["NamesMissing", 1],
        ["NamesOrphaned", 1],
      ] as const),
      ...([
        ["NamesRepaired", 2],
        ["NamesRepaired", 1],
      ] as const),
    ]);
    expect(said).toEqual([
      ["info: Reconciled names", { namespace: "t1", added: ["a", "b"] }],
      ["info: Reconciled names", { namespace: "t1", removed: ["z"] }],
    ]);
  });

  it("says which name cannot be repaired, and why", () => {
    const tally = tallyFrom();
    tally.listUnrepaired("t1", "a", "full");
    expect(tally.findings).toEqual({ ...NO_FINDINGS, unrepaired: 1 });
    expect(metrics).toEqual([["NamesUnrepairable", 1]]);
    expect(said).toEqual([
      ["error: A name cannot be repaired as things are", { namespace: "t1", resource: "a", reason: "full" }],
    ]);
  });
});
