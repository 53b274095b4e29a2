import type { PassReport } from "./pass-report.ts";
import { type PassOptions, runPass } from "./run-pass.ts";

/**
 * Compares registries with the defaults they list, in both directions, and writes nothing.
 *
 * One Scan of the base table, and a read in one transaction of all that looks wrong: a busy table shows no drift that is
 * not there. Only a client that writes a default and the registry one after the other is seen between the two.
 *
 * @returns a report for each namespace that was met; for one namespace, always one
 * @throws TypeError for an option that cannot be
 * @throws CursorError for a `resume` that belongs to something else
 * @throws the signal's reason, or the SDK's error; what was saved last leaves nothing out
 *
 * @example
 * ```ts
 * import { audit } from "@rollcall/maintainer";
 *
 * const [report] = await audit({ tableName: "limits", maxReadUnitsPerSecond: 100 });
 * console.log(report?.missing, report?.orphaned);
 * ```
 */
export function audit(options: PassOptions): Promise<PassReport> {
  return runPass("audit", options);
}
