import type { NamespaceReport, PassReport } from "@rollcall/maintainer";
import { alignColumns, count, indent } from "../terminal/output.ts";
import { oneLine, printable } from "../terminal/printable.ts";

/** The part of a report that an audit's document has. */
export function auditDocument({ registered, defaults, missing, orphaned, malformed }: NamespaceReport) {
  return { registered, defaults, missing, orphaned, malformed };
}

/** The part of a report that the document of a repair or a backfill has. */
export function repairDocument({ added, removed, unrepaired }: NamespaceReport) {
  return { added, removed, unrepaired: unrepaired.map(({ name }) => name) };
}

/** The same of a dry run: what would be added and removed. */
export function dryRunDocument({ missing, orphaned }: NamespaceReport) {
  return { added: missing, removed: orphaned, unrepaired: [] };
}

/** What an audit found, one line a name. */
export function auditLines(title: string, report: NamespaceReport): string[] {
  const { registered, defaults, missing, orphaned } = report;
  const names = [...named("missing", missing), ...named("orphaned", orphaned)];
  const drift = names.length === 0 ? "no drift" : `${missing.length} missing, ${orphaned.length} orphaned`;
  const numbers = `${count(defaults, "default")}, ${registered.toLocaleString("en-US")} registered`;
  return [`${title}: ${numbers}; ${drift}`, ...indent(alignColumns(names))];
}

/** What a repair did, or would do, one line a name. */
export function repairLines(title: string, report: NamespaceReport, dryRun: boolean): string[] {
  const { added, removed } = dryRun ? dryRunDocument(report) : report;
  const [add, remove] = dryRun ? ["would add", "would remove"] : ["added", "removed"];
  const unrepaired = report.unrepaired.map(({ name, reason }) => ["unrepaired", printable(name), oneLine(reason)]);
  const names = [...named(add, added), ...named(remove, removed), ...unrepaired];
  const numbers = `${add} ${count(added.length, "name")}, ${remove} ${removed.length}`;
  const left = unrepaired.length > 0 ? `, ${unrepaired.length} not repaired` : "";
  return [`${title}: ${names.length === 0 ? "nothing to repair" : numbers + left}`, ...indent(alignColumns(names))];
}

/** What else was met in the table, and what it means. */
export function passNotes(reports: PassReport): string[] {
  const sum = (number: "malformed" | "legacyLimits") => reports.reduce((total, report) => total + report[number], 0);
  const [malformed, legacyLimits] = [sum("malformed"), sum("legacyLimits")];
  return [
    ...(malformed > 0
      ? [`Note: ${count(malformed, "empty name")} met and passed over: no resource can have one.`]
      : []),
    ...(legacyLimits > 0
      ? [
          `Note: ${count(legacyLimits, "limit")} kept as one item each, as the limiter did before 0.8. Nothing reads ` +
            "them as defaults today, and they are never registered: set those resources again, or delete the items.",
        ]
      : []),
  ];
}

function named(word: string, names: readonly string[]): string[][] {
  return names.map((name) => [word, printable(name)]);
}
