import type { Measurement } from "../../src/measuring/measurement.ts";

/** A measurement of which only what matters to a test need be said. */
export function measurement(parts: Partial<Measurement> = {}): Measurement {
  return {
    case: "list",
    table: "list",
    engine: "dynoxide",
    setting: { names: 10 },
    way: "Rollcall",
    operations: 1,
    counts: { requests: 1 },
    isExact: true,
    ...parts,
  };
}
