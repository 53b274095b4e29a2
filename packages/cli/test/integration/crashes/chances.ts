import type { EngineName } from "@rollcall/local";
import * as fc from "fast-check";

/** ROLLCALL_FULL_SIZE=1 asks for many more kills. */
const IS_FULL_SIZE = process.env.ROLLCALL_FULL_SIZE !== undefined;

/** What a test leaves to chance follows from this; it stands in the tests' names. ROLLCALL_SEED gives it again. */
export const SEED = Number(process.env.ROLLCALL_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** How many kills there are to be: a quarter outside of CI, and a quarter on DynamoDB Local, which takes seconds to start. */
export function killsOn(engine: EngineName, { few, many }: { few: number; many: number }): number {
  const kills = IS_FULL_SIZE ? many : few;
  const isFew = engine === "dynamodb-local" || (!process.env.CI && !IS_FULL_SIZE);
  return isFew ? Math.ceil(kills / 4) : kills;
}

/** How long a test may take, in milliseconds. */
export const TEST_MS = IS_FULL_SIZE ? 900_000 : 180_000;

/** When a process is killed: so many milliseconds after so many signs of life. */
export interface Moment {
  signs: number;
  ms: number;
}

/** The moments of so many kills, each within these limits. */
export function moments(kills: number, most: Moment): Moment[] {
  const moment = fc.record({
    signs: fc.integer({ min: 1, max: most.signs }),
    ms: fc.integer({ min: 0, max: most.ms }),
  });
  return fc.sample(fc.noBias(moment), { numRuns: kills, seed: SEED });
}
