import { CursorError } from "../errors.ts";
import type { TableRegistries } from "../registries/table-registries.ts";
import { isOfRegistries, isSameScope, type PassCursor, parseCursor } from "./pass-cursor.ts";
import { type PassReport, parseReport } from "./pass-report.ts";
import { object, type Parser, ShapeError, text } from "./shape.ts";

/** A pass that has not ended, as plain JSON: keep it, and give it back as `resume`. */
export interface SavedPass {
  task: "audit" | "backfill";
  cursor: PassCursor;
  /** What it has found and done so far. */
  report: PassReport;
}

/** What a pass does, and to what: a saved one is resumed only by the same. */
export interface PassIdentity {
  task: SavedPass["task"];
  tableName: string;
  registries: TableRegistries;
  scope: PassCursor["scope"];
}

const parseTask: Parser<SavedPass["task"]> = (value, at) => {
  const task = text(value, at);
  if (task !== "audit" && task !== "backfill") throw new ShapeError(`${at} is neither audit nor backfill`);
  return task;
};
const parseShape = object<SavedPass>({ task: parseTask, cursor: parseCursor, report: parseReport });

/**
 * Whether a value is a saved pass, of any task, table, registries and scope.
 *
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { isSavedPass } from "@rollcall/maintainer";
 *
 * const found: unknown = JSON.parse(await readFile("backfill.json", "utf8"));
 * if (!isSavedPass(found)) throw new Error("backfill.json holds something else.");
 * ```
 */
export function isSavedPass(value: unknown): value is SavedPass {
  try {
    parseShape(value, "it");
    return true;
  } catch (error) {
    if (error instanceof ShapeError) return false;
    throw error;
  }
}

/**
 * Reads a saved pass back.
 *
 * @throws CursorError for one of another task, table or scope, or of other registries, and for what no pass has saved
 */
export function parseSavedPass(value: unknown, { task, tableName, registries, scope }: PassIdentity): SavedPass {
  let problem: string | undefined;
  try {
    const saved = parseShape(value, "it");
    const isIts = saved.task === task && saved.cursor.tableName === tableName && isSameScope(saved.cursor.scope, scope);
    if (isIts && isOfRegistries(saved.cursor, registries)) return saved;
    if (isIts) problem = "it is about other registries";
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    problem = error.message;
  }
  const reason = problem === undefined ? "" : ` (${problem})`;
  throw new CursorError(
    `What is to be resumed is no unfinished ${task} of ${describeScope(tableName, scope)}${reason}: begin without it.`,
  );
}

function describeScope(tableName: string, scope: PassCursor["scope"]): string {
  if (scope === "all") return `all of table ${tableName}`;
  return scope.namespace === null ? `table ${tableName}` : `scope ${scope.namespace} of table ${tableName}`;
}
