import type { EngineName } from "@rollcall/local";
import type { Timing } from "./timing.ts";

/** Everything the bench measures, in the order in which it does. */
export const CASE_NAMES = [
  "list",
  "sparse-index",
  "shards",
  "writes",
  "conflicts",
  "crashes",
  "maintain",
  "backfill",
  "lambda",
  "commands",
] as const;
export type CaseName = (typeof CASE_NAMES)[number];

/** What is counted; of all of it, less is better. */
export const COUNT_NAMES = [
  "requests",
  "transactions",
  "readUnits",
  "writeUnits",
  "simulatedMs",
  "failed",
  "drift",
] as const;
export type CountName = (typeof COUNT_NAMES)[number];
export type Counts = Readonly<Partial<Record<CountName, number>>>;

/** What sets one row of a table apart from the next, besides the way. */
export type Setting = Readonly<Record<string, string | number>>;

/** What one way of doing a job took, in one setting, on one engine. */
export interface Measurement extends Partial<Timing> {
  readonly case: CaseName;
  /** The table of the results page that it belongs to. */
  readonly table: string;
  readonly engine: EngineName;
  readonly setting: Setting;
  readonly way: string;
  /** How often the job was done: counts are of all of them together. */
  readonly operations: number;
  readonly counts: Counts;
  /** Whether the counts are the same whenever the bench runs: those are compared with the recorded ones. */
  readonly isExact: boolean;
  /** All else there is to say, with its unit in its name. */
  readonly amounts?: Readonly<Record<string, number>>;
}

/** Of a row that tells nothing but times, or amounts. */
export const NOTHING_COUNTED = { operations: 1, counts: {}, isExact: true } as const satisfies Partial<Measurement>;
