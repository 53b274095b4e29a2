import { expect, it } from "vitest";
import { unitsOfBackfillByName } from "../../src/alternatives/backfill-by-name.ts";
import { namesOf } from "../../src/tables/items.ts";

it("unitsOfBackfillByName is two units for the check, and two for every KB of the registry", () => {
  expect(unitsOfBackfillByName(namesOf("model-", 1))).toBe(4);
  expect(unitsOfBackfillByName(namesOf("model-", 80))).toBe(80 * 4);
  expect(unitsOfBackfillByName(namesOf("model-", 10_000))).toBe(1_202_824);
});

it("namesOf makes names of 12 characters", () => {
  expect(namesOf("model-", 2, 9)).toEqual(["model-000009", "model-000010"]);
});
