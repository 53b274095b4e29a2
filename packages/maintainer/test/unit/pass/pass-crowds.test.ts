import { VirtualClock } from "@rollcall/testing/dynamodb/virtual-clock";
import { defaultItem, registryItem } from "@rollcall/testing/rollcall/drifted-table";
import { MemoryTable } from "@rollcall/testing/rollcall/memory-table";
import { describe, expect, it } from "vitest";
import { Pass } from "../../../src/pass/pass.ts";
import { initialCursor, type PassCursor } from "../../../src/pass/pass-cursor.ts";
import { ReportBook } from "../../../src/pass/pass-report.ts";
import { ReadBudget } from "../../../src/pass/read-budget.ts";
import { onlyResources } from "../../fixtures/namespaces.ts";

/** Runs a pass over all of a table, in small pages, and returns the cursors it saved. */
async function cursorsOf({ client, tableName }: MemoryTable): Promise<PassCursor[]> {
  const cursors: PassCursor[] = [];
  const clock = new VirtualClock();
  const retry = { clock, random: () => 0.5, contentionTimeoutMs: 1_000 };
  const pass = new Pass({
    table: { client, tableName, retry },
    registries: onlyResources,
    cursor: initialCursor(tableName, onlyResources, "all", 1),
    repairs: false,
    budget: new ReadBudget(20, clock),
    book: new ReportBook(),
    save: async (cursor) => void cursors.push(cursor),
    onProgress: () => {},
  });
  await pass.run(new AbortController().signal);
  return cursors;
}

const inNamespaces = (count: number, item: (namespace: string) => ReturnType<typeof defaultItem>) =>
  Array.from({ length: count }, (_, i) => item(`n${String(i).padStart(4, "0")}`));
const most = (lengths: readonly number[]) => Math.max(...lengths);

describe("a cursor stays small", { timeout: 60_000 }, () => {
  it("however many namespaces have a few suspects, which are decided in full groups until then", async () => {
    const table = new MemoryTable(inNamespaces(3_000, (namespace) => defaultItem("a", namespace)));
    const cursors = await cursorsOf(table);
    const kept = most(cursors.map(({ suspects }) => suspects.length));
    expect(kept).toBeLessThanOrEqual(2_000);
    expect(kept).toBeGreaterThan(1_000);
    expect(table.inputs("TransactGetItems")).toHaveLength(3_000);
  });

  it("however many registries are met, which are checked at the end until then", async () => {
    const table = new MemoryTable(inNamespaces(5_600, (namespace) => registryItem([], namespace)));
    const cursors = await cursorsOf(table);
    const kept = most(cursors.map(({ registries }) => registries.length));
    expect(kept).toBeGreaterThan(4_000);
    const operations = table.requests.map(({ operation }) => operation);
    expect(operations.indexOf("GetItem")).toBeLessThan(operations.lastIndexOf("Scan"));
    expect(table.inputs("GetItem")).toHaveLength(5_600);
  });
});
