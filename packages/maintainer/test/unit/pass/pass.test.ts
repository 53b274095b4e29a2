import {
  DynamoDBClient,
  GetItemCommand,
  ScanCommand,
  TransactGetItemsCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { audit, backfill, CursorError, type PassOptions, type SavedPass } from "@rollcall/maintainer";
import { withTiming } from "@rollcall/registry/internal";
import { resourceKey } from "@rollcall/registry/schema";
import { VirtualClock } from "@rollcall/testing/dynamodb/virtual-clock";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";

const dynamodb = mockClient(DynamoDBClient);
const client = new DynamoDBClient({});
const clock = new VirtualClock();
const settings = { tableName: "limits", client, ...withTiming({ clock, random: () => 0.5 }) };
const cancelled = (...codes: string[]) =>
  new TransactionCanceledException({
    message: "",
    $metadata: {},
    CancellationReasons: codes.map((Code) => ({ Code })),
  });
const networkDown = () => Object.assign(new Error("socket hang up"), { name: "TimeoutError" });

/** A table with one default that is not registered. */
function tableHoldsOne(name: string) {
  const key = resourceKey(name);
  dynamodb.on(ScanCommand).callsFake(({ Segment }) => ({ Items: Segment === 0 ? [key] : [], ScannedCount: 1 }));
  dynamodb.on(TransactGetItemsCommand).resolves({ Responses: [{}, { Item: key }] });
}

beforeEach(() => {
  dynamodb.reset();
  dynamodb.onAnyCommand().resolves({});
});

describe("the Scan", () => {
  it("keeps to its read units within 10 % over any 10 seconds, however much items weigh", async () => {
    const clock = new VirtualClock();
    const spent: { at: number; units: number }[] = [];
    dynamodb.on(ScanCommand).callsFake(async ({ Limit, ExclusiveStartKey }) => {
      const page = Number(ExclusiveStartKey?.PK?.S ?? 0);
      const ScannedCount = Math.min(Limit, 4_000);
      const units = Math.max(0.5, Math.ceil(ScannedCount * (0.03 + 0.02 * Math.sin(page / 9)) * 2) / 2);
      spent.push({ at: clock.now(), units });
      await clock.sleep(7);
      const LastEvaluatedKey = page < 400 ? { PK: { S: String(page + 1) }, SK: { S: "x" } } : undefined;
      return { Items: [], ScannedCount, ConsumedCapacity: { CapacityUnits: units }, LastEvaluatedKey };
    });
    const rate = 100;
    await audit({ ...settings, ...withTiming({ clock }), maxReadUnitsPerSecond: rate, segments: 4 });
    const inWindow = (from: number) =>
      spent.filter(({ at }) => at >= from && at < from + 10_000).reduce((sum, { units }) => sum + units, 0);
    const windows = spent.filter(({ at }) => at < clock.now() - 10_000).map(({ at }) => inWindow(at));
    expect(windows.length).toBeGreaterThan(100);
    expect(Math.max(...windows)).toBeLessThanOrEqual(1.1 * 10 * rate);
    expect(Math.min(...windows)).toBeGreaterThanOrEqual(0.9 * 10 * rate);
  });

  it("learns nothing about the cost of items from a page without any", async () => {
    const page = { Items: [], ConsumedCapacity: { TableName: "limits", CapacityUnits: 0.5 } };
    dynamodb
      .on(ScanCommand)
      .resolvesOnce({ ...page, ScannedCount: 0, LastEvaluatedKey: resourceKey("more") })
      .resolves({ ...page, ScannedCount: 1 });
    await audit({ ...settings, segments: 1 });
    expect(dynamodb.commandCalls(ScanCommand).map(({ args }) => args[0].input.Limit)).toEqual([250, 250]);
  });

  it("reads the base table, in segments, keys only", async () => {
    await audit({ ...settings, segments: 2 });
    const inputs = dynamodb.commandCalls(ScanCommand).map(({ args }) => args[0].input);
    expect(inputs.map(({ Segment, TotalSegments }) => [Segment, TotalSegments])).toEqual([
      [0, 2],
      [1, 2],
    ]);
    expect(inputs[0]).toMatchObject({ ProjectionExpression: "#pk, #sk", ReturnConsumedCapacity: "TOTAL" });
    expect(inputs[0]).not.toHaveProperty("IndexName");
  });
});

describe("the verification of suspects", () => {
  it("reads again while writers are busy with the items", async () => {
    tableHoldsOne("gpt-4");
    dynamodb
      .on(TransactGetItemsCommand)
      .rejectsOnce(cancelled("TransactionConflict", "None"))
      .rejectsOnce(cancelled("None", "ThrottlingError"))
      .resolves({ Responses: [{ Item: { resources: { SS: ["gpt-4"] } } }, { Item: resourceKey("gpt-4") }] });
    expect(await audit(settings)).toMatchObject([{ missing: [], defaults: 1 }]);
    expect(dynamodb.commandCalls(TransactGetItemsCommand)).toHaveLength(3);
  });

  it("is a single transaction for the registry and the names", async () => {
    tableHoldsOne("gpt-4");
    expect(await audit(settings)).toMatchObject([{ missing: ["gpt-4"] }]);
    const [call] = dynamodb.commandCalls(TransactGetItemsCommand);
    expect(call?.args[0].input.TransactItems).toHaveLength(2);
    expect(dynamodb.commandCalls(TransactWriteItemsCommand)).toEqual([]);
  });
});

describe("a pass that fails", () => {
  it("has saved the names it was about to repair, and resumes with them", async () => {
    tableHoldsOne("gpt-4");
    dynamodb.on(TransactWriteItemsCommand).rejects(networkDown());
    let saved: SavedPass | undefined;
    const keep = (pass: SavedPass) => {
      saved = structuredClone(pass);
    };
    const options: PassOptions = { ...settings, onSave: keep };
    await expect(backfill(options)).rejects.toThrow("socket hang up");
    expect(saved?.cursor.suspects).toEqual([{ namespace: null, names: ["gpt-4"] }]);
    expect(saved?.cursor.segments.every(({ done }) => done)).toBe(true);

    dynamodb.on(TransactWriteItemsCommand).resolves({});
    dynamodb.resetHistory();
    expect(await backfill({ ...options, resume: saved })).toMatchObject([{ added: ["gpt-4"], defaults: 1 }]);
    expect(dynamodb.commandCalls(ScanCommand)).toEqual([]);
  });

  it("stops all segments when one fails, and rejects with its error", async () => {
    dynamodb.on(ScanCommand).callsFake(async ({ Segment }) => {
      if (Segment === 1) throw networkDown();
      return { Items: [], ScannedCount: 1, LastEvaluatedKey: resourceKey("more") };
    });
    await expect(audit(settings)).rejects.toThrow("socket hang up");
  });

  it("rejects with the signal's reason", async () => {
    dynamodb.on(ScanCommand).resolves({ Items: [], ScannedCount: 1, LastEvaluatedKey: resourceKey("more") });
    const stop = new AbortController();
    const onProgress = () => stop.abort(new Error("enough"));
    await expect(audit({ ...settings, onProgress, signal: stop.signal })).rejects.toThrow("enough");
  });

  it("lists a name that others keep busy, and does the rest", async () => {
    tableHoldsOne("gpt-4");
    dynamodb.on(TransactWriteItemsCommand).rejects(cancelled("TransactionConflict", "None"));
    expect(await backfill(settings)).toMatchObject([{ added: [], unrepaired: [{ name: "gpt-4" }] }]);
  });
});

describe("options", () => {
  it.each([
    [{ tableName: "" }, "tableName is missing"],
    [{ maxRcu: 5 }, 'Unknown option "maxRcu"'],
    [{ scope: "a", allScopes: true }, "either scope or allScopes"],
    [{ maxReadUnitsPerSecond: 0 }, "maxReadUnitsPerSecond is 0"],
    [{ segments: 1.5 }, "segments is 1.5"],
  ])("%o are refused", async (options, message) => {
    await expect(audit({ ...settings, ...options } as PassOptions)).rejects.toThrow(message);
  });

  it("are refused when they resume something else", async () => {
    let saved: SavedPass | undefined;
    const keep = (pass: SavedPass) => {
      saved = structuredClone(pass);
    };
    await audit({ ...settings, onSave: keep });
    await expect(backfill({ ...settings, resume: saved })).rejects.toThrow(CursorError);
    await expect(audit({ ...settings, scope: "t1", resume: saved })).rejects.toThrow(/no unfinished audit of scope/);
    await expect(audit({ ...settings, resume: {} as SavedPass })).rejects.toThrow(CursorError);
    expect(dynamodb.commandCalls(GetItemCommand)).toHaveLength(1);
  });
});
