import type { Engine } from "@rollcall/local";
import type { Operation } from "../alternatives/writer.ts";
import type { WritingWay } from "../alternatives/writers.ts";
import type { Counts } from "../measuring/measurement.ts";
import type { Outcome } from "../tables/write-all.ts";

/** What one process of several is to write. */
export interface WritingJob {
  readonly engine: Pick<Engine, "name" | "clientConfig">;
  readonly tableName: string;
  readonly way: WritingWay;
  readonly operation: Operation;
  readonly names: readonly string[];
  /** How many write at the same time in this process. */
  readonly writers: number;
  /** Share of its writes that are refused for a conflict. */
  readonly conflicts: number;
  readonly seed: number;
}

/** What it came to. */
export interface WritingReport extends Outcome {
  readonly counts: Counts;
}
