/** One limit of a resource: a token bucket that holds `capacity` and refills at a steady rate. */
export interface Limit {
  /** What is limited, for example `rpm`. Letters, digits, `_`, `.` and `-`, first a letter, at most 64 characters. */
  name: string;
  /** The most tokens the bucket holds, that is the largest burst. A positive safe integer. */
  capacity: number;
  /** Tokens added every `refillPeriodSeconds`. A positive safe integer. */
  refillAmount: number;
  /** Seconds in which `refillAmount` tokens come back. A positive safe integer. */
  refillPeriodSeconds: number;
}

/**
 * A limit as a caller writes it: `refillAmount` defaults to `capacity` and `refillPeriodSeconds` to 60, so
 * `{ name: "rpm", capacity: 500 }` means 500 a minute.
 */
export type LimitInput = Pick<Limit, "name" | "capacity"> & {
  [Field in "refillAmount" | "refillPeriodSeconds"]?: Limit[Field] | undefined;
};
