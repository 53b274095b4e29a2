import { type Clock, systemClock } from "./clock.ts";

/** Where time and chance come from. */
export interface Timing {
  clock: Clock;
  /** A number from 0 up to 1, as `Math.random` gives: the jitter of retries. */
  random: () => number;
  /** The time of day in milliseconds since 1970, for what is written down. Default `Date.now`. */
  epochMs?: (() => number) | undefined;
}

/** One symbol for all copies of this module, and no option that a caller could name. */
const TIMING = Symbol.for("@rollcall/registry: timing");

/** Options that bring a clock and a source of chance, to be spread into public ones: `{ tableName, ...withTiming({ clock }) }`. */
export function withTiming(timing: Partial<Timing>): object {
  return { [TIMING]: timing };
}

/** The timing that options bring; the machine's own where they bring none. */
export function timingOf(options: object): Timing {
  const { [TIMING]: timing } = options as { [TIMING]?: Partial<Timing> };
  return { clock: systemClock, random: Math.random, ...timing };
}
