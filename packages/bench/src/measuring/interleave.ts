import type { Clock } from "@rollcall/registry/protocol";
import { setBesideFirst, type Timing } from "./timing.ts";

/** One way of doing a job, to be timed beside others. */
export interface TimedWay<Way extends string> {
  readonly way: Way;
  /** Makes everything as it was, untimed. */
  reset?(round: number): Promise<void>;
  /** Does the job. */
  run(round: number): Promise<unknown>;
}

/**
 * Times several ways of doing the same in turn, A B A B, so that all of them meet the same noise. One more round goes
 * first and does not count: it finds code that is not compiled yet and connections that are not open.
 *
 * @returns how long each took, beside the first
 */
export async function interleave<Way extends string>(
  ways: readonly TimedWay<Way>[],
  { rounds, clock }: { rounds: number; clock: Pick<Clock, "now"> },
): Promise<Map<Way, Timing>> {
  const times = new Map(ways.map(({ way }) => [way, [] as number[]]));
  for (let round = 0; round <= rounds; round++) {
    for (const { way, reset, run } of ways) {
      await reset?.(round);
      const startedAt = clock.now();
      await run(round);
      const ms = clock.now() - startedAt;
      if (round > 0) times.get(way)?.push(ms);
    }
  }
  return setBesideFirst(times);
}
