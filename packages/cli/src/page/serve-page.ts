import type { PassReport } from "@rollcall/maintainer";
import { Page, type PageOptions, PagePortError } from "@rollcall/ui";
import type { Target } from "../connection/target.ts";
import { CommandError } from "../errors.ts";
import { explainError } from "../explain/explain-error.ts";
import { auditLines, passNotes } from "../pass/report-lines.ts";
import { textOf } from "../terminal/line.ts";
import { oneLine } from "../terminal/printable.ts";

/** What a command says of its page; all else is the same for all of them. */
export type PageSetup = Omit<PageOptions, "explain" | "reportLines" | "tableName"> & { target: Target };

/**
 * Serves the page. It says of errors, and of audits, what the command line says.
 *
 * @throws CommandError where its port is taken
 */
export async function servePage({ target, ...setup }: PageSetup): Promise<Page> {
  const { tableName } = target;
  const explain = (error: unknown) => oneLine(explainError(error, target) ?? `Rollcall failed: ${String(error)}`);
  const reportLines = (report: PassReport) => [
    ...report.flatMap((each) => auditLines(titleOf(each), each, false, "member").map(textOf)),
    ...passNotes(report, "member"),
  ];
  try {
    return await Page.serve({ ...setup, tableName, explain, reportLines });
  } catch (error) {
    if (error instanceof PagePortError) throw new CommandError(error.message, { cause: error });
    throw error;
  }
}

function titleOf({ registry, scope }: PassReport[number]): string {
  return scope === null ? `registry ${registry}` : `registry ${registry} of ${JSON.stringify(scope)}`;
}
