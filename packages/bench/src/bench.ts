import type { EngineName } from "@rollcall/local";
import type { Clock } from "@rollcall/registry/protocol";
import type { Lab } from "./measuring/lab.ts";
import type { CaseName, Measurement } from "./measuring/measurement.ts";

/** `full` makes the results page; `quick` is for CI: small sizes, and only what is exact besides a glance at the times. */
export type Mode = "quick" | "full";

/** What a case is run with. */
export interface Bench {
  readonly engine: EngineName;
  readonly mode: Mode;
  readonly seed: number;
  readonly clock: Clock;
  /** An engine to work with: a fresh one for each piece of work, but in a quick run, where there is time for one only. */
  openLab(): Promise<Lab>;
}

/** A row as a case makes it: the runner knows the rest. */
export type Row = Omit<Measurement, "case" | "engine">;

/** Measures one thing beside its alternatives, each row as soon as it has it. */
export type Case = (bench: Bench) => AsyncGenerator<Row>;

/** The cases by name; listed so that none can be forgotten. */
export type Cases = Readonly<Record<CaseName, Case>>;
