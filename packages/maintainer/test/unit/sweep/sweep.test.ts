import { type MaintainerEvent, readSweepState, sweepStateKey } from "@rollcall/maintainer";
import { defaultItem, registryItem } from "@rollcall/testing/rollcall/drifted-table";
import { MemoryTable } from "@rollcall/testing/rollcall/memory-table";
import { beforeEach, describe, expect, it } from "vitest";
import { NO_FINDINGS } from "../../../src/sweep/sweep-tally.ts";
import { HOUR_MS, inTime, numbered, START, Sweeps } from "../../fixtures/sweeps.ts";

let sweeps: Sweeps;

beforeEach(() => {
  sweeps = new Sweeps();
});

/** 60 names are missing and 40 orphaned, among 90 defaults and 400 other items. Each request takes a second. */
function driftedTable() {
  const [good, missing, orphaned] = [numbered("good", 30), numbered("missing", 60), numbered("orphan", 40)];
  const table = new MemoryTable([
    ...[...good, ...missing].map((name) => defaultItem(name, "t1")),
    registryItem([...good, ...orphaned], "t1"),
    ...numbered("ENTITY#", 400).map((PK) => ({ PK: { S: PK }, SK: { S: "#STATE" }, padding: { S: "x".repeat(800) } })),
  ]);
  table.fault = () => sweeps.clock.sleep(1_000);
  return table;
}
const FOUND = { ...NO_FINDINGS, defaults: 90, missing: 60, orphaned: 40, repaired: 100 };
const HEALED = [...numbered("good", 30), ...numbered("missing", 60)].sort();

describe("a sweep", () => {
  it("in one go heals the table, leaves what it found, and says so", async () => {
    const table = driftedTable();
    expect(await sweeps.handler(table)({}, inTime(HOUR_MS))).toEqual({
      outcome: "completed",
      itemsScanned: 492,
      findings: FOUND,
    });
    const ended = sweeps.clock.now();
    expect(table.listed("t1")).toEqual(HEALED);
    const pages = table.inputs("Scan").length;
    const scanReadUnits = expect.closeTo(42, -1);
    expect(await readSweepState(table)).toEqual({
      version: expect.any(Number),
      last: { startedAt: START, completedAt: START, itemsScanned: 492, scanReadUnits, findings: FOUND },
    });
    expect(sweeps.said.at(-1)).toEqual([
      "info: Swept the table",
      { outcome: "completed", itemsScanned: 492, findings: FOUND, startedAt: "2026-11-22T00:00:00.000Z" },
    ]);
    expect(
      ["NamesChecked", "NamesMissing", "NamesOrphaned", "NamesRepaired"].map((name) => sweeps.sumOf(name)),
    ).toEqual([90, 60, 40, 100]);
    const size = "PKt1/SYSTEM#SK#RESOURCESGSI4PKt1GSI4SKt1/SYSTEM#resources".length;
    expect(sweeps.valuesOf("RegistrySize")).toEqual([size + [...HEALED, ...numbered("orphan", 40)].join("").length]);
    expect(sweeps.valuesOf("SweepPages")).toEqual([pages]);
    expect(sweeps.valuesOf("SweepDuration")).toEqual([ended - 1_000]); // reading its state comes before
    expect(sweeps.valuesOf("DriftAge")).toEqual([0]);
    expect(sweeps.publishedCount).toBe(1);
  });

  it("in several parts counts on from where it was, and the next begins at the start", async () => {
    const table = driftedTable();
    const handler = sweeps.handler(table);
    let invocations = 0;
    for (let outcome = "time-up"; outcome === "time-up"; invocations++) {
      sweeps.epochMs = START + invocations * HOUR_MS;
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
    expect(sweeps.valuesOf("DriftAge")).toEqual(numbered("", invocations).map((_, i) => i * 3_600));
    const scans = table.inputs("Scan").length; // each invocation but the last may have left one unanswered
    expect(sweeps.sumOf("SweepPages")).toBeLessThanOrEqual(scans);
    expect(sweeps.sumOf("SweepPages")).toBeGreaterThan(scans - invocations);
    const { last, current } = await readSweepState(table);
    expect(current).toBeUndefined();
    expect(last).toMatchObject({ startedAt: START, completedAt: sweeps.epochMs, findings: { repaired: 100 } });

    sweeps.epochMs += HOUR_MS;
    table.put(defaultItem("new", undefined));
    const once = { ...NO_FINDINGS, defaults: 91, missing: 1, repaired: 1 };
    expect(await handler({}, inTime(HOUR_MS))).toEqual({ outcome: "completed", itemsScanned: 493, findings: once });
    expect(sweeps.valuesOf("DriftAge").at(-1)).toBe(0);
  });

  it("tells what it decides, and an observer that fails changes nothing and is logged once", async () => {
    const table = driftedTable();
    const kinds: string[] = [];
    const onEvent = ({ kind }: MaintainerEvent) => {
      kinds.push(kind);
      throw new Error("no observer");
    };
    expect(await sweeps.handler(table, { onEvent })({}, inTime(HOUR_MS))).toMatchObject({ findings: FOUND });
    expect(new Set(kinds)).toEqual(new Set(["reconciled", "registry-read"]));
    expect(sweeps.lines("error")).toEqual(["error: An observer of the maintainer failed; nothing else changes"]);
  });

  it("saves where it is every ten seconds, and no more often", async () => {
    const table = driftedTable();
    const saved: number[] = [];
    table.fault = async ({ operation }) => {
      if (operation === "PutItem") saved.push(sweeps.clock.now());
      await sweeps.clock.sleep(1_000);
    };
    await sweeps.handler(table, { maxReadUnitsPerSecond: 10 })({}, inTime(HOUR_MS));
    const gaps = saved.slice(1).map((at, i) => at - (saved[i] ?? 0));
    expect(gaps.length).toBeGreaterThan(3);
    for (const gap of gaps.slice(0, -1)) expect(gap).toBeGreaterThanOrEqual(11_000); // of which it takes one
  });

  it("stops when another takes over, and says so without harm", async () => {
    const table = driftedTable();
    const [first, second] = [sweeps.handler(table)({}, inTime(HOUR_MS)), sweeps.handler(table)({}, inTime(HOUR_MS))];
    expect([(await first).outcome, (await second).outcome].sort()).toEqual(["completed", "overtaken"]);
    expect(table.listed("t1")).toEqual(HEALED);
    expect(sweeps.publishedCount).toBe(2);
  });

  it("that DynamoDB refuses has saved where it is, and rejects with its error", async () => {
    const table = driftedTable();
    let scans = 0;
    table.fault = ({ operation }) => {
      if (operation === "Scan" && ++scans === 4) throw new Error("no permission");
      return sweeps.clock.sleep(1_000);
    };
    await expect(sweeps.handler(table)({}, inTime(HOUR_MS))).rejects.toThrow("no permission");
    expect((await readSweepState(table)).current?.cursor.pages).toBe(3);
    expect(sweeps.valuesOf("SweepPages")).toEqual([3]);
    expect(sweeps.publishedCount).toBe(1);
    await sweeps.handler(table)({}, inTime(HOUR_MS));
    expect(table.listed("t1")).toEqual(HEALED);
  });

  it("begins at the start where the state is another table's, or none", async () => {
    const table = driftedTable();
    const { current } = await stateOf(driftedTable());
    const foreign = { current: { ...current, cursor: { ...current?.cursor, tableName: "other" } } };
    for (const state of [JSON.stringify(foreign), "{", undefined]) {
      table.put({ ...sweepStateKey(), version: { N: "7" }, ...(state && { state: { S: state } }) });
      expect(await sweeps.handler(table)({}, inTime(HOUR_MS))).toMatchObject({
        outcome: "completed",
        itemsScanned: 492,
      });
      expect((await readSweepState(table)).version).toBeGreaterThan(8);
    }
  });
});

/** The state of a sweep that had to stop. */
async function stateOf(table: MemoryTable) {
  await sweeps.handler(table)({}, inTime(20_000));
  return readSweepState(table);
}
