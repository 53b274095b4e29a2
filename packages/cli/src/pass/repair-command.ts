import { Option } from "commander";
import type { Invocation, Result } from "../command-spec.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import { count } from "../terminal/output.ts";
import { type PassCommandOptions, passOptions } from "./pass-options.ts";
import { dryRunDocument, passNotes, repairDocument, repairLines } from "./report-lines.ts";
import { runPassCommand } from "./run-pass-command.ts";

/** The options of the commands that repair. */
export function repairOptions(): Option[] {
  return [new Option("--dry-run", "show what would be done, and write nothing"), ...passOptions()];
}

/** The documents of the commands that repair, as their help shows them. */
export const REPAIR_JSON =
  '{ "added": ["gpt-4"], "removed": [], "unrepaired": [] }\n' +
  '  with --all-namespaces: { "namespaces": [{ "namespace": null, "added", … }] }';

/** What `repair` and `backfill` do: the same, for different reasons. */
export async function runRepair(
  verb: "repair" | "backfill",
  { options, io }: Pick<Invocation<PassCommandOptions>, "options" | "io">,
): Promise<Result> {
  const dryRun = options.dryRun === true;
  const { reports, titleOf } = await runPassCommand(dryRun ? "audit" : "backfill", verb, options, io);
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
