import {
  backfill,
  createSweepHandler,
  type PassOptions,
  type PassReport,
  readSweepState,
  type SavedPass,
} from "@rollcall/maintainer";
import { withTiming } from "@rollcall/registry/internal";
import { itemSizeBytes, MAX_ITEM_BYTES } from "@rollcall/registry/protocol";
import { parseResourceKey, registryKey } from "@rollcall/registry/schema";
import { describeInCi } from "@rollcall/testing/dynamodb/only-in-ci";
import { VirtualClock } from "@rollcall/testing/dynamodb/virtual-clock";
import { defaultItem, registryItem } from "@rollcall/testing/rollcall/drifted-table";
import { MemoryTable } from "@rollcall/testing/rollcall/memory-table";
import { SILENT } from "@rollcall/testing/rollcall/silent-telemetry";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

/** One tenant: how full its registry is, and which names differ. Sizes in bytes. */
interface Tenant {
  /** Bytes that its registry is to lack at first to be full. */
  free: number;
  /** Names that are listed and have a default, beside which there are fillers. */
  goodSizes: number[];
  missingSizes: number[];
  orphanSizes: number[];
}

const size = fc.oneof(fc.integer({ min: 6, max: 40 }), fc.integer({ min: 500, max: 1_990 }));
const tenant: fc.Arbitrary<Tenant> = fc.record({
  free: fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 6_000 })),
  goodSizes: fc.array(size, { maxLength: 5 }),
  missingSizes: fc.array(size, { maxLength: 60 }),
  orphanSizes: fc.oneof(fc.array(size, { maxLength: 4 }), fc.array(size, { maxLength: 40 })),
});

const sizedNames = (kind: string, sizes: readonly number[]) =>
  sizes.map((bytes, i) => `${kind}${i}-`.padEnd(bytes, kind));

/** Items of a tenant. Fillers of 2,000 bytes, all with a default, make its registry as full as it is to be. */
function itemsOf(namespace: string | undefined, { free, goodSizes, missingSizes, orphanSizes }: Tenant) {
  const good = sizedNames("g", goodSizes);
  const orphans = sizedNames("o", orphanSizes);
  const listed = [...good, ...orphans];
  let room = MAX_ITEM_BYTES - free - itemSizeBytes(registryItem(listed, namespace));
  if (listed.length === 0) room -= "resources".length;
  const fillers: string[] = [];
  for (let i = 0; room >= 10; i++) {
    const bytes = room >= 4_000 ? 2_000 : Math.min(room, 1_990);
    fillers.push(`f${String(i).padStart(6, "0")}-`.padEnd(bytes, "f"));
    room -= bytes;
  }
  const defaults = [...good, ...fillers, ...sizedNames("m", missingSizes)].map((name) => defaultItem(name, namespace));
  return [...defaults, registryItem([...listed, ...fillers], namespace)];
}

/** What a pass must have left: no orphan, nothing listed without a default, and no name outside that would still fit. */
function expectHealed(
  table: MemoryTable,
  namespaces: readonly (string | undefined)[],
  items: ReturnType<typeof itemsOf>,
) {
  for (const namespace of namespaces) {
    const defaults = items.flatMap((item) => {
      const address = parseResourceKey(item);
      return address !== undefined && address.namespace === namespace ? [address.resource] : [];
    });
    const listed = new Set(table.listed(namespace));
    expect([...listed].filter((name) => !defaults.includes(name))).toEqual([]);
    const free = MAX_ITEM_BYTES - itemSizeBytes({ ...registryItem([...listed], namespace), ...registryKey(namespace) });
    expect(defaults.filter((name) => !listed.has(name) && Buffer.byteLength(name) <= free)).toEqual([]);
  }
}

const NAMESPACES = [undefined, "t1"] as const;
const plan = fc.record({
  tenants: fc.tuple(tenant, tenant),
  /** After how many requests each part of the pass is stopped. */
  stops: fc.array(fc.integer({ min: 3, max: 40 }), { maxLength: 5 }),
  /** Milliseconds that a request takes. */
  requestMs: fc.integer({ min: 1, max: 400 }),
  segments: fc.integer({ min: 1, max: 3 }),
});

function tableOf(tenants: readonly Tenant[]) {
  const items = tenants.flatMap((each, i) => itemsOf(NAMESPACES[i], each));
  return { table: new MemoryTable(items), items };
}

function fullRegistries(numRuns: number): void {
  it("take every name that fits, whenever a backfill is interrupted, and its report says the rest", async () => {
    await fc.assert(
      fc.asyncProperty(plan, async ({ tenants, stops, segments }) => {
        const { table, items } = tableOf(tenants);
        let saved: SavedPass | undefined;
        let reports: PassReport | undefined;
        for (const stop of [...stops, Number.POSITIVE_INFINITY]) {
          const end = new AbortController();
          let requests = 0;
          table.fault = () => {
            if (++requests === stop) end.abort(new Error("stopped"));
          };
          const options: PassOptions = {
            client: table.client,
            tableName: table.tableName,
            allScopes: true,
            segments,
            ...withTiming({ clock: new VirtualClock(), random: () => 0.5 }),
            signal: end.signal,
            resume: saved,
            onSave: (pass) => {
              saved = JSON.parse(JSON.stringify(pass));
            },
          };
          reports = await backfill(options).catch((error: Error) => {
            expect(error.message).toBe("stopped");
            return undefined;
          });
          if (reports !== undefined) break;
        }
        expectHealed(table, NAMESPACES, items);
        for (const { scope, missing, added, unrepaired } of reports ?? []) {
          const listed = new Set(table.listed(scope ?? undefined));
          const outside = missing.filter((name) => !listed.has(name));
          expect(new Set(unrepaired.map(({ name }) => name))).toEqual(new Set(outside));
          expect(added.filter((name) => !listed.has(name))).toEqual([]);
        }
      }),
      { numRuns },
    );
  });

  it("take every name that fits, however short a sweep's invocations are, and it counts no name twice", async () => {
    await fc.assert(
      fc.asyncProperty(plan, fc.integer({ min: 12_000, max: 60_000 }), async ({ tenants, requestMs, segments }, ms) => {
        const { table, items } = tableOf(tenants);
        const clock = new VirtualClock();
        table.fault = () => clock.sleep(requestMs);
        const handler = createSweepHandler({
          client: table.client,
          tableName: table.tableName,
          segments,
          ...withTiming({ clock, random: () => 0.5, epochMs: () => 0 }),
          maxReadUnitsPerSecond: 300,
          ...SILENT,
        });
        let invocations = 0;
        for (let outcome = "time-up"; outcome === "time-up"; ) {
          expect(++invocations).toBeLessThan(60);
          ({ outcome } = await handler({}, { getRemainingTimeInMillis: () => ms }));
        }
        expectHealed(table, NAMESPACES, items);
        const { last } = await readSweepState(table);
        const sum = (count: (tenant: Tenant) => number) => tenants.reduce((total, each) => total + count(each), 0);
        expect(last?.findings).toMatchObject({
          missing: sum(({ missingSizes }) => missingSizes.length),
          orphaned: sum(({ orphanSizes }) => orphanSizes.length),
        });
        const { missing = 0, orphaned = 0, repaired = 0, unrepaired } = last?.findings ?? {};
        expect(repaired + (unrepaired ?? 0)).toBe(missing + orphaned);
      }),
      { numRuns },
    );
  });
}

describe("full registries", { timeout: 60_000 }, () => fullRegistries(8));
describeInCi("full registries, many of them", { timeout: 900_000 }, () => fullRegistries(300));
