import type { EngineName } from "@rollcall/local";
import type { CountName } from "../measuring/measurement.ts";
import { ENGINE_TITLES, formatMs, formatNumber, formatRatio, formatShare, markdownTable } from "./format.ts";
import { countsPerOperation, countsWorthShowing, type MergedRow } from "./merged-row.ts";

const COUNT_TITLES = {
  requests: "requests",
  transactions: "transactions",
  readUnits: "read units",
  writeUnits: "write units",
  simulatedMs: "simulated ms",
  failed: "failed",
  drift: "drift left",
} as const satisfies Record<CountName, string>;

/** What the parts of settings and other amounts are called in a table's head. */
const TITLES: Readonly<Record<string, string>> = {
  neighbours: "other items",
  registered: "names registered",
  conflicts: "conflicts",
  drift: "records that are drift",
  acknowledgedPerSecond: "creates/s, simulated",
  streamShards: "shards of the stream",
  windowSeconds: "batching window, s",
  worst: "worst crash",
  recordsPerSecond: "records/s",
  itemsPerSecond: "items/s",
  kilobytes: "bundle, KB",
  residentMegabytes: "memory, MB",
};

/** Parts of settings that are shares. */
const SHARES: ReadonlySet<string> = new Set(["conflicts", "drift"]);
const SHARE_COUNTS: ReadonlySet<CountName> = new Set(["failed", "drift"]);

/** A table of everything measured of one kind: setting, way, counts, then times engine by engine. */
export function renderTable(rows: readonly MergedRow[], engines: readonly EngineName[]): string {
  const settings = Object.keys(rows[0]?.setting ?? {});
  const counts = countsWorthShowing(rows);
  const amounts = [
    ...new Set(rows.flatMap((row) => [...row.engines.values()].flatMap((m) => Object.keys(m.amounts ?? {})))),
  ];
  const hasTimes = rows.some((row) => [...row.engines.values()].some(({ ms }) => ms));
  const timed = hasTimes ? engines : [];
  const header = [
    ...settings.map((name) => TITLES[name] ?? name),
    "way",
    ...counts.map((count) => COUNT_TITLES[count]),
    ...amounts.map((name) => TITLES[name] ?? name),
    ...timed.map((engine) => `time, ${ENGINE_TITLES[engine]}`),
  ];
  const body = rows.map((row, i) => [
    ...settings.map((name, column) => settingCell(rows, i, settings.slice(0, column + 1), name)),
    row.way,
    ...counts.map((count) => countCell(row, count)),
    ...amounts.map((name) => amountCell(row, name)),
    ...timed.map((engine) => timeCell(row, engine)),
  ]);
  return markdownTable(header, body, settings.length + 1);
}

/** Empty where the row above says the same already. */
function settingCell(rows: readonly MergedRow[], i: number, columns: readonly string[], name: string): string {
  const [above, here] = [rows[i - 1]?.setting, rows[i]?.setting];
  if (above && columns.every((column) => above[column] === here?.[column])) return "";
  const value = here?.[name] ?? "";
  if (typeof value !== "number") return value;
  return SHARES.has(name) ? formatShare(value) : formatNumber(value);
}

/** One number where the engines agree, both where they do not, and about the mean of what is never quite the same. */
function countCell(row: MergedRow, count: CountName): string {
  const values = countsPerOperation(row, count);
  const isExact = [...row.engines.values()].every((measurement) => measurement.isExact);
  if (values.length === 0) return "";
  // Of writes, some fail and some leave drift; of crashes, each leaves so much.
  const isShare = [...row.engines.values()].some(({ counts }) => "failed" in counts) && SHARE_COUNTS.has(count);
  const format = isShare ? formatShare : formatNumber;
  if (!isExact) return `≈ ${format(values.reduce((sum, value) => sum + value, 0) / values.length)}`;
  return [...new Set(values.map(format))].join(" / ");
}

function amountCell({ engines }: MergedRow, name: string): string {
  const values = [...engines.values()].flatMap(({ amounts }) => amounts?.[name] ?? []);
  return [...new Set(values.map(formatNumber))].join(" / ");
}

/** Of what the others are set beside, the median in milliseconds is given too. */
function timeCell({ engines }: MergedRow, engine: EngineName): string {
  const { ms, ratio } = engines.get(engine) ?? {};
  if (!ms || !ratio) return "";
  return ratio.median === 1 ? `${formatRatio(ratio)}, ${formatMs(ms)}` : formatRatio(ratio);
}
