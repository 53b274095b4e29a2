import type { EngineName } from "@rollcall/local";
import type { Spread } from "../measuring/spread.ts";

/** The engines as people call them. */
export const ENGINE_TITLES = {
  dynoxide: "dynoxide",
  memory: "memory",
  "dynamodb-local": "DynamoDB Local",
} as const satisfies Record<EngineName, string>;

const SIGNIFICANT_DIGITS = 3;

/** A number for people: whole ones in full, others to three digits at least. */
export function formatNumber(value: number): string {
  const whole = Math.max(0, SIGNIFICANT_DIGITS - 1 - Math.floor(Math.log10(Math.abs(value) || 1)));
  return value.toLocaleString("en-GB", { maximumFractionDigits: Math.min(whole, 4) });
}

export function formatShare(value: number): string {
  return `${formatNumber(100 * value)}%`;
}

/** A ratio with its spread: `12.1× (11.8–12.6)`. */
export function formatRatio({ median, low, high }: Spread): string {
  return `${fixed(median)}× (${fixed(low)}–${fixed(high)})`;
}

export function formatMs({ median }: Spread): string {
  return `${formatNumber(median)} ms`;
}

/** Ratios near 1 need two decimals to be told apart; hundreds need none. */
function fixed(value: number): string {
  return value.toLocaleString("en-GB", {
    minimumFractionDigits: 0,
    maximumFractionDigits: value < 10 ? 2 : value < 100 ? 1 : 0,
  });
}

/** A table in Markdown; the first columns to the left, numbers to the right. */
export function markdownTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  leftColumns: number,
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = header.map((_, i) => (i < leftColumns ? "---" : "---:"));
  return [line(header), line(rule), ...rows.map(line)].join("\n");
}
