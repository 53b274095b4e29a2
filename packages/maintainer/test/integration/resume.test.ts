import { audit, backfill, type PassOptions, type PassReport, type SavedPass } from "@rollcall/maintainer";
import { withTiming } from "@rollcall/registry/internal";
import { describeLargeTables } from "@rollcall/testing/dynamodb/engines";
import { Killed, MortalClient } from "@rollcall/testing/dynamodb/mortal-client";
import { VirtualClock } from "@rollcall/testing/dynamodb/virtual-clock";
import { createQuietTable, fillWithDrift, readDrift, type TableSize } from "@rollcall/testing/rollcall/drifted-table";
import * as fc from "fast-check";
import { expect, it } from "vitest";

/** Slow enough for pages to be an eighth of this, so that even small tables have many. */
const READ_UNITS_PER_SECOND = 16;
const PAGE_UNITS = READ_UNITS_PER_SECOND / 8;
const SEGMENTS = 2;

/** When a process is killed, and whether its last request is carried out. */
interface Kill {
  lastRequest: number;
  isCarriedOut: boolean;
}

const kills = (length: number, max: number) =>
  fc.array(fc.record({ lastRequest: fc.integer({ min: 1, max }), isCarriedOut: fc.boolean() }), {
    minLength: length,
    maxLength: length,
  });

describeLargeTables("an interrupted pass", (context) => {
  /** Runs a pass as often as it is killed, and then to its end; each time from what it saved last, through JSON. */
  async function runThrough(run: typeof backfill, tableName: string, plan: readonly Kill[]) {
    let saved: SavedPass | undefined;
    let scanReadUnits = 0;
    let killed = 0;
    for (const kill of [...plan, { lastRequest: Infinity, isCarriedOut: true }]) {
      const client = new MortalClient(context.client, kill.lastRequest, kill.isCarriedOut);
      const options: PassOptions = {
        tableName,
        client,
        allScopes: true,
        maxReadUnitsPerSecond: READ_UNITS_PER_SECOND,
        segments: SEGMENTS,
        ...withTiming({ clock: new VirtualClock() }),
        resume: saved,
        onSave: (pass) => {
          if (!client.isDead) saved = JSON.parse(JSON.stringify(pass));
        },
      };
      try {
        const reports: PassReport = await run(options);
        return { reports, scanReadUnits: scanReadUnits + client.scanReadUnits, killed };
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
        killed++;
        scanReadUnits += client.scanReadUnits;
      }
    }
    throw new Error("It was never left to complete.");
  }

  const totals = (reports: PassReport) => ({
    defaults: reports.reduce((sum, { defaults }) => sum + defaults, 0),
    missing: reports.flatMap(({ missing }) => missing).length,
    orphaned: reports.flatMap(({ orphaned }) => orphaned).length,
  });

  it("has the same outcome after 20 kills, and reads little twice", async () => {
    const size: TableSize = { items: 4_000, defaults: 1_200, missing: 500, orphaned: 500 };
    const tableName = await createQuietTable(context);
    await fillWithDrift(context.client, tableName, size);
    const once = await runThrough(audit, tableName, []);
    const [plan = []] = fc.sample(kills(20, 3), 1);
    const { scanReadUnits, killed } = await runThrough(backfill, tableName, plan);
    expect(killed).toBe(20);
    expect(scanReadUnits).toBeLessThan(1.2 * once.scanReadUnits + killed * SEGMENTS * PAGE_UNITS * 1.2);
    expect(await readDrift(context.client, tableName)).toEqual({ missing: [], orphaned: [] });
  });

  it("finds and repairs everything, whenever it is killed", async () => {
    const size: TableSize = { items: 700, defaults: 520, missing: 420, orphaned: 40 };
    await fc.assert(
      fc.asyncProperty(kills(6, 25), kills(6, 25), async (auditKills, repairKills) => {
        const tableName = await createQuietTable(context);
        await fillWithDrift(context.client, tableName, size);
        const { reports } = await runThrough(audit, tableName, auditKills);
        expect(totals(reports)).toEqual({ defaults: 520, missing: 420, orphaned: 40 });
        await runThrough(backfill, tableName, repairKills);
        expect(await readDrift(context.client, tableName)).toEqual({ missing: [], orphaned: [] });
      }),
      { numRuns: 5 },
    );
  });
});
