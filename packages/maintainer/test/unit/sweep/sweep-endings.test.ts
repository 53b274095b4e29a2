import { readSweepState, type SweepHandlerOptions, sweepStateKey } from "@rollcall/maintainer";
import { cancelled, conditionFailed } from "@rollcall/testing/dynamodb/service-errors";
import { defaultItem, registryItem } from "@rollcall/testing/rollcall/drifted-table";
import { MemoryTable } from "@rollcall/testing/rollcall/memory-table";
import { beforeEach, describe, expect, it } from "vitest";
import { HOUR_MS, inTime, numbered, Sweeps } from "../../fixtures/sweeps.ts";

const long = (name: string, bytes: number) => name.padEnd(bytes, "x");
const tenants = (count: number) => numbered("t", count);

let sweeps: Sweeps;
beforeEach(() => {
  sweeps = new Sweeps();
});

/** A table each of whose requests takes a second. */
function slowTable(...items: ConstructorParameters<typeof MemoryTable>[0][]): MemoryTable {
  const table = new MemoryTable(items.flat());
  table.fault = () => sweeps.clock.sleep(1_000);
  return table;
}

/** Invokes a sweep until it has ended; each time it has so much time. */
async function sweepUntilDone(
  table: MemoryTable,
  ms: number,
  mostInvocations: number,
  options: Partial<SweepHandlerOptions> = {},
) {
  const handler = sweeps.handler(table, options);
  for (let invocations = 1; invocations <= mostInvocations; invocations++) {
    const result = await handler({}, inTime(ms));
    if (result.outcome !== "time-up") return { ...result, invocations };
  }
  throw new Error(`The sweep has not ended after ${mostInvocations} invocations`);
}

describe("a sweep ends", { timeout: 60_000 }, () => {
  it("where suspects of 1,900 bytes are more than its state holds: 4 tenants with 90 each", async () => {
    const names = numbered("name", 90).map((name) => long(name, 1_900));
    const table = slowTable(tenants(4).flatMap((tenant) => names.map((name) => defaultItem(name, tenant))));
    const { findings } = await sweepUntilDone(table, 25_000, 12);
    expect(findings).toMatchObject({ defaults: 360, missing: 360, repaired: 360, unrepaired: 0 });
    for (const tenant of tenants(4)) expect(table.listed(tenant)).toHaveLength(90);
    expect(sweeps.lines("error")).toEqual([]);
  });

  it("where 1,000 names find no room, and counts each of them once", async () => {
    const listed = numbered("listed", 200).map((name) => long(name, 2_000)); // 400,000 bytes of 409,600
    const refused = numbered("more", 1_000).map((name) => long(name, 1_000));
    const table = slowTable(
      [...listed, ...refused].map((name) => defaultItem(name, "t1")),
      [registryItem(listed, "t1")],
    );
    const { findings, invocations } = await sweepUntilDone(table, 40_000, 40);
    expect(invocations).toBeGreaterThan(2);
    expect(table.listed("t1")).toHaveLength(209); // 9 of 1,000 bytes fitted
    expect(findings).toMatchObject({ defaults: 1_200, missing: 1_000, repaired: 9, unrepaired: 991 });
    expect([sweeps.sumOf("NamesMissing"), sweeps.sumOf("NamesUnrepairable")]).toEqual([1_000, 991]);
  });

  it("where what found no room takes longer to decide again than an invocation has", async () => {
    const listed = numbered("listed", 200).map((name) => long(name, 2_000));
    const refused = numbered("refused", 150).map((name) => long(name, 200));
    const items = tenants(2).flatMap((tenant) => [
      ...[...listed, ...refused].map((name) => defaultItem(name, tenant)),
      registryItem([...listed, ...numbered("ballast", 4).map((name) => long(name, 2_000))], tenant),
    ]);
    const table = new MemoryTable(items);
    table.fault = () => sweeps.clock.sleep(50);
    const { findings } = await sweepUntilDone(table, 15_000, 40, { maxReadUnitsPerSecond: 50 });
    expect(findings).toMatchObject({ defaults: 700, missing: 300, orphaned: 8 });
    expect(findings.repaired + findings.unrepaired).toBe(308);
    expect(sweeps.lines("error").filter((line) => !line.includes("could not be repaired"))).toEqual([]);
  });

  it("where the state cannot hold its segments' keys at all, and says which setting is at fault", async () => {
    const wide = (i: number) => ({ PK: { S: long(`E${i}`, 2_000) }, SK: { S: long("S", 1_000) } });
    const table = slowTable(Array.from({ length: 1_500 }, (_, i) => wide(i)));
    table.fault = () => sweeps.clock.sleep(5_000);
    const handler = sweeps.handler(table, { segments: 300, maxReadUnitsPerSecond: 400 });
    expect(await handler({}, inTime(HOUR_MS))).toMatchObject({ outcome: "completed" });
    expect(sweeps.lines("error")[0]).toMatch(/cannot be saved.*Set fewer segments/);
  });
});

describe("names that a sweep finds over several invocations", () => {
  it.each([15_000, 17_000, 21_000, 30_000])("are counted once each, with %i ms a time", async (ms) => {
    const [missing, orphaned] = [numbered("missing", 150), numbered("orphan", 150)];
    const table = slowTable(
      missing.map((name) => defaultItem(name, "t1")),
      [registryItem(orphaned, "t1")],
      numbered("E", 300).map((PK) => ({ PK: { S: PK }, SK: { S: "#S" }, padding: { S: "x".repeat(800) } })),
    );
    const { findings, invocations } = await sweepUntilDone(table, ms, 60);
    expect(invocations).toBeGreaterThan(1);
    expect(findings).toMatchObject({ missing: 150, orphaned: 150, repaired: 300, unrepaired: 0 });
    expect(["NamesMissing", "NamesOrphaned", "NamesRepaired"].map((name) => sweeps.sumOf(name))).toEqual([
      150, 150, 300,
    ]);
  });
});

describe("a registry that other writers keep busy", () => {
  const isOf = (tenant: string, input: object) => JSON.stringify(input).includes(`"${tenant}/SYSTEM#"`);

  it.each(["TransactGetItems", "TransactWriteItems"])(
    "ends no sweep: %s conflicts, and 20 other tenants are healed",
    async (busy) => {
      const items = tenants(21).flatMap((tenant) => [
        ...numbered("model", 210).map((name) => defaultItem(name, tenant)),
        registryItem(["ghost"], tenant),
      ]);
      const table = slowTable(items);
      table.fault = ({ operation, input }) => {
        if (operation === busy && isOf("t-0", input)) {
          const { length } = input.TransactItems as object[]; // of which the registry's is the last
          throw cancelled(...Array(length - 1).fill("None"), "TransactionConflict");
        }
        return sweeps.clock.sleep(10);
      };
      const before = sweeps.clock.now();
      const result = await sweeps.handler(table, { maxReadUnitsPerSecond: 10_000 })({}, inTime(HOUR_MS));
      expect(result).toMatchObject({ outcome: "completed", findings: { repaired: 20 * 211, unrepaired: 211 } });
      for (const tenant of tenants(21).slice(1)) expect(table.listed(tenant)).toEqual(numbered("model", 210).sort());
      expect(sweeps.clock.now() - before).toBeLessThan(30_000); // the busy one was waited for once, not for each group
      expect(sweeps.said.find(([line]) => line === "error: Names could not be repaired")?.[1]).toMatchObject({
        registry: "resources",
        scope: "t-0",
        names: expect.arrayContaining([expect.stringMatching(/model|ghost/)]),
      });
    },
  );
});

describe("a sweep whose conditional write was sent twice", () => {
  it.each([1, 2, 3])("is not overtaken by itself: the answer to its write %i was lost", async (lost) => {
    const table = slowTable(
      numbered("model", 40).map((name) => defaultItem(name, "t1")),
      numbered("E", 300).map((PK) => ({ PK: { S: PK }, SK: { S: "#S" }, padding: { S: "x".repeat(800) } })),
    );
    const { client } = table;
    let writes = 0;
    const send = async (command: { constructor: { name: string } }, options: never) => {
      const answer = await client.send(command as never, options);
      const isLost = command.constructor.name === "PutItemCommand" && ++writes === lost;
      return isLost ? client.send(command as never, options) : answer;
    };
    const resending = { client: { send } as unknown as typeof client, tableName: table.tableName };
    const result = await sweeps.handler(resending, { maxReadUnitsPerSecond: 10 })({}, inTime(HOUR_MS));
    expect(result).toMatchObject({ outcome: "completed", findings: { repaired: 40 } });
    expect(writes).toBeGreaterThan(3);
  });

  it("saves no more once another has overtaken it", async () => {
    const table = slowTable(
      numbered("E", 300).map((PK) => ({ PK: { S: PK }, SK: { S: "#S" }, x: { S: "x".repeat(800) } })),
    );
    let writes = 0;
    table.fault = async ({ operation }) => {
      if (operation === "PutItem" && ++writes === 2) {
        table.put({ ...sweepStateKey(), version: { N: "9" }, state: { S: "{}" } });
        throw conditionFailed();
      }
      await sweeps.clock.sleep(1_000);
    };
    const handler = sweeps.handler(table, { maxReadUnitsPerSecond: 5, segments: 4 });
    expect(await handler({}, inTime(HOUR_MS))).toMatchObject({ outcome: "overtaken" });
    expect(writes).toBe(2);
  });
});

describe("the time of a sweep", () => {
  const drifted = () => slowTable([defaultItem("a", "t1"), registryItem([], "t1")]);

  it.each([3_000, 5_000])("is none where the function has %i ms, which is said once and loudly", async (ms) => {
    const table = drifted();
    const handler = sweeps.handler(table);
    for (let i = 0; i < 3; i++)
      expect(await handler({}, inTime(ms))).toMatchObject({ outcome: "time-up", itemsScanned: 0 });
    expect(sweeps.lines("error")).toEqual([
      "error: The function's time-out leaves a sweep no time, so it reads nothing: set the time-out to 60 seconds or more (Lambda's default is 3)",
    ]);
    expect(table.inputs("PutItem")).toEqual([]);
    expect(sweeps.valuesOf("DriftAge")).toEqual([0, 0, 0]);
  });

  it.each([
    ["one registry cannot be read and compared", 1],
    ["the registries of one page cannot all be read", 4],
  ])("is too short where %s within it, which is said once and loudly", async (_, count) => {
    const listed = numbered("listed", 200).map((name) => long(name, 2_000));
    const items = tenants(count).flatMap((tenant) => [registryItem(listed, tenant), defaultItem("a", tenant)]);
    const table = new MemoryTable(items);
    table.fault = () => sweeps.clock.sleep(50);
    const handler = sweeps.handler(table, { maxReadUnitsPerSecond: 50 });
    for (let i = 0; i < 6; i++) expect(await handler({}, inTime(6_000))).toMatchObject({ outcome: "time-up" });
    expect(sweeps.said.filter(([line]) => line.startsWith("error: "))).toEqual([
      [
        "error: A sweep's time was up before it had come any further, and the next one's may be too: set the function's " +
          "time-out higher, or maxReadUnitsPerSecond",
        { timeoutMs: 6_000, maxReadUnitsPerSecond: 50 },
      ],
    ]);
    expect(await handler({}, inTime(HOUR_MS))).toMatchObject({ outcome: "completed" });
  });

  it.each([Number.POSITIVE_INFINITY, Number.NaN, 2 ** 31, 2 ** 53])("is enough where %d ms are left", async (ms) => {
    const table = drifted();
    expect(await sweeps.handler(table)({}, inTime(ms))).toMatchObject({
      outcome: "completed",
      findings: { repaired: 1 },
    });
  });

  it.each([
    ["has no such function", {}],
    ["is missing", undefined],
  ])("is unknown where the context %s, and the sweep runs to its end", async (_, context) => {
    expect(await sweeps.handler(drifted())({}, context as never)).toMatchObject({ outcome: "completed" });
  });

  it("ends a read of the state that is not answered, before the function's does", async () => {
    const table = new MemoryTable();
    const send = (_: unknown, { abortSignal }: { abortSignal: AbortSignal }) =>
      new Promise((_, reject) => abortSignal.addEventListener("abort", () => reject(abortSignal.reason)));
    const silent = { client: { send } as unknown as typeof table.client, tableName: table.tableName };
    for (const ms of [4_000, 60_000]) {
      const before = sweeps.clock.now();
      await expect(sweeps.handler(silent)({}, inTime(ms))).rejects.toThrow(
        "did not answer before the function's time-out",
      );
      expect(sweeps.clock.now() - before).toBe(ms - 1_000);
    }
  });
});

describe("a sweep that fails and cannot save where it is", () => {
  it("rejects with what it failed of, and the other error attached", async () => {
    const table = slowTable([defaultItem("a", "t1")]);
    table.fault = ({ operation }) => {
      if (operation === "Scan") throw new Error("no permission");
      if (operation === "PutItem" && table.inputs("PutItem").length > 1) throw new Error("no capacity");
    };
    await expect(sweeps.handler(table)({}, inTime(HOUR_MS))).rejects.toMatchObject({
      message: "no permission",
      saveError: { message: "no capacity" },
    });
    expect((await readSweepState(table)).version).toBe(1);
  });
});
