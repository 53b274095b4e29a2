import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { ExactFigures } from "./exact-figures.ts";
import { drawPlots } from "./plots.ts";
import type { Results } from "./results.ts";
import { renderPage } from "./results-page.ts";

const FOLDER = path.join(import.meta.dirname, "../../results");
const EXACT_FILE = path.join(FOLDER, "exact.json");

/** Writes the page, its plots, and the results as data. */
export async function writeResults(results: Results): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  const { provenance, measurements } = results;
  const lines = measurements.map((measurement) => `  ${JSON.stringify(measurement, rounded)}`);
  const data = `{\n"provenance": ${JSON.stringify(provenance)},\n"measurements": [\n${lines.join(",\n")}\n]\n}\n`;
  const files = [
    { file: "README.md", text: renderPage(results) },
    { file: "results.json", text: data },
    ...(await drawPlots(measurements)).map(({ file, svg }) => ({ file, text: svg })),
  ];
  for (const { file, text } of files) await writeFile(path.join(FOLDER, file), text);
}

/** The exact figures of the quick run as they were recorded; none where there are none yet. */
export async function readExactFigures(): Promise<ExactFigures> {
  try {
    return JSON.parse(await readFile(EXACT_FILE, "utf8")) as ExactFigures;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
}

export async function writeExactFigures(figures: ExactFigures): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  await writeFile(EXACT_FILE, `${JSON.stringify(figures, null, 2)}\n`);
}

/** Microseconds are as exact as times get. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === "number" ? Math.round(value * 1_000) / 1_000 : value;
}
