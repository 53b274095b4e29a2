import { expect, it } from "vitest";
import { initialCursor, isCursorFor } from "../../src/pass/pass-cursor.ts";

const cursor = initialCursor("limits", { namespace: "t1" }, 2);

it("a pass begins with nothing seen, and with the registry that it was asked about", () => {
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
  expect(initialCursor("limits", { namespace: null }, 1).registries).toEqual([null]);
  expect(initialCursor("limits", "all", 1).registries).toEqual([]);
});

it("a cursor read back from JSON can be gone on from", () => {
  expect(isCursorFor(JSON.parse(JSON.stringify(cursor)), "limits", { namespace: "t1" })).toBe(true);
});

it.each([
  ["nothing", undefined],
  ["null", null],
  ["text", "cursor"],
  ["another version", { ...cursor, version: 2 }],
  ["another table", { ...cursor, tableName: "other" }],
  ["another scope", { ...cursor, scope: "all" }],
  ["flat keys", { ...cursor, scope: { namespace: null } }],
  ["no segments", { ...cursor, segments: [] }],
  ["segments that are no list", { ...cursor, segments: {} }],
  ["suspects that are no list", { ...cursor, suspects: undefined }],
  ["registries that are no list", { ...cursor, registries: "t1" }],
])("no cursor of this pass is %s", (_, value) => {
  expect(isCursorFor(value, "limits", { namespace: "t1" })).toBe(false);
});
