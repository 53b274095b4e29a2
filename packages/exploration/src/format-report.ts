import type { ExplorationReport, GroupReport } from "./explore.ts";
import type { Problem } from "./search/explorer.ts";

const PROBLEMS = ["drift left", "drift introduced", "misreported", "endless"] as const satisfies Problem[];

/** The figures as a table, and beneath it what went wrong, step by step. */
export function formatExploration({ groups, counterExamples }: ExplorationReport): string {
  const header = ["", "cases", "states", "transitions", "interleavings", ...PROBLEMS];
  const rows = groups.map((group) => [group.name, ...figuresOf(group)]);
  const widths = header.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: string[]): string =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join("  ");
  const examples = counterExamples.map(
    ({ problem, title, history }) =>
      `\n${problem}: ${title}\n${history.map((step, i) => `${i + 1}. ${step}`).join("\n")}`,
  );
  return [line(header), ...rows.map(line), ...examples].join("\n");
}

function figuresOf({ cases, states, transitions, interleavings, problems }: GroupReport): string[] {
  const figures = [cases, states, transitions, ...PROBLEMS.map((problem) => problems.get(problem) ?? 0)];
  const [n, s, t, ...wrong] = figures.map((figure) => figure.toLocaleString("en"));
  return [n ?? "", s ?? "", t ?? "", compact(interleavings), ...wrong];
}

/** Such as 1.2e+15: the order of magnitude is what tells. */
function compact(figure: bigint): string {
  return figure < 10_000_000n ? figure.toLocaleString("en") : Number(figure).toExponential(1);
}
