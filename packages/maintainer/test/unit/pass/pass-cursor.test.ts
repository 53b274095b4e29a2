import { audit, backfill, CursorError, type PassOptions, type SavedPass } from "@rollcall/maintainer";
import { MemoryTable } from "@rollcall/testing/rollcall/memory-table";
import { describe, expect, it } from "vitest";
import { initialCursor, isSamePlace, type PassCursor, parseCursor } from "../../../src/pass/pass-cursor.ts";
import { parseReport } from "../../../src/pass/pass-report.ts";
import { ShapeError } from "../../../src/pass/shape.ts";
import { onlyResources } from "../../fixtures/namespaces.ts";

const cursor = initialCursor("limits", onlyResources, { namespace: "t1" }, 2);
const key = (PK: unknown, SK: unknown = { S: "#CONFIG" }) => ({ PK, SK });

describe("PassCursor", () => {
  it("begins with nothing seen, and with the registry that it was asked about", () => {
    expect(cursor).toEqual({
      version: 1,
      tableName: "limits",
      scope: { namespace: "t1" },
      segments: [{ done: false }, { done: false }],
      suspects: [],
      registries: ["t1"],
      itemsScanned: 0,
      scanReadUnits: 0,
      pages: 0,
    });
    expect(initialCursor("limits", onlyResources, { namespace: null }, 1).registries).toEqual([null]);
    expect(initialCursor("limits", onlyResources, "all", 1).registries).toEqual([]);
  });

  it("reads back from JSON as it was, with anything that it may list", () => {
    const full: PassCursor = {
      version: 1,
      tableName: "limits",
      scope: "all",
      segments: [{ done: true }, { done: false, after: { PK: { S: "a" }, SK: { S: "b" } } }, { done: false }],
      suspects: [
        { namespace: null, names: ["a", "\u0000", "x\ud800"] },
        { namespace: "t1", names: ["b", "full"], refusedCount: 1 },
      ],
      registries: [null, "t1"],
      itemsScanned: 7,
      scanReadUnits: 0.5,
      pages: 2,
    };
    for (const each of [cursor, full]) expect(parseCursor(JSON.parse(JSON.stringify(each)), "it")).toEqual(each);
    expect(parseCursor({ ...full, later: 1 }, "it")).toEqual(full);
  });
});

describe("isSamePlace", () => {
  const at: PassCursor = {
    ...cursor,
    suspects: [
      { namespace: "t1", names: ["a", "b"], refusedCount: 1 },
      { namespace: "t2", names: ["c"] },
    ],
    registries: ["t1", "t2"],
    lookedUp: { namespace: "t1", to: "m" },
  };

  it("takes no notice of the order in which a cursor lists things", () => {
    const suspects = [
      { namespace: "t2", names: ["c"] },
      { namespace: "t1", names: ["b", "a"] },
    ];
    expect(isSamePlace(at, { ...at, suspects, registries: ["t2", "t1"] })).toBe(true);
  });

  it.each<[string, Partial<PassCursor>]>([
    ["a segment that has moved on", { segments: [{ done: true }, { done: false }] }],
    ["a page that was read", { pages: 1 }],
    ["a name that was decided", { suspects: [{ namespace: "t1", names: ["a", "b"] }] }],
    ["a name that was found", { suspects: [...at.suspects, { namespace: null, names: ["d"] }] }],
    ["a registry that was looked up", { registries: ["t1"] }],
    ["names that were looked up", { lookedUp: { namespace: "t1", to: "n" } }],
  ])("sees %s", (_, change) => {
    expect(isSamePlace(at, { ...at, ...change })).toBe(false);
  });
});

/** What no pass has saved, and where it shows. */
const BROKEN: [string, unknown, string][] = [
  ["null", null, "it is no object (it is null)"],
  ["text", "cursor", "it is no object (it is of type string)"],
  ["a list", [], "it is no object (it is a list)"],
  ["nothing", {}, "it.version is not 1 (it is of type undefined)"],
  ["another version", { ...cursor, version: 2 }, "it.version is not 1"],
  ["no table", { ...cursor, tableName: null }, "it.tableName is no text"],
  ["no scope", { ...cursor, scope: "one" }, "it.scope is no object"],
  ["a scope of no name", { ...cursor, scope: {} }, "it.scope.namespace is no text"],
  ["a namespace that has no keys", { ...cursor, scope: { namespace: "a#b" } }, "it.scope.namespace is no namespace"],
  ["no segments", { ...cursor, segments: [] }, "it has 0 segments"],
  ["segments that are null", { ...cursor, segments: null }, "it.segments is no list (it is null)"],
  ["segments that are no list", { ...cursor, segments: {} }, "it.segments is no list"],
  ["a segment that is null", { ...cursor, segments: [null] }, "it.segments[0] is no object (it is null)"],
  ["a segment that does not say", { ...cursor, segments: [{}] }, "it.segments[0].done is neither true nor false"],
  ["segments read to their end in no page", { ...cursor, segments: [{ done: true }] }, "it has segments that ended"],
  ["a foreign key", { ...cursor, segments: [{ done: false, after: { id: { S: "a" } } }] }, "is no primary key"],
  ["a key too wide", { ...cursor, segments: [{ done: false, after: { ...key({ S: "a" }), id: {} } }] }, "primary key"],
  ["half a key", { ...cursor, segments: [{ done: false, after: { PK: { S: "a" } } }] }, "is no primary key"],
  ["a key of numbers", { ...cursor, segments: [{ done: false, after: key({ N: "1" }) }] }, "after.PK.S is no text"],
  ["a key of null", { ...cursor, segments: [{ done: false, after: key(null) }] }, "after.PK is no object"],
  ["suspects that are no list", { ...cursor, suspects: undefined }, "it.suspects is no list"],
  ["a suspect that is null", { ...cursor, suspects: [null] }, "it.suspects[0] is no object"],
  ["suspects without names", { ...cursor, suspects: [{ namespace: "t1" }] }, "it.suspects[0].names is no list"],
  ["a name that is none", { ...cursor, suspects: [{ namespace: "t1", names: [5] }] }, "names[0] is no text"],
  ["an empty name", { ...cursor, suspects: [{ namespace: "t1", names: [""] }] }, "names[0] is an empty name"],
  [
    "more refused names than names",
    { ...cursor, suspects: [{ namespace: "t1", names: ["a"], refusedCount: 2 }] },
    "it has more refused names than names",
  ],
  ["another's suspects", { ...cursor, suspects: [{ namespace: "t2", names: [] }] }, "it names namespaces"],
  ["registries that are no list", { ...cursor, registries: "t1" }, "it.registries is no list"],
  ["another's registry", { ...cursor, registries: [null] }, "it names namespaces"],
  ["a number that is none", { ...cursor, itemsScanned: "7" }, "it.itemsScanned is no whole number from 0 up"],
  ["a number too large", { ...cursor, pages: 2 ** 53 }, "it.pages is no whole number from 0 up"],
  ["units below zero", { ...cursor, scanReadUnits: -1 }, "it.scanReadUnits is no number from 0 up"],
  ["units without end", { ...cursor, scanReadUnits: Number.POSITIVE_INFINITY }, "it.scanReadUnits is no number"],
];

describe("parseCursor", () => {
  it.each(BROKEN)("refuses %s, and names the place", (_, value, place) => {
    expect(() => parseCursor(value, "it")).toThrow(ShapeError);
    expect(() => parseCursor(value, "it")).toThrow(place);
  });
});

describe("parseReport", () => {
  const report = {
    ...{ registry: "resources", scope: "t1", registered: 1, defaults: 2, malformed: 0, legacyLimits: 0 },
    ...{
      missing: ["a"],
      orphaned: [],
      added: [],
      removed: [],
      leftovers: [],
      unrepaired: [{ name: "a", reason: "full" }],
    },
  };

  it("reads a report back as it was", () => {
    expect(parseReport(JSON.parse(JSON.stringify([report, { ...report, scope: null }])), "report")).toEqual([
      report,
      { ...report, scope: null },
    ]);
  });

  it.each([
    ["no list", {}],
    ["a namespace of none", [null]],
    ["a list of no names", [{ ...report, missing: [1] }]],
    ["a number that is text", [{ ...report, defaults: "2" }]],
    ["a failure without a name", [{ ...report, unrepaired: [{ reason: "full" }] }]],
  ])("refuses %s", (_, value) => {
    expect(() => parseReport(value, "report")).toThrow(ShapeError);
  });
});

describe("a pass that is to resume from what no pass has saved", () => {
  const saved: SavedPass = { task: "audit", cursor, report: [] };
  const resume = (value: unknown, run = audit) => {
    const table = new MemoryTable();
    const options: PassOptions = { client: table.client, tableName: table.tableName, scope: "t1" };
    return { table, report: run({ ...options, resume: value as SavedPass }) };
  };

  const refused: [string, unknown][] = [
    ...BROKEN.map(([name, broken]): [string, unknown] => [`a cursor of ${name}`, { ...saved, cursor: broken }]),
    ["null, as a file may hold", null],
    ["another task", { ...saved, task: "sweep" }],
    ["no report", { ...saved, report: undefined }],
    ["a report of null", { ...saved, report: [null] }],
    ["another table", { ...saved, cursor: { ...cursor, tableName: "other" } }],
    ["flat keys", { ...saved, cursor: { ...cursor, scope: { namespace: null }, registries: [] } }],
    ["all of the table", { ...saved, cursor: { ...cursor, scope: "all" } }],
  ];

  it.each(refused)("rejects with a CursorError and reads nothing: %s", async (_, value) => {
    const { table, report } = resume(value);
    await expect(report).rejects.toThrow(CursorError);
    await expect(report).rejects.toThrow(/no unfinished audit of scope t1 of table limits.*: begin without it/);
    expect(table.requests).toEqual([]);
  });

  it("resumes from what one has", async () => {
    expect(await resume(JSON.parse(JSON.stringify(saved))).report).toMatchObject([{ scope: "t1", missing: [] }]);
    await expect(resume(saved, backfill).report).rejects.toThrow("no unfinished backfill");
  });
});
