import type { CountName, Measurement, Setting } from "../measuring/measurement.ts";
import { formatNumber, formatRatio, formatShare, markdownTable } from "./format.ts";
import { countsPerOperation, type MergedRow, mergeRows } from "./merged-row.ts";

/** One line of the summary: what Rollcall set out to reach, beside what is usual and what was measured. */
interface Headline {
  readonly work: string;
  readonly table: string;
  readonly setting: Setting;
  readonly way: string;
  readonly counts: readonly CountName[];
  readonly beside?: string;
  readonly target: string;
}

const HEADLINES: readonly Headline[] = [
  {
    work: "List 10 names among 100,000 other items",
    table: "list",
    setting: { neighbours: 100_000, names: 10 },
    way: "Rollcall",
    counts: ["requests", "readUnits"],
    beside: "paged Scan",
    target: "1 request, 0.5 read units",
  },
  {
    work: "Create, 1,000 concurrently, beside 1,000 names",
    table: "concurrent",
    setting: { writers: 1_000 },
    way: "Rollcall",
    counts: ["requests", "writeUnits"],
    beside: "transaction",
    target: "0.02 requests, 2.5 write units",
  },
  {
    work: "Update, beside 10,000 names",
    table: "size",
    setting: { registered: 10_000, operation: "update" },
    way: "Rollcall",
    counts: ["requests", "writeUnits"],
    beside: "two calls",
    target: "1 request, 1 write unit",
  },
  {
    work: "Create by 64 writers, 30% conflicts",
    table: "conflicts",
    setting: { operation: "create", writers: "64", conflicts: 0.3 },
    way: "Rollcall",
    counts: ["failed", "drift"],
    beside: "two calls",
    target: "none failed, no drift",
  },
  {
    work: "Maintain, 1,000 clean records",
    table: "maintain",
    setting: { records: 1_000, drift: 0, streamShards: 1 },
    way: "Rollcall",
    counts: ["requests", "readUnits", "writeUnits"],
    beside: "record by record",
    target: "10 requests, 30 read units, no writes",
  },
  {
    work: "Backfill 10,000 names of one registry",
    table: "backfill",
    setting: { names: 10_000, namespaces: 1 },
    way: "Rollcall",
    counts: ["transactions", "writeUnits"],
    beside: "transaction a name",
    target: "102 transactions, 32,308 write units",
  },
];

const WORDS = {
  requests: "requests",
  transactions: "transactions",
  readUnits: "read units",
  writeUnits: "write units",
  simulatedMs: "simulated ms",
  failed: "failed",
  drift: "drift",
} as const satisfies Record<CountName, string>;

/** The summary at the top of the page, of those lines that were measured. */
export function renderHeadlines(measurements: readonly Measurement[]): string {
  const rows = HEADLINES.flatMap(({ work, table, setting, way, counts, beside, target }) => {
    const merged = mergeRows(measurements, table);
    const wanted = JSON.stringify(setting);
    const find = (name: string | undefined) =>
      merged.find((row) => row.way === name && JSON.stringify(row.setting) === wanted);
    const [ours, theirs] = [find(way), find(beside)];
    return ours && theirs ? [[work, `${beside}: ${countsText(theirs, counts)}`, target, countsText(ours, counts)]] : [];
  });
  return markdownTable(["work, cost of one", "usual", "to reach", "Rollcall"], [...rows, ...timeRows(measurements)], 4);
}

function countsText(row: MergedRow, counts: readonly CountName[]): string {
  return counts
    .flatMap((count) => {
      const [value] = countsPerOperation(row, count);
      if (value === undefined) return [];
      if (count === "failed" || count === "drift") return [`${formatShare(value)} ${WORDS[count]}`];
      return [`${formatNumber(value)} ${value === 1 ? WORDS[count].replace(/s$/, "") : WORDS[count]}`];
    })
    .join(", ");
}

/** What is told in ratios of times, on the engine that was measured first. */
function timeRows(measurements: readonly Measurement[]): string[][] {
  const overhead = measurements.find(
    ({ table, way, setting }) => table === "overhead" && way === "Rollcall" && setting.names === 10,
  );
  const startUps = measurements.filter(
    ({ table, setting }) => table === "function time" && setting.phase === "start-up",
  );
  const startUp = startUps.find(({ way }) => way === "Rollcall, stream");
  const commands = [
    ["--help", "node -e 0: 1", "2×"],
    ["resource list", "bare GetItem: 1", "1.25×"],
  ] as const;
  const ofCommands = commands.flatMap(([command, beside, target]) => {
    const found = measurements.find(
      ({ table, setting, way }) =>
        table === "command time" && setting.command === command && setting.time === "CPU" && way === "Rollcall",
    );
    return found?.ratio ? [[`rollcall ${command}, CPU`, beside, target, formatRatio(found.ratio)]] : [];
  });
  return [
    ...(overhead?.ratio ? [["List 10 names, time", "bare GetItem: 1", "1.05×", formatRatio(overhead.ratio)]] : []),
    ...(startUp?.ratio ? [["Function start-up, time", "bare handler: 1", "1.2×", formatRatio(startUp.ratio)]] : []),
    ...ofCommands,
  ];
}
