import { expect, it } from "vitest";
import { spreadOf } from "../../src/measuring/spread.ts";

it.each([
  { samples: [7], spread: { low: 7, median: 7, high: 7, samples: 1 } },
  { samples: [4, 1], spread: { low: 1.75, median: 2.5, high: 3.25, samples: 2 } },
  { samples: [5, 1, 3, 2, 4], spread: { low: 2, median: 3, high: 4, samples: 5 } },
  { samples: [1, 2, 3, 1_000], spread: { low: 1.75, median: 2.5, high: 252.25, samples: 4 } },
])("spreadOf takes median and quartiles of $samples", ({ samples, spread }) => {
  expect(spreadOf(samples)).toEqual(spread);
});

it("spreadOf has no spread of nothing", () => {
  expect(() => spreadOf([])).toThrow(RangeError);
});
