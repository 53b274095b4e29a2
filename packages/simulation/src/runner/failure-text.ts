import { countOperations } from "../plan/plan.ts";
import { withoutRuns } from "../timeline/history.ts";
import type { Failure } from "./shrink.ts";

/** Lines of a history that are told, at most: its end. */
const MAX_LINES = 300;

/** A failure as a person can read it: the setting in words, what was done, what happened. */
export function formatFailure({ plan, outcome }: Failure, operationsBefore: number): string {
  const { network, ...setting } = plan.setting;
  const left = outcome.history.length - MAX_LINES;
  const lines = [
    "",
    `${countOperations(plan)} of ${operationsBefore} operations are enough:`,
    ...plan.steps.map(({ at, operation: { kind, ...rest } }) => `  at ${at} ms  ${kind} ${JSON.stringify(rest)}`),
    "",
    `Setting: ${JSON.stringify(setting)}`,
    `Network: ${JSON.stringify(network)}`,
    "",
    ...(left > 0 ? [`(${left} lines before)`] : []),
    ...outcome.history.slice(-MAX_LINES),
    "",
    ...outcome.violations.map(({ kind, problem }) => `${kind}: ${problem}`),
  ];
  return withoutRuns(lines.join("\n"));
}
