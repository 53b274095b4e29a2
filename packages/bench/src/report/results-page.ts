import type { EngineName } from "@rollcall/local";
import { ENGINE_TITLES } from "./format.ts";
import { renderHeadlines } from "./headlines.ts";
import { mergeRows } from "./merged-row.ts";
import { renderTable } from "./render-table.ts";
import type { Results } from "./results.ts";
import { SECTIONS } from "./sections.ts";

/** The results as a page in Markdown. It shows the plots by their file names. */
export function renderPage(results: Results): string {
  return [
    "# Measured",
    "Made by `npm run bench`; do not edit. What is counted is exact, requests and capacity units by DynamoDB's rules, and" +
      " the same in every run, but for what has a `≈`. Times are ratios: the median of each way, divided by the median of" +
      " the way that has 1×, whose milliseconds are given too; in brackets the quartiles, divided by that same median. One" +
      " run measures all ways of a row's setting alternately, so that what else the machine does affects them alike.",
    renderHeadlines(results.measurements),
    ...renderSections(results),
    renderProvenance(results),
  ]
    .join("\n\n")
    .concat("\n");
}

/** The sections of which something was measured. */
export function renderSections({ measurements }: Pick<Results, "measurements">): string[] {
  const engines = [...new Set(measurements.map(({ engine }) => engine))];
  return SECTIONS.flatMap(({ title, text, tables, plot }) => {
    const filled = tables.map((table) => mergeRows(measurements, table)).filter((rows) => rows.length > 0);
    if (filled.length === 0) return [];
    const image = plot ? [`![${plot.alt}](${plot.file})`] : [];
    return [`## ${title}`, text, ...image, ...filled.map((rows) => renderTable(rows, engines))];
  });
}

function renderProvenance({ provenance, measurements }: Results): string {
  const { date, commit, seed, minutes, machine, versions } = provenance;
  const engines = [...new Set(measurements.map(({ engine }) => engine))] as EngineName[];
  return [
    "## How it was measured",
    [
      `- ${date}, commit ${commit}, seed ${seed}, ${minutes} minutes`,
      `- ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.os}`,
      `- ${Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(", ")}`,
      `- on ${engines.map((engine) => ENGINE_TITLES[engine]).join(" and ")}, in memory, a fresh process for each large case`,
      "- `a / b`: the engines differ, in the order above, for they end the pages of a Scan at different items;" +
        " `≈`: a mean of what is different in every run, because writers race",
      "- units of requests that were refused are not counted, which favours those who are refused most;" +
        " where transactions run at the same time, write units are dynoxide's",
      "- conflicts are injected below the SDK's retries, for no engine raises them; every write has the same chance",
    ].join("\n"),
  ].join("\n\n");
}
