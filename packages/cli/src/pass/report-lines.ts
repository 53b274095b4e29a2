import type { DefaultFlaws, PassReport, RegistryReport } from "@rollcall/maintainer";
import { type Line, type Style, styled } from "../terminal/line.ts";
import { alignColumns, count, indent, MAX_LISTED, moreOf } from "../terminal/output.ts";
import { oneLine, printable } from "../terminal/printable.ts";

/** The part of a report that an audit's document has. */
export function auditDocument({
  registered,
  defaults,
  missing,
  orphaned,
  malformed,
  leftovers,
  flaws,
}: RegistryReport) {
  const further = { ...(leftovers.length > 0 && { leftovers }), ...(flaws && { flaws }) };
  return { registered, defaults, missing, orphaned, malformed, ...further };
}

/** The same by registry, where it is not `resources` alone. */
export function namedAuditDocument(report: RegistryReport) {
  const { defaults: members, registered, ...rest } = auditDocument(report);
  return { ...ownerOf(report), registered, members, ...rest };
}

/** Which registry a report is about. */
export function ownerOf({ registry, scope }: RegistryReport) {
  return { registry, scope };
}

/** The part of a report that the document of a repair or a backfill has. */
export function repairDocument({ added, removed, unrepaired }: RegistryReport) {
  return { added, removed, unrepaired: unrepaired.map(({ name }) => name) };
}

/** The same of a dry run: what would be added and removed. */
export function dryRunDocument({ missing, orphaned }: RegistryReport) {
  return { added: missing, removed: orphaned, unrepaired: [] };
}

/**
 * What an audit found, one line a name.
 *
 * @param noun what an item is called whose name is listed
 */
export function auditLines(title: string, report: RegistryReport, all: boolean, noun = "default"): Line[] {
  const { registered, defaults, missing, orphaned } = report;
  const hasDrift = missing.length + orphaned.length > 0;
  const drift = hasDrift ? `${number(missing.length)} missing, ${number(orphaned.length)} orphaned` : "no drift";
  const numbers = `${count(defaults, noun)}, ${number(registered)} registered`;
  return [
    `${title}: ${numbers}; ${drift}`,
    ...listLines([named("missing", "drift", missing), named("orphaned", "drift", orphaned)], all),
    ...leftoverLines(report, all),
    ...flawLines(report, all),
  ];
}

/** What is wrong with defaults in themselves, one line a name and flaw. */
function flawLines({ flaws }: RegistryReport, all: boolean): Line[] {
  if (flaws === undefined) return [];
  const unreadable = flaws.unreadable.map(({ name, reason }) => [printable(name), oneLine(reason)]);
  return listLines(
    [
      { word: "unreadable", style: "failure", entries: unreadable },
      named("stale burst", "drift", flaws.staleBursts),
      named("not indexed", "drift", flaws.unindexed),
    ],
    all,
  );
}

/** What a purge left in a namespace, one line a name. */
export function leftoverLines({ leftovers }: RegistryReport, all: boolean): Line[] {
  return listLines([named("leftover", "drift", leftovers)], all);
}

/** What a repair did, or would do, one line a name. */
export function repairLines(title: string, report: RegistryReport, dryRun: boolean, all: boolean): Line[] {
  const { added, removed } = dryRun ? dryRunDocument(report) : report;
  const [add, remove] = dryRun ? ["would add", "would remove"] : ["added", "removed"];
  const { unrepaired } = report;
  const style = dryRun ? "drift" : "repair";
  const lists: List[] = [
    named(add, style, added),
    named(remove, style, removed),
    {
      word: "unrepaired",
      style: "failure",
      entries: unrepaired.map(({ name, reason }) => [printable(name), oneLine(reason)]),
    },
  ];
  const numbers = `${add} ${count(added.length, "name")}, ${remove} ${number(removed.length)}`;
  const left = unrepaired.length > 0 ? `, ${number(unrepaired.length)} not repaired` : "";
  const isRight = lists.every(({ entries }) => entries.length === 0);
  return [
    `${title}: ${isRight ? "nothing to repair" : numbers + left}`,
    ...listLines(lists, all),
    ...leftoverLines(report, all),
  ];
}

/** Commands to copy for what a pass finds and does not repair by itself. Those that were just run are left out. */
interface Remedies {
  purge?: string | undefined;
  indexKeys?: string | undefined;
}

/** What flaws of defaults mean, and what to do about them. */
function flawNotes(reports: PassReport, { indexKeys }: Remedies): string[] {
  const sum = (flaw: keyof DefaultFlaws) =>
    reports.reduce((total, { flaws }) => total + (flaws?.[flaw].length ?? 0), 0);
  const [unreadable, staleBursts, unindexed] = [sum("unreadable"), sum("staleBursts"), sum("unindexed")];
  return [
    ...(unreadable > 0 ? [`Note: the limiter cannot read ${count(unreadable, "default")}: set the limits again.`] : []),
    ...(staleBursts > 0
      ? [
          `Note: ${count(staleBursts, "default")} with the burst of flat items (_bx), which the limiter ignores in a namespace.`,
        ]
      : []),
    ...(unindexed > 0 && indexKeys !== undefined
      ? [
          `Note: ${count(unindexed, "default")} without the keys of GSI4: the limiter's purge misses them. Restore: ${indexKeys}`,
        ]
      : []),
  ];
}

/** What else was met in the table, and what it means. */
export function passNotes(reports: PassReport, noun = "resource", remedies: Remedies = {}): string[] {
  const sum = (part: "malformed" | "legacyLimits") => reports.reduce((total, report) => total + report[part], 0);
  const [malformed, legacyLimits] = [sum("malformed"), sum("legacyLimits")];
  const leftovers = reports.reduce((total, report) => total + report.leftovers.length, 0);
  return [
    ...flawNotes(reports, remedies),
    ...(leftovers > 0 && remedies.purge !== undefined
      ? [
          `Note: ${count(leftovers, "default")} of namespaces that the limiter's directory does not have: left by a ` +
            `purge, or written since. They are no drift. Delete them with: ${remedies.purge}`,
        ]
      : []),
    ...(malformed > 0 ? [`Note: ${count(malformed, "empty name")} met and passed over: no ${noun} can have one.`] : []),
    ...(legacyLimits > 0
      ? [
          `Note: ${count(legacyLimits, "limit")} kept as one item each, as the limiter did before 0.8. Nothing reads ` +
            "them as defaults today, and they are never registered: set those resources again, or delete the items.",
        ]
      : []),
  ];
}

/** Names that share an outcome, each with what is to be said of it. */
interface List {
  word: string;
  style: Style;
  entries: readonly (readonly string[])[];
}

function named(word: string, style: Style, names: readonly string[]): List {
  return { word, style, entries: names.map((name) => [printable(name)]) };
}

/** The first entries of each list, and how many more there are. */
function listLines(lists: readonly List[], all: boolean): Line[] {
  const rows = lists.flatMap(({ word, style, entries }) => {
    const shown = all ? entries : entries.slice(0, MAX_LISTED);
    const more = entries.length - shown.length;
    const rest = more > 0 ? [[moreOf(more)]] : [];
    return [...shown, ...rest].map((cells) => ({ style, cells: [word, ...cells] }));
  });
  const lines = alignColumns(rows.map(({ cells }) => cells));
  return indent(lines.map((line, i) => styled(rows[i]?.style ?? "drift", line)));
}

function number(of: number): string {
  return of.toLocaleString("en-US");
}
