import { expect, it } from "vitest";
import { unitsOfBackfillByName } from "../../src/alternatives/backfill-by-name.ts";
import { numberedNames } from "../../src/tables/items.ts";

it("unitsOfBackfillByName is two units for the check, and two for every KB of the registry", () => {
  expect(unitsOfBackfillByName(numberedNames("model-", 1))).toBe(4);
  expect(unitsOfBackfillByName(numberedNames("model-", 80))).toBe(80 * 4);
  expect(unitsOfBackfillByName(numberedNames("model-", 10_000))).toBe(1_202_824);
});

it("numberedNames makes names of 12 characters", () => {
  expect(numberedNames("model-", 2, 9)).toEqual(["model-000009", "model-000010"]);
});
