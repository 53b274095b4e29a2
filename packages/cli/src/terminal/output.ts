import type { Writable } from "node:stream";
import type { Limit } from "@rollcall/registry";
import { CommandError } from "../errors.ts";
import { explainLimit, formatLimit } from "../options/limit-text.ts";
import { type Line, textOf } from "./line.ts";
import { printable } from "./printable.ts";

const COLUMN_GAP = 3;
/** The widest cell that others are lined up with: one endless name must not pad every other line. */
const MAX_ALIGNED = 80;

/** Rows as lines whose cells stand below each other. */
export function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.entries()) {
      if (cell.length <= MAX_ALIGNED) widths[i] = Math.max(widths[i] ?? 0, cell.length);
    }
  }
  return rows.map((row) => {
    const last = row.length - 1;
    return row
      .map((cell, i) => (i === last ? cell : `${cell.padEnd(widths[i] ?? 0)}${" ".repeat(COLUMN_GAP)}`))
      .join("")
      .trimEnd();
  });
}

/** Limits as lines: the text with which they could be set again, and what it means. */
export function limitLines(limits: readonly Limit[]): string[] {
  return alignColumns(limits.map((limit) => [printable(formatLimit(limit)), explainLimit(limit)]));
}

/** Lines set off from the one above them. */
export function indent<L extends Line>(lines: readonly L[]): L[] {
  return lines.map((line) =>
    typeof line === "string" ? (`  ${line}` as L) : ({ ...(line as object), text: `  ${textOf(line)}` } as L),
  );
}

/** Entries that a list inside a report shows unless it is asked for all. */
export const MAX_LISTED = 20;

/** What stands for the entries of a list that are not shown. */
export function moreOf(left: number): string {
  return `and ${left.toLocaleString("en-US")} more: --all shows every one`;
}

/** The first of many lines, and how many more there are; all of them where that is asked for. */
export function firstOf(lines: readonly Line[], all: boolean): Line[] {
  if (all || lines.length <= MAX_LISTED) return [...lines];
  return [...lines.slice(0, MAX_LISTED), moreOf(lines.length - MAX_LISTED)];
}

/** A number of something, for people: `1 byte`, `2.02 units`, `10,000 names`. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString("en-US", { maximumFractionDigits: 2 })} ${noun}${number === 1 ? "" : "s"}`;
}

/** The reader of a stream has gone, as `head` does. */
export class ReaderGoneError extends Error {
  override readonly name = "ReaderGoneError";
}

/**
 * Resolves when the stream has taken the text.
 *
 * @throws ReaderGoneError when nothing reads it any more
 * @throws CommandError when the text cannot be written, for example to a full disk
 */
export function write(stream: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => {
      if (!error) resolve();
      else if (isGone(error)) reject(new ReaderGoneError("The reader of the output has gone.", { cause: error }));
      else reject(new CommandError(`The output could not be written: ${error.message}.`, { cause: error }));
    });
  });
}

function isGone(error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "EPIPE" || code === "ECONNRESET" || code === "ERR_STREAM_DESTROYED";
}
