/** The middle of several times and how far they lie apart: the median and the quartiles. */
export interface Spread {
  readonly low: number;
  readonly median: number;
  readonly high: number;
  /** How many there were. */
  readonly samples: number;
}

/** The median and quartiles of samples, each taken between its neighbours as R and NumPy do by default. */
export function spreadOf(samples: readonly number[]): Spread {
  if (samples.length === 0) throw new RangeError("there is no spread of nothing");
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number): number => {
    const position = share * (sorted.length - 1);
    const [below = 0, above = below] = sorted.slice(Math.floor(position), Math.floor(position) + 2);
    return below + (above - below) * (position % 1);
  };
  return { low: at(0.25), median: at(0.5), high: at(0.75), samples: samples.length };
}
