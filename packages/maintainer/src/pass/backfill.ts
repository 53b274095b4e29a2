import type { PassReport } from "./pass-report.ts";
import { type PassOptions, runPass } from "./run-pass.ts";

/**
 * Makes registries list exactly the names that have defaults: the pass of an audit, whose findings are repaired.
 *
 * It may run at any time, any number of times and beside any writers; every repair checks in its own transaction that
 * it is still called for. 10,000 missing names of one registry take 102 transactions. A name that cannot be registered
 * is reported as unrepaired, and does not hold up the others.
 *
 * @returns a report for each namespace that was met; for one namespace, always one
 * @throws TypeError for an option that cannot be
 * @throws CursorError for a `resume` that belongs to something else
 * @throws the signal's reason, or the SDK's error; what was saved last leaves nothing out
 *
 * @example
 * ```ts
 * import { readFile, writeFile } from "node:fs/promises";
 * import { backfill } from "@rollcall/maintainer";
 *
 * const saved = await readFile("backfill.json", "utf8").catch(() => undefined);
 * const [report] = await backfill({
 *   tableName: "limits",
 *   resume: saved && JSON.parse(saved),
 *   onSave: (state) => writeFile("backfill.json", JSON.stringify(state)),
 * });
 * console.log(report?.added, report?.removed, report?.unrepaired);
 * ```
 */
export function backfill(options: PassOptions): Promise<PassReport> {
  return runPass("backfill", options);
}
