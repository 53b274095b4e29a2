import type { Limit } from "@rollcall/registry";
import { formatLimit } from "../options/limit-text.ts";
import { alignColumns, MAX_LISTED, moreOf } from "../terminal/output.ts";
import { oneLine, printable, printableInList } from "../terminal/printable.ts";
import { keptAttributes } from "./keeping-put.ts";
import { describeDefault } from "./live-default.ts";
import { type Action, type Plan, type PlannedChange, sameLimit } from "./plan.ts";

const ACTIONS = ["create", "change", "register", "delete"] as const;
const TO_DO = { create: "to create", change: "to change", register: "to register", delete: "to delete" };
const DONE = { create: "created", change: "changed", register: "registered", delete: "deleted" };
const SIGNS = { create: "+", change: "~", register: "~", delete: "-" } as const satisfies Record<Action, string>;

/** Each change with its limits: `+ gpt-4   rpm:500/min`. */
export function changeLines(changes: readonly PlannedChange[], all: boolean): string[] {
  const shown = all ? changes : changes.slice(0, MAX_LISTED);
  const left = changes.length - shown.length;
  const lines = alignColumns(
    shown.flatMap((change) => {
      const [first = "", ...more] = [...changeParts(change), ...keptLines(change), ...markOf(change)];
      return [[`${SIGNS[change.action]} ${printable(change.resource)}`, first], ...more.map((line) => ["", line])];
    }),
  );
  return left > 0 ? [...lines, moreOf(left)] : lines;
}

/** What a plan comes to: `2 to create, 1 to change, 19 unchanged`. */
export function planSummary({ changes, unchanged, leftAlone }: Plan): string {
  return summarize(changes, TO_DO, [
    [unchanged, "unchanged"],
    [leftAlone, "not in the file and left alone"],
  ]);
}

/** What was done: `2 created, 1 changed, 19 unchanged`. */
export function doneSummary(done: readonly PlannedChange[], { unchanged, leftAlone }: Plan): string {
  return summarize(done, DONE, [
    [unchanged, "unchanged"],
    [leftAlone, "not in the file and left alone"],
  ]);
}

function summarize(
  changes: readonly PlannedChange[],
  words: Record<Action, string>,
  others: readonly [count: number, word: string][],
): string {
  const counts = ACTIONS.map((action): [number, string] => [
    changes.filter((change) => change.action === action).length,
    words[action],
  ]);
  const parts = [...counts, ...others].filter(([count]) => count > 0);
  return parts.map(([count, word]) => `${count.toLocaleString("en-US")} ${word}`).join(", ");
}

function changeParts(change: PlannedChange): string[] {
  const { action, from, to, registered } = change;
  switch (action) {
    case "create":
      return to.map(limitText);
    case "change":
      return [...differences(change), ...(registered ? [] : ["its name is missing in the registry"])];
    case "register":
      return ["its limits are right; its name is missing in the registry"];
    case "delete":
      return describeDefault(from, (limits) => limits.map(limitText));
  }
}

function markOf({ isUnmanaged }: PlannedChange): string[] {
  return isUnmanaged ? ["not managed by the limiter's provisioner"] : [];
}

/** The resources that a plan spares because the limiter's provisioner does not manage them, in one line. */
export function unmanagedLines({ unmanaged, leftAlone }: Plan): string[] {
  if (leftAlone === 0 || unmanaged.length === 0) return [];
  const shown = unmanaged.slice(0, MAX_LISTED).map(printableInList).join(", ");
  const more = unmanaged.length > MAX_LISTED ? ` and ${unmanaged.length - MAX_LISTED} more` : "";
  return [`Not managed by the limiter's provisioner, and left to --prune-unmanaged: ${shown}${more}`];
}

/** What others keep in the item, and what stays there. */
function keptLines(change: PlannedChange): string[] {
  const kept = keptAttributes(change);
  return kept.length > 0 ? [`keeps: ${kept.map(printableInList).join(", ")}`] : [];
}

/** What differs, limit by limit. */
function differences({ from, to }: PlannedChange): string[] {
  if (from?.problem !== undefined) return [oneLine(from.problem), ...to.map((limit) => `+ ${limitText(limit)}`)];
  const before = new Map(from?.limits.map((limit) => [limit.name, limit]));
  const after = new Set(to.map(({ name }) => name));
  return [
    ...to.flatMap((limit) => {
      const old = before.get(limit.name);
      if (old === undefined) return [`+ ${limitText(limit)}`];
      return sameLimit(old, limit) ? [] : [`${limitText(old)} → ${limitText(limit)}`];
    }),
    ...Array.from(before.values(), (limit) => (after.has(limit.name) ? [] : [`- ${limitText(limit)}`])).flat(),
  ];
}

function limitText(limit: Limit): string {
  return printable(formatLimit(limit));
}
