import type { Invocation } from "../command-spec.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import { dryRunOption } from "../options/write-options.ts";
import { count } from "../terminal/output.ts";
import type { Result } from "../terminal/result.ts";
import { type PassCommandOptions, passOptions } from "./pass-options.ts";
import { dryRunDocument, passNotes, repairDocument, repairLines } from "./report-lines.ts";
import { runPassCommand } from "./run-pass-command.ts";

/** The options of the commands that repair. */
export const repairOptions = { dryRun: dryRunOption, ...passOptions } as const;

/** The documents of the commands that repair, as their help shows them. */
export const REPAIR_JSON =
  '{ "added": ["gpt-4"], "removed": [], "unrepaired": [] }\n' +
  '  with --all-namespaces: { "namespaces": [{ "namespace": null, "added", … }] }';

/** What `repair` and `backfill` do: the same, for different reasons. */
export async function runRepair(
  verb: "repair" | "backfill",
  { options, io, printer }: Pick<Invocation<PassCommandOptions>, "options" | "io" | "printer">,
): Promise<Result> {
  const dryRun = options.dryRun === true;
  const { reports, titleOf } = await runPassCommand(dryRun ? "audit" : "backfill", verb, options, io, printer);
  const documentOf = dryRun ? dryRunDocument : repairDocument;
  const [only] = reports;
  const unrepaired = reports.flatMap((report) => report.unrepaired);
  const [first] = unrepaired;
  return {
    json:
      options.allNamespaces || only === undefined
        ? { namespaces: reports.map((report) => ({ namespace: report.namespace, ...documentOf(report) })) }
        : documentOf(only),
    lines: reports.flatMap((report) => repairLines(titleOf(report), report, dryRun)),
    notes: passNotes(reports),
    ...(first && {
      exitCode: EXIT_CODES.failed,
      error: `${count(unrepaired.length, "name")} could not be repaired, all else is done; the first: ${first.reason}`,
    }),
  };
}
