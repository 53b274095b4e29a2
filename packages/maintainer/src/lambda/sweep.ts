import "@rollcall/registry/node-version";

import { createSweepHandler } from "../sweep/sweep-handler.ts";
import { registriesFromEnvironment } from "./registries-from-environment.ts";

const tableName = process.env.ROLLCALL_TABLE;
if (!tableName) throw new Error("ROLLCALL_TABLE is not set: name the table that this function sweeps.");
const maxReadUnits = process.env.ROLLCALL_SWEEP_READ_UNITS;

/**
 * The Lambda entry: the sweep of the table that `ROLLCALL_TABLE` names, for the registries of `ROLLCALL_REGISTRIES`, at
 * `ROLLCALL_SWEEP_READ_UNITS` read units a second where that is set.
 */
export const handler = createSweepHandler({
  tableName,
  registries: registriesFromEnvironment(),
  maxReadUnitsPerSecond: maxReadUnits ? Number(maxReadUnits) : undefined,
});
