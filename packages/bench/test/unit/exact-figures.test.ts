import { expect, it } from "vitest";
import { compareFigures, exactFigures, mergeFigures } from "../../src/report/exact-figures.ts";
import { measurement } from "./measurements.ts";

const NAME = "dynoxide list: list, names=10, Rollcall, requests";

it("exactFigures names every exact count by what it is a count of", () => {
  const measurements = [
    measurement({ counts: { writeUnits: 0, requests: 1 } }),
    measurement({ engine: "dynamodb-local", way: "Scan", counts: { readUnits: 28.5 } }),
    measurement({ way: "a race", isExact: false }),
  ];
  expect(exactFigures(measurements)).toEqual({
    "dynamodb-local list: list, names=10, Scan, readUnits": 28.5,
    [NAME]: 1,
    "dynoxide list: list, names=10, Rollcall, writeUnits": 0,
  });
  expect(Object.keys(exactFigures(measurements))).toEqual(Object.keys(exactFigures(measurements.toReversed())));
});

it("exactFigures refuses two figures of one name, for one of them would hide", () => {
  expect(() => exactFigures([measurement(), measurement()])).toThrow(NAME);
});

it.each([
  { recorded: { [NAME]: 1 }, measured: { [NAME]: 1 }, found: {} },
  { recorded: { [NAME]: 1 }, measured: { [NAME]: 1.5 }, found: { worse: [`${NAME}: 1.5, was 1`] } },
  { recorded: { [NAME]: 0 }, measured: { [NAME]: 1 }, found: { worse: [`${NAME}: 1, was 0`] } },
  { recorded: { [NAME]: 2 }, measured: { [NAME]: 1 }, found: { better: [`${NAME}: 1, was 2`] } },
  { recorded: {}, measured: { [NAME]: 1 }, found: { added: [`${NAME}: 1`] } },
  { recorded: { [NAME]: 1 }, measured: {}, found: { missing: [NAME] } },
])("compareFigures compares $recorded with $measured", ({ recorded, measured, found }) => {
  const nothing = { worse: [], better: [], missing: [], added: [] };
  expect(compareFigures(recorded, measured, ["dynoxide list: "])).toEqual({ ...nothing, ...found });
});

it("mergeFigures misses nothing of cases and engines that were not run, and keeps what was recorded of them", () => {
  const recorded = { [NAME]: 2, "dynoxide lambda: x": 3, "dynamodb-local list: x": 4, "dynoxide list: gone": 5 };
  const prefixes = ["dynoxide list: "];
  expect(compareFigures(recorded, { [NAME]: 2 }, prefixes).missing).toEqual(["dynoxide list: gone"]);
  expect(mergeFigures(recorded, { [NAME]: 1 }, prefixes)).toEqual({
    "dynamodb-local list: x": 4,
    "dynoxide lambda: x": 3,
    [NAME]: 1,
  });
});
