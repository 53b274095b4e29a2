import type { EngineName } from "@rollcall/local";
import { COUNT_NAMES, type CountName, type Measurement, type Setting } from "../measuring/measurement.ts";

/** One row of a table, with what every engine made of it. */
export interface MergedRow {
  readonly setting: Setting;
  readonly way: string;
  readonly engines: ReadonlyMap<EngineName, Measurement>;
}

/** Brings the measurements of a table together that differ only by their engine, in the order they were made. */
export function mergeRows(measurements: readonly Measurement[], table: string): MergedRow[] {
  const rows = new Map<string, { setting: Setting; way: string; engines: Map<EngineName, Measurement> }>();
  for (const measurement of measurements) {
    if (measurement.table !== table) continue;
    const { setting, way, engine } = measurement;
    const id = JSON.stringify([setting, way]);
    const row = rows.get(id) ?? { setting, way, engines: new Map() };
    rows.set(id, row);
    row.engines.set(engine, measurement);
  }
  return [...rows.values()];
}

/**
 * What one job took, on each engine that tells: costs by job that was done, failures and drift by job that was tried.
 * Where none was done there is no cost of one.
 */
export function countsPerOperation({ engines }: MergedRow, count: CountName): number[] {
  return [...engines.values()].flatMap((measurement) => countPerOperation(measurement, count) ?? []);
}

export function countPerOperation({ counts, operations }: Measurement, count: CountName): number | undefined {
  const isCost = count !== "failed" && count !== "drift";
  const jobs = isCost ? operations - (counts.failed ?? 0) : operations;
  const total = counts[count];
  return total === undefined || jobs === 0 ? undefined : total / jobs;
}

/** The counts that differ from zero somewhere, for the others say nothing. */
export function countsWorthShowing(rows: readonly MergedRow[]): CountName[] {
  return COUNT_NAMES.filter((count) => rows.some((row) => countsPerOperation(row, count).some((value) => value > 0)));
}
