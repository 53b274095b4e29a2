import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { createSweepHandler, readSweepState, type SweepHandlerOptions, sweepStateKey } from "@rollcall/maintainer";
import { withTiming } from "@rollcall/registry/internal";
import { describeEachEngine } from "@rollcall/testing/dynamodb/engines";
import { Killed, MortalClient } from "@rollcall/testing/dynamodb/mortal-client";
import { putAll } from "@rollcall/testing/dynamodb/put-all";
import { SteppedClock } from "@rollcall/testing/dynamodb/stepped-clock";
import { createQuietTable, defaultItem, fillWithDrift, readDrift } from "@rollcall/testing/rollcall/drifted-table";
import { beforeEach, expect, it } from "vitest";

const SIZE = { items: 3_000, defaults: 800, missing: 240, orphaned: 240 };
const HOUR_MS = 3_600_000;
const LONG = { getRemainingTimeInMillis: () => HOUR_MS };
/** Five of these seconds are kept back to save. */
const SHORT = { getRemainingTimeInMillis: () => 7_000 };
const REQUEST_MS = 100;

describeEachEngine("the sweep", (context) => {
  let tableName: string;
  let metrics: [string, number][];
  let epochMs: number;

  beforeEach(async () => {
    tableName = await createQuietTable(context);
    metrics = [];
    epochMs = Date.UTC(2026, 10, 22);
  });

  const sweep = (options: Partial<SweepHandlerOptions> = {}) => {
    const silent = () => {};
    const clock = new SteppedClock();
    const client = options.client ?? context.client;
    // Time passes with requests alone, the same for each.
    const sendTimed = async (command: never, sent: object) => {
      const answer: unknown = await client.send(command, sent);
      clock.pass(REQUEST_MS);
      return answer;
    };
    return createSweepHandler({
      tableName,
      maxReadUnitsPerSecond: Number.POSITIVE_INFINITY,
      segments: 6,
      logger: { info: silent, warn: silent, error: silent } as never,
      metrics: {
        addMetric: (name, _, value) => void metrics.push([name, value]),
        publishStoredMetrics: () => {},
      },
      ...options,
      client: { send: sendTimed as never },
      ...withTiming({ clock, epochMs: () => epochMs }),
    });
  };
  const sumOf = (metric: string) =>
    metrics.filter(([name]) => name === metric).reduce((sum, [, value]) => sum + value, 0);

  it("heals a table in as many invocations as it takes, and begins at the start after the last", async () => {
    await fillWithDrift(context.client, tableName, SIZE);
    const handler = sweep();
    let invocations = 1;
    for (; (await handler({}, SHORT)).outcome === "time-up"; invocations++) epochMs += HOUR_MS;
    expect(invocations).toBeGreaterThan(2);
    expect(await readDrift(context.client, tableName)).toEqual({ missing: [], orphaned: [] });

    const { last, current } = await readSweepState({ client: context.client, tableName });
    expect(current).toBeUndefined();
    expect(last).toMatchObject({
      startedAt: Date.UTC(2026, 10, 22),
      completedAt: epochMs,
      itemsScanned: SIZE.items + 1, // itself
      findings: { defaults: 800, missing: 240, orphaned: 240, repaired: 480, unrepaired: 0 },
    });
    expect([sumOf("NamesMissing"), sumOf("NamesOrphaned"), sumOf("NamesRepaired")]).toEqual([240, 240, 480]);
    expect(metrics.filter(([name]) => name === "DriftAge").map(([, seconds]) => seconds)).toEqual(
      Array.from({ length: invocations }, (_, i) => i * 3_600),
    );
    expect(sumOf("SweepPages")).toBeGreaterThan(6);
    expect(sumOf("SweepDuration")).toBeGreaterThan(0);

    await putAll(context.client, tableName, [defaultItem("new", undefined)]);
    expect(await sweep()({}, LONG)).toMatchObject({
      outcome: "completed",
      findings: { missing: 1, repaired: 1, orphaned: 0 },
    });
  });

  it("does no harm when two run concurrently: one continues, the other stops", async () => {
    await fillWithDrift(context.client, tableName, SIZE);
    const [first, second] = await Promise.all([sweep()({}, LONG), sweep()({}, LONG)]);
    expect([first.outcome, second.outcome].sort()).toEqual(["completed", "overtaken"]);
    expect(await readDrift(context.client, tableName)).toEqual({ missing: [], orphaned: [] });
  });

  it("continues after a crash, from what it saved last", async () => {
    await fillWithDrift(context.client, tableName, SIZE);
    for (const lastRequest of [3, 12, 15, 20]) {
      const client = new MortalClient(context.client, lastRequest, lastRequest % 3 === 0);
      await expect(sweep({ client })({}, LONG)).rejects.toThrow(Killed);
    }
    await sweep()({}, LONG);
    expect(await readDrift(context.client, tableName)).toEqual({ missing: [], orphaned: [] });
  });

  it("begins at the start where the state is not its own", async () => {
    await putAll(context.client, tableName, [
      { ...sweepStateKey(), version: { N: "7" }, state: { S: "{" } },
      defaultItem("a", "t1"),
    ]);
    expect(await sweep()({}, LONG)).toMatchObject({ outcome: "completed", findings: { repaired: 1 } });
    const { Item } = await context.client.send(new GetItemCommand({ TableName: tableName, Key: sweepStateKey() }));
    expect(Item?.version).toEqual({ N: "9" });
  });
});
