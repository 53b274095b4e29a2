import { expect, it } from "vitest";
import { setBesideFirst } from "../../src/measuring/timing.ts";

it("setBesideFirst sets median and quartiles beside the first way's median", () => {
  const samples = 3;
  const times = new Map([
    ["base", [1, 100, 2]],
    ["other", [2, 8, 6]],
  ]);
  expect(Object.fromEntries(setBesideFirst(times))).toEqual({
    base: { ms: { low: 1.5, median: 2, high: 51, samples }, ratio: { low: 0.75, median: 1, high: 25.5, samples } },
    other: { ms: { low: 4, median: 6, high: 7, samples }, ratio: { low: 2, median: 3, high: 3.5, samples } },
  });
});

it("setBesideFirst sets nothing beside nothing", () => {
  expect(setBesideFirst(new Map())).toEqual(new Map());
});
