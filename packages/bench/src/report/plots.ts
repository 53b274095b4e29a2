import { parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import type { Measurement } from "../measuring/measurement.ts";
import { countsPerOperation, type MergedRow, mergeRows } from "./merged-row.ts";

/** A plot as its file's name and content. */
export interface Plot {
  readonly file: string;
  readonly svg: string;
}

interface PlotSpec {
  readonly file: string;
  readonly title: string;
  readonly table: string;
  readonly count: "readUnits" | "writeUnits";
  readonly unit: string;
  /** The part of the setting along the axis, and its title. */
  readonly x: { readonly name: string; readonly title: string };
  /** The part of the setting that has a panel for each of its values. */
  readonly panels?: { readonly name: string; readonly title: string; readonly values: readonly (string | number)[] };
  readonly ways: readonly string[];
}

const WRITING_WAYS = ["Rollcall", "two calls", "transaction", "optimistic transaction"];

const PLOTS: readonly PlotSpec[] = [
  {
    file: "list-against-table-size.svg",
    title: "Cost of listing all names, against the size of the table",
    table: "list",
    count: "readUnits",
    unit: "read units a listing",
    x: { name: "neighbours", title: "other items in the table" },
    panels: { name: "names", title: "names listed", values: [10, 1_000] },
    ways: ["Rollcall", "Query on an index", "paged Scan"],
  },
  {
    file: "writes-against-registry-size.svg",
    title: "Cost of one write by one writer, against the size of the registry",
    table: "size",
    count: "writeUnits",
    unit: "write units a write",
    x: { name: "registered", title: "names registered" },
    panels: { name: "operation", title: "operation", values: ["create", "update"] },
    ways: WRITING_WAYS,
  },
  {
    file: "creates-against-concurrency.svg",
    title: "Cost of one create, against concurrent writers",
    table: "concurrent",
    count: "writeUnits",
    unit: "write units a create",
    x: { name: "writers", title: "concurrent creates in one process, 1,000 names registered" },
    ways: WRITING_WAYS,
  },
];

/** Colours that colour-blind people can tell apart. Source: Okabe and Ito, "Color Universal Design". */
const COLOURS = ["#0072b2", "#e69f00", "#d55e00", "#009e73"];
/** Ways may cost the same: each line has gaps through which those below it show. */
const DASHES = [
  [1, 0],
  [6, 4],
  [6, 10],
  [2, 6],
];
const POWERS_OF_TEN = [0.1, 1, 10, 100, 1_000, 10_000, 100_000];
const WIDTH = 280;
const SPACING = 48;
const HEIGHT = 240;

/** Every plot of the results page. */
export async function drawPlots(measurements: readonly Measurement[]): Promise<Plot[]> {
  return await Promise.all(
    PLOTS.map(async (plot) => ({
      file: plot.file,
      svg: await draw(specOf(plot, mergeRows(measurements, plot.table))),
    })),
  );
}

function valuesOf({ count, x, panels, ways }: PlotSpec, rows: readonly MergedRow[]) {
  return rows.flatMap((row) => {
    const [y] = countsPerOperation(row, count);
    const panel = panels && row.setting[panels.name];
    const isShown = ways.includes(row.way) && (panels === undefined || panels.values.includes(panel ?? ""));
    return isShown && y !== undefined ? [{ way: row.way, x: row.setting[x.name], y, panel: label(panel ?? "") }] : [];
  });
}

function label(value: string | number): string {
  return value.toLocaleString("en-GB");
}

function specOf(plot: PlotSpec, rows: readonly MergedRow[]): TopLevelSpec {
  const { title, unit, x, panels, ways } = plot;
  const byWay = (range: readonly unknown[]) => ({
    field: "way",
    type: "ordinal",
    title: null,
    sort: [...ways],
    scale: { domain: [...ways], range: range.slice(0, ways.length) },
  });
  const axis = { values: POWERS_OF_TEN, format: ",~f" };
  const spec = {
    width: panels ? WIDTH : 2 * WIDTH + SPACING,
    height: HEIGHT,
    mark: { type: "line", strokeWidth: 2.5, point: { size: 40, filled: true } },
    encoding: {
      x: { field: "x", type: "quantitative", title: x.title, scale: { type: "log", nice: false, padding: 12 }, axis },
      y: { field: "y", type: "quantitative", title: `${unit}, log scale`, scale: { type: "log" }, axis },
      color: byWay(COLOURS),
      strokeDash: byWay(DASHES),
    },
  };
  const config = {
    font: "system-ui, sans-serif",
    axis: { labelFontSize: 12, titleFontSize: 13, titlePadding: 8, gridColor: "#e5e5e5" },
    header: { labelFontSize: 13, titleFontSize: 13 },
    legend: {
      orient: "bottom",
      labelFontSize: 13,
      labelLimit: 0,
      symbolType: "stroke",
      symbolSize: 500,
      columnPadding: 24,
    },
    title: { fontSize: 15, anchor: "start", offset: 12 },
    view: { stroke: "#cccccc" },
  };
  const shared = { title, data: { values: valuesOf(plot, rows) }, background: "white", padding: 16, config };
  if (panels === undefined) return { ...shared, ...spec } as TopLevelSpec;
  const facet = { field: "panel", type: "nominal", title: panels.title, sort: panels.values.map(label) };
  return { ...shared, facet: { column: facet }, spacing: SPACING, spec } as TopLevelSpec;
}

async function draw(spec: TopLevelSpec): Promise<string> {
  const view = new View(parse(compile(spec).spec), { renderer: "none" });
  return `${await view.toSVG()}\n`;
}
