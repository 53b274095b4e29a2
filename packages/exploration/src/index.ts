export { fullCases, quickCases } from "./cases/cases.ts";
export { explore } from "./explore.ts";
export { formatExploration } from "./format-report.ts";
