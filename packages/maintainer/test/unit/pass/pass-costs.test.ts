import { audit, backfill, createSweepHandler, type PassOptions } from "@rollcall/maintainer";
import { withTiming } from "@rollcall/registry/internal";
import { itemSizeBytes } from "@rollcall/registry/protocol";
import { VirtualClock } from "@rollcall/testing/dynamodb/virtual-clock";
import { defaultItem, registryItem } from "@rollcall/testing/rollcall/drifted-table";
import { MemoryTable } from "@rollcall/testing/rollcall/memory-table";
import { SILENT } from "@rollcall/testing/rollcall/silent-telemetry";
import { describe, expect, it } from "vitest";

const timing = () => withTiming({ clock: new VirtualClock(), random: () => 0.5 });
const optionsFor = ({ client, tableName }: MemoryTable): PassOptions => ({
  client,
  tableName,
  segments: 1,
  ...timing(),
});
const names = (prefix: string, count: number, bytes: number) =>
  Array.from({ length: count }, (_, i) => `${prefix}${i}-`.padEnd(bytes, prefix));
const writesOf = (table: MemoryTable) =>
  table.requests.filter(({ operation }) => ["TransactWriteItems", "UpdateItem"].includes(operation));

describe("what a pass writes", () => {
  it("is one request for all orphans that no item can have, not one for each", async () => {
    const unstorable = names("x", 191, 2_100); // 391 KB
    const table = new MemoryTable([registryItem(unstorable, undefined)]);
    let writeUnits = 0;
    table.fault = ({ operation }) => {
      const bytes = itemSizeBytes(registryItem(table.listed() ?? [], undefined));
      if (operation === "UpdateItem") writeUnits += Math.ceil(bytes / 1_024);
    };
    expect(await backfill(optionsFor(table))).toMatchObject([{ removed: [...unstorable].sort(), unrepaired: [] }]);
    expect(writesOf(table)).toHaveLength(1);
    expect(writeUnits).toBe(392);
  });

  it("is nothing for names without room, sweep after sweep", async () => {
    const listed = names("l", 204, 2_000);
    const table = new MemoryTable([
      ...[...listed, ...names("m", 2_601, 1_700)].map((name) => defaultItem(name, undefined)),
      registryItem(listed, undefined),
    ]);
    const handler = createSweepHandler({ ...optionsFor(table), maxReadUnitsPerSecond: 1e6, ...SILENT });
    for (let sweep = 0; sweep < 2; sweep++) {
      const result = await handler({}, { getRemainingTimeInMillis: () => 3_600_000 });
      expect(result).toMatchObject({ outcome: "completed", findings: { missing: 2_601, unrepaired: 2_601 } });
    }
    expect(writesOf(table)).toEqual([]);
  });
});

describe("suspects whose items are more than 4 MB together", () => {
  it("are read in halves: 99 of 400 KB", async () => {
    const large = names("a", 99, 8).map((name) => ({
      ...defaultItem(name, undefined),
      padding: { S: "x".repeat(400_000) },
    }));
    const table = new MemoryTable(large);
    expect(await audit(optionsFor(table))).toMatchObject([{ defaults: 99, missing: names("a", 99, 8).sort() }]);
    expect(table.inputs("TransactGetItems").length).toBeLessThanOrEqual(31);
  });

  it("reject with DynamoDB's own error where it refuses a single one", async () => {
    const table = new MemoryTable(names("a", 99, 8).map((name) => defaultItem(name, undefined)));
    table.fault = ({ operation }) => {
      if (operation === "TransactGetItems")
        throw Object.assign(new Error("no such key"), { name: "ValidationException" });
    };
    await expect(audit(optionsFor(table))).rejects.toThrow("no such key");
    expect(table.inputs("TransactGetItems")).toHaveLength(8);
  });
});
