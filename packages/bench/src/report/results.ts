import type { Measurement } from "../measuring/measurement.ts";
import type { Provenance } from "./provenance.ts";

/** Everything a full run found out. */
export interface Results {
  readonly provenance: Provenance;
  readonly measurements: readonly Measurement[];
}
