import { audit } from "@rollcall/maintainer";
import { VirtualClock } from "@rollcall/testing/dynamodb/virtual-clock";
import { defaultItem, registryItem } from "@rollcall/testing/rollcall/drifted-table";
import { MemoryTable } from "@rollcall/testing/rollcall/memory-table";
import { describe, expect, it } from "vitest";
import { Pass } from "../../src/pass/pass.ts";
import { initialCursor } from "../../src/pass/pass-cursor.ts";
import { ReportBook } from "../../src/pass/pass-report.ts";
import type { ReadBudget } from "../../src/pass/read-budget.ts";

const { signal } = new AbortController();
const retry = { clock: new VirtualClock(), random: () => 0.5, contentionTimeoutMs: 1_000 };

/** Runs a pass over all of a table in one segment, with a budget that only notes what is asked of it. */
async function runPass(table: MemoryTable, burstUnits = 400) {
  const spent: string[] = [];
  const sizes: number[] = [];
  const budget = {
    burstUnits,
    take: async (units: number) => void spent.push(`take ${units}`),
    settle: (taken: number, used: number) => void spent.push(`settle ${taken} as ${used}`),
  };
  const pass = new Pass({
    table: { client: table.client, tableName: table.tableName, retry },
    cursor: initialCursor(table.tableName, "all", 1),
    repairs: false,
    budget: budget as unknown as ReadBudget,
    book: new ReportBook(),
    save: async () => {},
    onProgress: () => {},
    onRegistrySize: (bytes) => void sizes.push(bytes),
  });
  await pass.run(signal);
  return { spent, sizes };
}

describe("a page of the Scan", () => {
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
    await audit({ client, tableName, segments, maxReadUnitsPerSecond: rate, clock: new VirtualClock() });
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

it("every read is taken from the budget by an estimate, and settled by its cost", async () => {
  const names = Array.from({ length: 3 }, (_, i) => `orphan-${i}`.padEnd(2_000, "x"));
  const table = new MemoryTable([defaultItem("a", undefined), registryItem(names, undefined)]);
  const { spent, sizes } = await runPass(table);
  expect(spent).toEqual([
    ...["take 100", "settle 100 as 1"], // 6 KB of the table, at half the price
    ...["take 1", "settle 1 as 2"], // the registry, to look names up
    ...["take 2", "settle 2 as 6"], // "a" beside the registry, at twice the price
    ...["take 1", "settle 1 as 2"], // the registry, to check its names
    "take 3",
    ...["take 6", "settle 6 as 10"], // its names beside it
  ]);
  expect(sizes).toEqual([6_000 + "resources".length + "PKSYSTEM#SK#RESOURCES".length]);
});
