import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { RegistryDefinition } from "@rollcall/registry";
import { assertKnownOptions } from "@rollcall/registry/protocol";
import { TableRegistries } from "../registries/table-registries.ts";
import { withTable } from "../repair/with-table.ts";
import { Pass, type PassProgress } from "./pass.ts";
import { initialCursor, MAX_SEGMENTS, type PassCursor } from "./pass-cursor.ts";
import { type PassReport, ReportBook } from "./pass-report.ts";
import { ReadBudget } from "./read-budget.ts";
import { parseSavedPass, type SavedPass } from "./saved-pass.ts";

/** Read units a second that a pass uses by default: a third of what one partition serves. */
export const DEFAULT_MAX_READ_UNITS_PER_SECOND = 1_000;
/** Segments of the Scan by default. */
export const DEFAULT_SEGMENTS = 4;

/** Options of `audit` and `backfill`. */
export interface PassOptions {
  /** Name or ARN of the table. */
  tableName: string;
  /** A client to use. It stays yours. Default: one with the SDK's own configuration, each attempt of whose requests times out after 10 seconds. */
  client?: Pick<DynamoDBClient, "send"> | undefined;
  /** What the table's registries list. One Scan serves all of them. Default: `resources` alone. */
  registries?: readonly RegistryDefinition[] | undefined;
  /** The scope to compare. Default: none, which means keys without one. The whole table is read in any case. */
  scope?: string | undefined;
  /** Compare every scope that the table has, and keys without one. Default `false`. Excludes `scope`. */
  allScopes?: boolean | undefined;
  /**
   * Read units a second. The Scan keeps to it within 10 % over any 10 seconds; reads that verify suspects use the same
   * budget in pieces of up to 99 names, which the Scan then waits for. Default 1,000.
   */
  maxReadUnitsPerSecond?: number | undefined;
  /** Segments that are scanned at the same time, 1 to 1,000,000. A resumed pass keeps its own. Default 4. */
  segments?: number | undefined;
  /**
   * Look into the defaults of `resources`, too: which the limiter cannot read, carry a burst ceiling that it ignores, or
   * lack keys of its index. A report then has `flaws`. It costs no more read units, but whole items come over the wire.
   * Default `false`.
   */
  inspect?: boolean | undefined;
  /** Ends the pass early: it saves where it is, then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Where an interrupted pass had come to, as `onSave` got it. */
  resume?: SavedPass | undefined;
  /**
   * Gets all that is needed to resume, after every page and before the pass rejects. The pass waits for it. What it
   * throws ends the pass, and it is not called again; where the pass had failed before, that error is thrown and this
   * one is its `saveError`.
   */
  onSave?: ((saved: SavedPass) => Promise<void> | void) | undefined;
  /** Hears how far the pass has come, after every page and every group of names that it decided. */
  onProgress?: ((progress: PassProgress) => void) | undefined;
}

const KNOWN_OPTIONS = {
  tableName: true,
  client: true,
  registries: true,
  scope: true,
  allScopes: true,
  maxReadUnitsPerSecond: true,
  segments: true,
  inspect: true,
  signal: true,
  resume: true,
  onSave: true,
  onProgress: true,
} satisfies Record<keyof PassOptions, true>;

/** Refuses settings that a pass cannot keep to. */
export function assertPace(maxReadUnitsPerSecond: number, segments: number): void {
  if (!(maxReadUnitsPerSecond > 0)) {
    throw new TypeError(`maxReadUnitsPerSecond is ${maxReadUnitsPerSecond}; use a number above 0.`);
  }
  if (!Number.isInteger(segments) || segments < 1 || segments > MAX_SEGMENTS) {
    throw new TypeError(`segments is ${segments}; use a whole number from 1 to ${MAX_SEGMENTS}.`);
  }
}

/** Runs a pass as a caller of the package wants it. */
export async function runPass(task: SavedPass["task"], options: PassOptions): Promise<PassReport> {
  assertKnownOptions(KNOWN_OPTIONS, options);
  const { tableName } = options;
  const { maxReadUnitsPerSecond = DEFAULT_MAX_READ_UNITS_PER_SECOND, segments = DEFAULT_SEGMENTS } = options;
  const { signal = new AbortController().signal, onSave = () => {}, onProgress = () => {} } = options;
  if (!tableName) throw new TypeError("tableName is missing: pass the name of the table to compare.");
  assertPace(maxReadUnitsPerSecond, segments);
  const registries = new TableRegistries(options.registries);
  const scope = concernedScope(registries, options);
  const { cursor, report } =
    options.resume === undefined
      ? { cursor: initialCursor(tableName, registries, scope, segments), report: [] }
      : parseSavedPass(options.resume, { task, tableName, registries, scope });

  const { inspect = false } = options;
  const book = new ReportBook(report);
  return await withTable(options, async (table) => {
    const pass = new Pass({
      table,
      registries,
      cursor,
      repairs: task === "backfill",
      inspects: inspect,
      budget: new ReadBudget(maxReadUnitsPerSecond, table.retry.clock),
      book,
      save: async (cursor) => onSave({ task, cursor, report: book.report() }),
      onProgress,
    });
    await pass.run(signal);
    return book.report();
  });
}

/** Which scopes a pass is about. */
function concernedScope(registries: TableRegistries, { scope, allScopes = false }: PassOptions): PassCursor["scope"] {
  if (allScopes && scope !== undefined) throw new TypeError("Pass either scope or allScopes, not both.");
  if (allScopes) return "all";
  if (registries.inScope(scope).length === 0) {
    const keys = scope === undefined ? "keys without a scope: pass scope or allScopes" : `keys with scope ${scope}`;
    throw new TypeError(`No registry has ${keys}.`);
  }
  return { namespace: scope ?? null };
}
