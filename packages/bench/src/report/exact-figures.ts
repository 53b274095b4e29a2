import { COUNT_NAMES, type Measurement } from "../measuring/measurement.ts";

/** Counts that are the same in every run, by what they are counts of. */
export type ExactFigures = Readonly<Record<string, number>>;

/** How figures differ from recorded ones. Of all of them, less is better. */
export interface Comparison {
  readonly worse: readonly string[];
  readonly better: readonly string[];
  /** Recorded, but not measured any more: no run would notice if it got worse. */
  readonly missing: readonly string[];
  /** Measured, and not recorded yet. */
  readonly added: readonly string[];
}

/** The part of the name by which the figures of one case on one engine are found. */
export function figurePrefix({ engine, case: name }: Pick<Measurement, "engine" | "case">): string {
  return `${engine} ${name}: `;
}

/** The exact counts among measurements, sorted by name. */
export function exactFigures(measurements: readonly Measurement[]): ExactFigures {
  const figures = new Map<string, number>();
  for (const measurement of measurements) {
    if (!measurement.isExact) continue;
    const { table, setting, way, counts } = measurement;
    const where = Object.entries(setting).map(([name, value]) => `${name}=${value}`);
    for (const count of COUNT_NAMES) {
      const value = counts[count];
      if (value === undefined) continue;
      const name = `${figurePrefix(measurement)}${[table, ...where, way, count].join(", ")}`;
      if (figures.has(name)) throw new Error(`two figures are called ${name}`);
      figures.set(name, value);
    }
  }
  return Object.fromEntries([...figures].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Compares figures with the recorded ones of the same cases and engines, told by their prefixes. */
export function compareFigures(
  recorded: ExactFigures,
  measured: ExactFigures,
  prefixes: readonly string[],
): Comparison {
  const worse: string[] = [];
  const better: string[] = [];
  const added: string[] = [];
  for (const [name, value] of Object.entries(measured)) {
    const before = recorded[name];
    if (before === undefined) added.push(`${name}: ${value}`);
    else if (value > before) worse.push(`${name}: ${value}, was ${before}`);
    else if (value < before) better.push(`${name}: ${value}, was ${before}`);
  }
  const missing = Object.keys(recorded).filter(
    (name) => !(name in measured) && prefixes.some((p) => name.startsWith(p)),
  );
  return { worse, better, missing, added };
}

/** What to record from now on: what was measured, and of what was not run the figures there were. */
export function mergeFigures(
  recorded: ExactFigures,
  measured: ExactFigures,
  prefixes: readonly string[],
): ExactFigures {
  const kept = Object.entries(recorded).filter(([name]) => !prefixes.some((prefix) => name.startsWith(prefix)));
  return Object.fromEntries([...kept, ...Object.entries(measured)].sort(([a], [b]) => (a < b ? -1 : 1)));
}
