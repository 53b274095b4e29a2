import { describe, expect, it } from "vitest";
import { planFrom } from "../../src/plan/plan.ts";
import { simulate } from "../../src/simulate.ts";

/** Seeds that run with every build. `npm run simulate` runs as many as one likes. */
const SEEDS = 300;
const BLOCKS = 10;

describe("Rollcall keeps its promises", () => {
  it.each(Array.from({ length: BLOCKS }, (_, block) => block))(
    `in block %i of ${BLOCKS} of ${SEEDS} seeds`,
    { timeout: 120_000 },
    async (block) => {
      for (let seed = block + 1; seed <= SEEDS; seed += BLOCKS) {
        const { violations } = await simulate(planFrom(seed));
        expect(violations, `seed ${seed}: npm run simulate -- --seed ${seed}`).toEqual([]);
      }
    },
  );

  it("and the same seed gives the same history", async () => {
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
