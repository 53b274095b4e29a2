import type { SweepState } from "@rollcall/maintainer";
import type { RegistryDefinition, RegistryItemStatus } from "@rollcall/registry";
import { registryKeys } from "@rollcall/registry/internal";
import { itemSizeBytes } from "@rollcall/registry/protocol";
import { count } from "../terminal/output.ts";
import { formatSeconds } from "./pass-meter.ts";

/** The last sweep of the table that completed, of all namespaces together. */
interface LastSweep {
  /** ISO 8601. */
  startedAt: string;
  completedAt: string;
  missing: number;
  orphaned: number;
  repaired: number;
  unrepaired: number;
}

/** All that `registry status` says. */
export interface StatusReport extends RegistryItemStatus {
  /** Which registry it is, where that is one of a configuration. */
  registry?: string;
  scope?: string | null;
  /** Names that still fit if they are as long as those there, on average; `null` for a registry without names. */
  headroomNames: number | null;
  /** `null` where no sweep has completed. */
  lastSweep: LastSweep | null;
}

/** Puts together what the registry's item and the sweeps' state say. */
export function statusReport(status: RegistryItemStatus, place: RegistryOf, sweeps: SweepState): StatusReport {
  return { ...status, headroomNames: headroom(status, place), lastSweep: lastSweep(sweeps) };
}

/** The report as rows of a label and a text. `now` is in milliseconds since 1970. */
export function statusRows(report: StatusReport, now: number): [string, string][] {
  const share = report.limitShare.toLocaleString("en-US", { style: "percent", maximumSignificantDigits: 2 });
  const { headroomNames, lastSweep } = report;
  return [
    ["Names", report.names.toLocaleString("en-US")],
    ...(report.malformed > 0
      ? [["Malformed", `${count(report.malformed, "empty name")}, skipped`] as [string, string]]
      : []),
    ["Size", `${count(report.bytes, "byte")} of ${report.limitBytes.toLocaleString("en-US")} (${share})`],
    ["Room", headroomNames === null ? "unknown until there are names" : `about ${count(headroomNames, "more name")}`],
    ["To list", count(report.listReadUnits, "read unit")],
    [
      "To set or delete",
      `${count(report.setWriteUnits, "write unit")}; ${count(report.groupedWriteUnits, "unit")} where many are written together`,
    ],
    ["To update", count(report.updateWriteUnits, "write unit")],
    ["Last sweep", lastSweep === null ? "none has completed" : describeSweep(lastSweep, now)],
  ];
}

/** The report in one line, for a log. */
export function statusLine(report: StatusReport, at: Date): string {
  const { lastSweep } = report;
  return [
    at.toISOString(),
    count(report.names, "name"),
    count(report.bytes, "byte"),
    `list ${count(report.listReadUnits, "read unit")}`,
    `set ${count(report.setWriteUnits, "write unit")}`,
    lastSweep === null ? "no sweep yet" : `last sweep ${describeSweep(lastSweep, at.getTime())}`,
  ].join("  ");
}

/** Whose registry it is. */
interface RegistryOf {
  definition: RegistryDefinition;
  scope: string | undefined;
}

/** Members that fit are what the item has room for, by the average length of those that are there. */
function headroom({ names, bytes, limitBytes }: RegistryItemStatus, { definition, scope }: RegistryOf): number | null {
  if (names === 0) return null;
  const keys = registryKeys(definition);
  const set = { [definition.registry.attribute]: { SS: [] } };
  const empty = itemSizeBytes({ ...keys.registryKey(scope), ...keys.registryAttributes(scope), ...set });
  const averageBytes = Math.max(1, (bytes - empty) / names);
  return Math.max(0, Math.floor((limitBytes - bytes) / averageBytes));
}

function lastSweep({ last }: SweepState): LastSweep | null {
  if (last === undefined) return null;
  const { missing, orphaned, repaired, unrepaired } = last.findings;
  const [startedAt, completedAt] = [last.startedAt, last.completedAt].map((ms) => new Date(ms).toISOString());
  return { startedAt: startedAt ?? "", completedAt: completedAt ?? "", missing, orphaned, repaired, unrepaired };
}

function describeSweep({ completedAt, missing, orphaned, unrepaired }: LastSweep, now: number): string {
  const ago = `ended ${formatSeconds(Math.max(0, now - Date.parse(completedAt)) / 1_000)} ago`;
  const drift = missing + orphaned;
  if (drift === 0) return `${ago}, no drift in the table`;
  const left = unrepaired === 0 ? "all repaired or gone" : `${unrepaired} not repaired`;
  return `${ago}, found ${missing} missing and ${orphaned} orphaned in the table, ${left}`;
}
