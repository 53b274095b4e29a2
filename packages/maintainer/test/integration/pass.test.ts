import { setImmediate } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { audit, backfill } from "@rollcall/maintainer";
import { ResourceRegistry } from "@rollcall/registry";
import { describeLargeTables } from "@rollcall/testing/dynamodb/engines";
import { putAll } from "@rollcall/testing/dynamodb/put-all";
import { meterCapacity } from "@rollcall/testing/rollcall/capacity-meter";
import {
  ACCEPTANCE_SIZE,
  createQuietTable,
  defaultItem,
  fillWithDrift,
  NAMESPACES,
  readDrift,
  registryItem,
} from "@rollcall/testing/rollcall/drifted-table";
import { beforeEach, expect, it } from "vitest";

const TEST_MS = process.env.ROLLCALL_FULL_SIZE ? 900_000 : 60_000;
const limits = [{ name: "rpm", capacity: 5 }];

describeLargeTables("a pass", (context) => {
  let tableName: string;

  beforeEach(async () => {
    tableName = await createQuietTable(context);
  });

  /** Sets and deletes defaults as producers do, from 8 sides, until disposed. */
  function keepWriting(): AsyncDisposable & { writes: number } {
    const registries = NAMESPACES.map(
      (namespace) => new ResourceRegistry({ tableName, namespace, client: context.client }),
    );
    let stopped = false;
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      const registry = registries[writer % registries.length] as ResourceRegistry;
      for (let turn = 0; !stopped; turn++) {
        const name = `live-${writer}-${turn % 3}`;
        await (turn % 2 === 0 ? registry.setResourceDefaults(name, limits) : registry.deleteResourceDefaults(name));
        live.writes++;
        await setImmediate();
      }
    });
    const live = {
      writes: 0,
      async [Symbol.asyncDispose]() {
        stopped = true;
        await Promise.all(writers);
        for (const registry of registries) await registry[Symbol.asyncDispose]();
      },
    };
    return live;
  }

  it(`makes every registry of ${ACCEPTANCE_SIZE.items} items exact while 8 writers write`, {
    timeout: TEST_MS,
  }, async () => {
    await fillWithDrift(context.client, tableName, ACCEPTANCE_SIZE);
    const settings = { tableName, client: context.client, allScopes: true, maxReadUnitsPerSecond: Infinity };
    let reports: Awaited<ReturnType<typeof backfill>>;
    {
      await using live = keepWriting();
      reports = await backfill(settings);
      expect(live.writes).toBeGreaterThan(8);
    }
    const ours = (names: string[]) => names.filter((name) => !name.startsWith("live-"));
    expect(reports.flatMap(({ added }) => ours(added))).toHaveLength(ACCEPTANCE_SIZE.missing);
    expect(reports.flatMap(({ removed }) => ours(removed))).toHaveLength(ACCEPTANCE_SIZE.orphaned);
    expect(reports.flatMap(({ unrepaired }) => unrepaired)).toEqual([]);
    expect(await readDrift(context.client, tableName)).toEqual({ missing: [], orphaned: [] });

    const after = await audit(settings);
    expect(after.map(({ scope }) => scope)).toEqual([null, ...NAMESPACES.slice(1).sort()]);
    for (const { missing, orphaned, registered, defaults } of after) {
      expect({ missing, orphaned, registered }).toEqual({ missing: [], orphaned: [], registered: defaults });
    }
  });

  it("sees no drift in a busy table, and writes nothing", async () => {
    const client = new DynamoDBClient(context.engine.clientConfig);
    const operations = new Set<string | undefined>();
    client.middlewareStack.add(
      (next, { commandName }) =>
        (call) => {
          operations.add(commandName);
          return next(call);
        },
      { step: "initialize" },
    );
    await putAll(
      context.client,
      tableName,
      NAMESPACES.map((namespace) => registryItem([], namespace)),
    );
    {
      await using live = keepWriting();
      for (let run = 0; run < 10 || live.writes < 100; run++) {
        const reports = await audit({ tableName, client, allScopes: true });
        expect(reports.flatMap(({ missing, orphaned }) => [...missing, ...orphaned])).toEqual([]);
      }
    }
    client.destroy();
    const reads = ["ScanCommand", "QueryCommand", "GetItemCommand", "BatchGetItemCommand", "TransactGetItemsCommand"];
    expect([...operations].filter((operation) => !reads.includes(operation ?? ""))).toEqual([]);
  });

  it("registers 10,000 names in 102 transactions for 40,414 write units", async () => {
    const names = Array.from({ length: 10_000 }, (_, i) => `model-${i}`.padEnd(20, "x"));
    await putAll(
      context.client,
      tableName,
      names.map((name) => defaultItem(name, undefined)),
    );
    const client = new DynamoDBClient(context.engine.clientConfig);
    let transactions = 0;
    client.middlewareStack.add(
      (next, { commandName }) =>
        (call) => {
          if (commandName === "TransactWriteItemsCommand") transactions++;
          return next(call);
        },
      { step: "initialize" },
    );
    using meter = meterCapacity(client, context.engine);
    const [report] = await backfill({ tableName, client, maxReadUnitsPerSecond: Infinity });
    client.destroy();
    expect(report?.added).toHaveLength(10_000);
    expect(transactions).toBe(102);
    expect(meter.writeUnits).toBe(40_414);
  });
});
