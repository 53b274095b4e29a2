import { audit, type SavedPass } from "@rollcall/maintainer";
import { withTiming } from "@rollcall/registry/internal";
import { VirtualClock } from "@rollcall/testing/dynamodb/virtual-clock";
import { defaultItem, registryItem } from "@rollcall/testing/rollcall/drifted-table";
import { MemoryTable } from "@rollcall/testing/rollcall/memory-table";
import { describe, expect, it } from "vitest";
import { Pass } from "../../../src/pass/pass.ts";
import { initialCursor } from "../../../src/pass/pass-cursor.ts";
import { ReportBook } from "../../../src/pass/pass-report.ts";
import type { ReadBudget } from "../../../src/pass/read-budget.ts";
import { onlyResources } from "../../fixtures/namespaces.ts";

const { signal } = new AbortController();
const retry = { clock: new VirtualClock(), random: () => 0.5, contentionTimeoutMs: 1_000 };

/** Runs a pass over all of a table in one segment, with a budget that only notes what is asked of it. */
async function runPass(table: MemoryTable, burstUnits = 400) {
  const spent: string[] = [];
  const sizes: number[] = [];
  const book = new ReportBook();
  const budget = {
    burstUnits,
    take: async (units: number) => void spent.push(`take ${units}`),
    charge: (taken: number, used: number) => void spent.push(`charge ${taken} as ${used}`),
  };
  const pass = new Pass({
    table: { client: table.client, tableName: table.tableName, retry },
    registries: onlyResources,
    cursor: initialCursor(table.tableName, onlyResources, "all", 1),
    repairs: false,
    budget: budget as unknown as ReadBudget,
    book: {
      met: (scope, met) => book.met(scope, met),
      found: (scope, findings) => book.found(scope, findings),
      flawed: () => {},
      leftOver: () => {},
      checked: (_scope, { bytes }) => void sizes.push(bytes),
    },
    save: async () => {},
    onProgress: () => {},
  });
  await pass.run(signal);
  return { spent, sizes };
}

describe("TableScan: a page", () => {
  it.each([
    [Number.POSITIVE_INFINITY, 1, 256],
    [Number.POSITIVE_INFINITY, 4, 64],
    [100, 1, 25],
    [100, 4, 25],
    [1_000_000, 16, 16],
    [0.1, 1, 1],
  ])("is at first small, at %d units a second in %i segments: %i items", async (rate, segments, limit) => {
    const table = new MemoryTable();
    const { client, tableName } = table;
    await audit({
      client,
      tableName,
      segments,
      maxReadUnitsPerSecond: rate,
      ...withTiming({ clock: new VirtualClock() }),
    });
    expect(table.inputs("Scan").map(({ Limit }) => Limit)).toEqual(Array(segments).fill(limit));
  });

  it("then has as many items as its units are enough for, by what the page before cost", async () => {
    const entity = (i: number) => ({ PK: { S: `E${i}` }, SK: { S: "#S" }, padding: { S: "x".repeat(812) } });
    const table = new MemoryTable(Array.from({ length: 200 }, (_, i) => entity(i + 100)));
    await runPass(table, 40);
    // 10 units: 20 items of 0.5; their 16,460 bytes were 2.5 units, which makes 80; whose 65,840 were 8.5, and 94.
    expect(table.inputs("Scan").map(({ Limit }) => Limit)).toEqual([20, 80, 94, 94]);
  });
});

it("a pass takes every read from its budget by an estimate, and charges it with its cost", async () => {
  const names = Array.from({ length: 3 }, (_, i) => `orphan-${i}`.padEnd(2_000, "x"));
  const table = new MemoryTable([defaultItem("a", undefined), registryItem(names, undefined)]);
  const { spent, sizes } = await runPass(table);
  expect(spent).toEqual([
    ...["take 100", "charge 100 as 1"], // 6 KB of the table, at half the price
    ...["take 1", "charge 1 as 2"], // the registry, to look names up
    ...["take 2", "charge 2 as 6"], // "a" beside the registry, at twice the price
    ...["take 1", "charge 1 as 2"], // the registry, to check its names
    ...["take 3", "charge 3 as 3"], // its names, none of which has a default
    ...["take 6", "charge 6 as 10"], // its names beside it
  ]);
  expect(sizes).toEqual([6_000 + "resources".length + "PKSYSTEM#SK#RESOURCES".length]);
});

it("a pass charges what lookups of large defaults cost: 990 of 40 KB keep to the budget", async () => {
  const names = Array.from({ length: 990 }, (_, i) => `model-${i}`);
  const large = names.map((name) => ({ ...defaultItem(name, undefined), padding: { S: "x".repeat(40_000) } }));
  const table = new MemoryTable([...large, registryItem(names, undefined)]);
  const { client, tableName } = table;
  let saved: SavedPass | undefined;
  const clock = new VirtualClock();
  const onSave = (pass: SavedPass) => {
    saved = structuredClone(pass);
    if (saved.cursor.segments.every(({ done }) => done)) throw new Error("scanned");
  };
  const options = { client, tableName, segments: 1, ...withTiming({ clock }), maxReadUnitsPerSecond: 1_000 };
  await expect(audit({ ...options, onSave })).rejects.toThrow("scanned");
  const resumedMs = clock.now(); // it has met none of the names, so that it looks up all of them: 9,900 units
  await audit({ ...options, resume: saved });
  expect(clock.now() - resumedMs).toBeGreaterThan(8_000);
});

describe("a Scan whose pages may cost little", () => {
  const items = Array.from({ length: 4_000 }, (_, i) => ({
    PK: { S: `ENTITY#${String(i).padStart(8, "0")}` },
    SK: { S: "#STATE" },
    padding: { S: "x".repeat(94) },
  }));

  it.each([
    ["a budget below 8 read units a second", { segments: 1, maxReadUnitsPerSecond: 7 }, 75],
    ["more than 128 segments", { segments: 129, maxReadUnitsPerSecond: 1_000 }, 129 * 7],
  ])("is no request for every item: %s", async (_, settings, mostRequests) => {
    const table = new MemoryTable(items);
    let readUnits = 0;
    const onSave = ({ cursor }: SavedPass) => {
      readUnits = cursor.scanReadUnits;
    };
    const { client, tableName } = table;
    await audit({ client, tableName, ...withTiming({ clock: new VirtualClock() }), ...settings, onSave });
    expect(table.inputs("Scan").length).toBeLessThanOrEqual(mostRequests);
    expect(readUnits).toBeLessThan(settings.segments === 1 ? 75 : 129 * 3.5);
  });
});
