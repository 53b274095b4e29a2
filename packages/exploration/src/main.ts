import { fullCases, quickCases } from "./cases/cases.ts";
import { explore } from "./explore.ts";
import { formatExploration } from "./format-report.ts";

const SIZES = { quick: quickCases, full: fullCases } as const;

const [size = "quick", ...rest] = process.argv.slice(2);
if (rest.length > 0 || !isSize(size)) {
  process.stderr.write("Usage: npm run explore -- [quick|full]\n");
  process.exit(2);
}
const report = await explore({
  groups: SIZES[size](),
  onProgress: ({ name, cases }, all) => progress(`${name}: ${cases} of ${all} cases`),
});
progress("");
process.stdout.write(`${formatExploration(report)}\n`);
process.exitCode = report.counterExamples.length === 0 ? 0 : 1;

function isSize(text: string): text is keyof typeof SIZES {
  return text in SIZES;
}

/** Replaces the line at the bottom of a terminal. */
function progress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${line}`);
}
