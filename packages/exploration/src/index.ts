export { fullCases, quickCases } from "./cases.ts";
export { explore } from "./explore.ts";
export { formatExploration } from "./format-report.ts";
