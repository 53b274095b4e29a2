import { describeInCi } from "@rollcall/testing/dynamodb/only-in-ci";
import { describe, expect, it } from "vitest";
import { planFrom } from "../../src/plan/plan.ts";
import { simulate } from "../../src/simulate.ts";

/** Seeds that run in CI. `npm run simulate` runs as many as one likes. */
const SEEDS = 300;
const BLOCKS = 10;

/** Every violation of these seeds, with the command that shows it. */
async function expectPromisesKept(seeds: readonly number[]): Promise<void> {
  for (const seed of seeds) {
    const { violations } = await simulate(planFrom(seed));
    expect(violations, `seed ${seed}: npm run simulate -- --seed ${seed}`).toEqual([]);
  }
}

describeInCi("Rollcall keeps its promises", { timeout: 120_000 }, () => {
  const seeds = Array.from({ length: SEEDS }, (_, index) => index + 1);
  it.each(Array.from({ length: BLOCKS }, (_, block) => block))(`in block %i of ${BLOCKS} of ${SEEDS} seeds`, (block) =>
    expectPromisesKept(seeds.filter((seed) => seed % BLOCKS === block)),
  );
});

describe("the simulation", () => {
  it("finds that Rollcall keeps its promises in the first seeds", () => expectPromisesKept([1, 2, 3, 4, 5]));

  it("tells the same history of the same seed", async () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const [one, other] = [
        await simulate(planFrom(seed), { keepsHistory: true }),
        await simulate(planFrom(seed), { keepsHistory: true }),
      ];
      expect(other.history).toEqual(one.history);
      expect(other.requests).toBe(one.requests);
    }
  });
});
