import { type Spread, spreadOf } from "./spread.ts";

/** How long a way of doing a job took, in milliseconds, and how many times as long as the way it is set beside. */
export interface Timing {
  readonly ms: Spread;
  /** Its median and quartiles by the median of the other. */
  readonly ratio: Spread;
}

/** Sets ways beside the first of them. */
export function setBesideFirst<Way>(times: ReadonlyMap<Way, readonly number[]>): Map<Way, Timing> {
  const [first] = times.values();
  const unit = spreadOf(first ?? [Number.NaN]).median;
  return new Map(
    [...times].map(([way, samples]) => {
      const ms = spreadOf(samples);
      const { low, median, high } = ms;
      return [way, { ms, ratio: { ...ms, low: low / unit, median: median / unit, high: high / unit } }];
    }),
  );
}
