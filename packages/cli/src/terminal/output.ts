import type { Writable } from "node:stream";
import type { Limit } from "@rollcall/registry";
import { CommandError } from "../errors.ts";
import { explainLimit, formatLimit } from "../options/limit-text.ts";
import { printable } from "./printable.ts";

const COLUMN_GAP = 3;

/** Rows as lines whose cells stand below each other. */
export function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd((widths[i] ?? 0) + COLUMN_GAP))
      .join("")
      .trimEnd(),
  );
}

/** Limits as lines: the text with which they could be set again, and what it means. */
export function limitLines(limits: readonly Limit[]): string[] {
  return alignColumns(limits.map((limit) => [printable(formatLimit(limit)), explainLimit(limit)]));
}

/** Lines set off from the one above them. */
export function indent(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}

/** A number of something, for people: `1 byte`, `2.02 units`, `10,000 names`. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString("en-US", { maximumFractionDigits: 2 })} ${noun}${number === 1 ? "" : "s"}`;
}

/**
 * Resolves when the stream has taken the text. A reader that has gone, as `head` does, is nobody's error.
 *
 * @throws CommandError when the text cannot be written, for example to a full disk
 */
export function write(stream: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => {
      if (!error || (error as NodeJS.ErrnoException).code === "EPIPE") resolve();
      else reject(new CommandError(`The output could not be written: ${error.message}.`, { cause: error }));
    });
  });
}
