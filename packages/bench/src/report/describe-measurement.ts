import { COUNT_NAMES, type Measurement } from "../measuring/measurement.ts";
import { formatMs, formatNumber, formatRatio } from "./format.ts";
import { countPerOperation } from "./merged-row.ts";

/** A measurement in one line, for those who watch. */
export function describeMeasurement(measurement: Measurement): string {
  const { engine, table, setting, way, ms, ratio } = measurement;
  const where = Object.entries(setting).map(([name, value]) => `${name} ${value}`);
  const costs = COUNT_NAMES.flatMap((count) => {
    const value = countPerOperation(measurement, count);
    return value === undefined ? [] : [`${formatNumber(value)} ${count}`];
  });
  const times = ms && ratio ? [formatMs(ms), formatRatio(ratio)] : [];
  return `${engine}  ${[table, ...where].join(", ")}  ${way}: ${[...costs, ...times].join(", ")}`;
}
