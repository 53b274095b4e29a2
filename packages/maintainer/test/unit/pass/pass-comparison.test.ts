import { audit, backfill, type PassOptions, type PassProgress, type SavedPass } from "@rollcall/maintainer";
import { withTiming } from "@rollcall/registry/internal";
import { namespaceIdKey } from "@rollcall/registry/resources";
import { registryKey } from "@rollcall/registry/schema";
import { VirtualClock } from "@rollcall/testing/dynamodb/virtual-clock";
import { defaultItem, registryItem } from "@rollcall/testing/rollcall/drifted-table";
import { limiterItems } from "@rollcall/testing/rollcall/limiter-items";
import { MemoryTable } from "@rollcall/testing/rollcall/memory-table";
import { describe, expect, it } from "vitest";

const numbered = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, i) => `${prefix}-${String(i).padStart(3, "0")}`);
const optionsFor = ({ client, tableName }: MemoryTable): PassOptions => ({
  client,
  tableName,
  allScopes: true,
  ...withTiming({ clock: new VirtualClock(), random: () => 0.5 }),
});
const nothing = {
  missing: [],
  orphaned: [],
  added: [],
  removed: [],
  leftovers: [],
  unrepaired: [],
  malformed: 0,
  legacyLimits: 0,
};

/** 260 defaults of t1, of which 120 are listed, beside 130 names without one; less of it in flat keys and t2. */
function driftedTable(): MemoryTable {
  const [good, missing, orphaned] = [numbered("good", 120), numbered("missing", 140), numbered("orphan", 130)];
  const legacy = { PK: { S: "RESOURCE#old" }, SK: { S: "#LIMIT#rpm" } };
  return new MemoryTable([
    ...[...good, ...missing].map((name) => defaultItem(name, "t1")),
    registryItem([...good, ...orphaned], "t1"),
    ...["a", "b", ""].map((name) => defaultItem(name, undefined)),
    registryItem(["a", "", "ghost"], undefined),
    legacy,
    defaultItem("only", "t2"),
    registryItem(["gone"], "t3"),
    ...Array.from({ length: 300 }, (_, i) => ({ PK: { S: `ENTITY#${i}` }, SK: { S: "#STATE" } })),
  ]);
}
const FOUND = [
  {
    ...nothing,
    registry: "resources",
    scope: null,
    registered: 2,
    defaults: 2,
    missing: ["b"],
    orphaned: ["ghost"],
    malformed: 2,
    legacyLimits: 1,
  },
  {
    ...nothing,
    registry: "resources",
    scope: "t1",
    registered: 250,
    defaults: 260,
    missing: numbered("missing", 140),
    orphaned: numbered("orphan", 130),
  },
  { ...nothing, registry: "resources", scope: "t2", registered: 0, defaults: 1, missing: ["only"] },
  { ...nothing, registry: "resources", scope: "t3", registered: 1, defaults: 0, orphaned: ["gone"] },
];
const REPAIRED = FOUND.map((found) => ({ ...found, added: found.missing, removed: found.orphaned }));

describe("a pass over a table", () => {
  it("finds all that differs, in both directions, and writes nothing", async () => {
    const table = driftedTable();
    expect(await audit(optionsFor(table))).toEqual(FOUND);
    expect(new Set(table.requests.map(({ operation }) => operation))).toEqual(
      new Set(["Scan", "GetItem", "BatchGetItem", "TransactGetItems"]),
    );
    expect(table.requests.every(({ signal }) => signal instanceof AbortSignal)).toBe(true);
  });

  it("repairs it, and finds nothing the next time", async () => {
    const table = driftedTable();
    const report = await backfill(optionsFor(table));
    expect(report.map((each) => ({ ...each, registered: 0 }))).toEqual(
      REPAIRED.map((each) => ({ ...each, registered: 0 })),
    );
    expect(table.listed("t1")).toEqual([...numbered("good", 120), ...numbered("missing", 140)]);
    expect(table.listed()).toEqual(["", "a", "b"]);
    expect([table.listed("t2"), table.listed("t3")]).toEqual([["only"], []]);
    table.requests.length = 0;
    for (const after of await backfill(optionsFor(table))) {
      expect(after).toMatchObject({ missing: [], orphaned: [], added: [], removed: [], registered: after.defaults });
    }
    expect(table.inputs("TransactWriteItems")).toEqual([]);
    expect(table.inputs("TransactGetItems")).toEqual([]);
  });

  it("reads each registry once to look names up and once to check it, and nothing that it has seen", async () => {
    const table = driftedTable();
    await audit({ ...optionsFor(table), segments: 1, maxReadUnitsPerSecond: Number.POSITIVE_INFINITY });
    const registries = table.inputs("GetItem").map(({ Key }) => (Key as { PK: { S: string } }).PK.S);
    expect(registries.sort()).toEqual(["SYSTEM#", "SYSTEM#", "t1/SYSTEM#", "t1/SYSTEM#", "t2/SYSTEM#", "t3/SYSTEM#"]);
    const asked = table.inputs("BatchGetItem").map(({ RequestItems }) => {
      const { limits } = RequestItems as { limits: { Keys: { PK: { S: string } }[] } };
      return limits.Keys.map(({ PK }) => PK.S);
    });
    expect(asked.map((keys) => keys.length).sort((a, b) => b - a)).toEqual([99, 31, 1, 1]);
    expect(asked.flat().every((key) => /ghost|orphan|gone/.test(key))).toBe(true);
    const pairs = table.inputs("TransactGetItems").map(({ TransactItems }) => (TransactItems as object[]).length - 1);
    expect(pairs.sort((a, b) => b - a)).toEqual([99, 99, 41, 31, 1, 1, 1, 1]);
  });

  it("is about one namespace alone where it is told so", async () => {
    const table = driftedTable();
    const options = { ...optionsFor(table), allScopes: false };
    expect(await audit(options)).toEqual([FOUND[0]]);
    expect(await audit({ ...options, scope: "t1" })).toEqual([FOUND[1]]);
    expect(await audit({ ...options, scope: "t4" })).toEqual([
      { ...nothing, registry: "resources", scope: "t4", registered: 0, defaults: 0 },
    ]);
    expect(table.inputs("GetItem").map(({ Key }) => Key)).not.toContainEqual(registryKey("t2"));
  });

  it("knows the limiter's items from their neighbours", async () => {
    const table = new MemoryTable([...limiterItems.map(({ item }) => item), namespaceIdKey("H26LBx7Tvyw")]);
    expect(await audit(optionsFor(table))).toMatchObject([
      { scope: null, defaults: 1, registered: 1, legacyLimits: 1, missing: [] },
      { scope: "H26LBx7Tvyw", missing: ["prov1"] },
      { scope: "beiZrD9wgEE", missing: [] },
      { scope: "rcof3sHx3fY", missing: [] },
    ]);
  });
});

describe("an interrupted pass", () => {
  it("has the same outcome wherever it resumes", async () => {
    const settings = { segments: 3, maxReadUnitsPerSecond: 8 };
    let stopAt = 1;
    for (let isStopped = true; isStopped; stopAt++) {
      const table = driftedTable();
      const stop = new AbortController();
      let saved: SavedPass | undefined;
      let saves = 0;
      const onSave = (pass: SavedPass) => {
        saved = JSON.parse(JSON.stringify(pass));
        if (++saves === stopAt) stop.abort(new Error("enough"));
      };
      const audited = audit({ ...optionsFor(table), ...settings, onSave, signal: stop.signal });
      isStopped = await audited.then(
        () => false,
        (error) => error.message === "enough",
      );
      const scanned = saved?.cursor.itemsScanned ?? 0;
      table.requests.length = 0;
      let end: SavedPass | undefined;
      const keep = (pass: SavedPass) => {
        end = pass;
      };
      expect(await audit({ ...optionsFor(table), resume: saved, onSave: keep })).toEqual(FOUND);
      expect(end?.cursor).toMatchObject({ itemsScanned: 568, suspects: [], registries: [] });
      expect(end?.cursor.segments).toEqual([{ done: true }, { done: true }, { done: true }]);
      expect(table.inputs("Scan").length > 0).toBe(scanned < 568);
    }
    expect(stopAt).toBeGreaterThan(10);
  });

  it("tells how many names it has repaired while a page of them is not yet done with", async () => {
    const table = driftedTable();
    const heard: PassProgress[] = [];
    const onProgress = (progress: PassProgress) => heard.push(progress);
    await backfill({ ...optionsFor(table), segments: 1, onProgress });
    const first = heard.findIndex(({ added }) => added > 0);
    expect(heard[first]).toMatchObject({ phase: "scan", added: 99, removed: 0, wrong: 0 });
    expect(heard[first + 1]?.pages).toBe(heard[first]?.pages); // that page is told of once it is saved
    expect(heard.at(-1)).toMatchObject({ phase: "registries", added: 142, removed: 132, wrong: 0 });

    const audited: PassProgress[] = [];
    await audit({ ...optionsFor(driftedTable()), onProgress: (progress) => audited.push(progress) });
    expect(audited.at(-1)).toMatchObject({ added: 0, removed: 0, wrong: 142 + 132 });
  });

  it("tells how far it has come, and what it has used", async () => {
    const table = driftedTable();
    const heard: object[] = [];
    let saved: SavedPass | undefined;
    await audit({
      ...optionsFor(table),
      segments: 1,
      maxReadUnitsPerSecond: 100,
      onProgress: (progress) => heard.push(progress),
      onSave: (pass) => {
        saved = structuredClone(pass);
      },
    });
    const pages = table.inputs("Scan").length;
    expect(heard.slice(0, pages).map((each) => (each as { phase: string }).phase)).toEqual(Array(pages).fill("scan"));
    expect(heard[0]).toMatchObject({ phase: "scan", pages: 1, itemsScanned: 25 });
    expect(heard.at(-1)).toMatchObject({ phase: "registries", pages, itemsScanned: 568 });
    expect(saved?.cursor).toMatchObject({ pages, itemsScanned: 568 });
    expect(saved?.cursor.scanReadUnits).toBeGreaterThan(pages / 2 - 1);
  });
});
