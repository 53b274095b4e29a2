import { type AttributeValue, type DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import type { RegistryDefinition } from "@rollcall/registry";
import { sweepKey } from "@rollcall/registry/internal";
import type { StoredItem } from "@rollcall/registry/protocol";
import { resources } from "@rollcall/registry/resources";
import { type PassCursor, parseCursor } from "../pass/pass-cursor.ts";
import { amount, count, moment, object, type Parser, record, ShapeError } from "../pass/shape.ts";

/** What a sweep found, in all registries. */
export interface SweepFindings {
  defaults: number;
  missing: number;
  orphaned: number;
  repaired: number;
  unrepaired: number;
  malformed: number;
  legacyLimits: number;
}

/** A sweep that has not ended. */
export interface CurrentSweep {
  /** Milliseconds since 1970. */
  startedAt: number;
  findings: SweepFindings;
  cursor: PassCursor;
}

/** A sweep that completed. Times are in milliseconds since 1970. */
export interface CompletedSweep {
  startedAt: number;
  completedAt: number;
  itemsScanned: number;
  scanReadUnits: number;
  findings: SweepFindings;
}

/** What sweeps leave for one another in the table. */
export interface SweepState {
  /** Grows with every write, so that of two concurrent sweeps only one continues. 0: no sweep has written yet. */
  version: number;
  /** The sweep that has not ended, if there is one. */
  current?: CurrentSweep | undefined;
  /** The last one that completed. */
  last?: CompletedSweep | undefined;
}

/** A table, and how to reach it. */
export interface SweepTable {
  client: Pick<DynamoDBClient, "send">;
  tableName: string;
  /** The names of its key attributes. Default: those of `resources`. */
  key?: RegistryDefinition["key"] | undefined;
}

/**
 * The key of the item that holds the state of a table's sweeps: one for all of its registries. No definition may read it
 * as a member or as a registry.
 *
 * @param key the names of the table's key attributes. Default: those of `resources`
 *
 * @example
 * ```ts
 * import { sweepStateKey } from "@rollcall/maintainer";
 *
 * sweepStateKey(); // { PK: { S: "SYSTEM#" }, SK: { S: "#ROLLCALL#SWEEP" } }
 * sweepStateKey({ partition: "id" }); // { id: { S: "#ROLLCALL#SWEEP" } }
 * ```
 */
export function sweepStateKey(key: RegistryDefinition["key"] = resources.key): Record<string, { S: string }> {
  return sweepKey(key);
}

/**
 * Reads what sweeps have left, strongly consistent. What no sweep has written counts as nothing, part by part.
 *
 * @example
 * ```ts
 * import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
 * import { readSweepState } from "@rollcall/maintainer";
 *
 * const { last } = await readSweepState({ client: new DynamoDBClient({}), tableName: "limits" });
 * console.log(last?.findings.missing);
 * ```
 */
export async function readSweepState(table: SweepTable, signal?: AbortSignal): Promise<SweepState> {
  return parseSweepState(await readSweepItem(table, signal)).state;
}

/** The item of the state, strongly consistent. */
export async function readSweepItem(
  { client, tableName, key }: SweepTable,
  signal: AbortSignal | undefined,
): Promise<StoredItem | undefined> {
  const { Item } = await client.send(
    new GetItemCommand({ TableName: tableName, Key: sweepStateKey(key), ConsistentRead: true }),
    signal ? { abortSignal: signal } : {},
  );
  return Item;
}

/** A state, and what of the item it was read from could not be believed. */
export interface ParsedSweepState {
  state: SweepState;
  problems: string[];
}

const parseFindings = object<SweepFindings>({
  defaults: count,
  missing: count,
  orphaned: count,
  repaired: count,
  unrepaired: count,
  malformed: count,
  legacyLimits: count,
});
const parseCurrent = object<CurrentSweep>({ startedAt: moment, findings: parseFindings, cursor: parseTableCursor });
const parseLast = object<CompletedSweep>({
  startedAt: moment,
  completedAt: moment,
  itemsScanned: count,
  scanReadUnits: amount,
  findings: parseFindings,
});

/** Reads a state out of its item. Any client can write there, so each part is believed only if a sweep may have left it. */
export function parseSweepState(item: StoredItem | undefined): ParsedSweepState {
  if (item === undefined) return { state: { version: 0 }, problems: [] };
  const problems: string[] = [];
  const attempt = <T>(parse: () => T): T | undefined => {
    try {
      return parse();
    } catch (error) {
      if (!(error instanceof ShapeError)) throw error;
      problems.push(error.message);
      return undefined;
    }
  };
  const state: SweepState = { version: attempt(() => parseVersion(item.version)) ?? 0 };
  const written = attempt(() => parseJson(item.state));
  const part = <T>(name: "current" | "last", parse: Parser<T>): T | undefined =>
    written?.[name] === undefined ? undefined : attempt(() => parse(written[name], name));
  const [current, last] = [part("current", parseCurrent), part("last", parseLast)];
  if (current !== undefined) state.current = current;
  if (last !== undefined) state.last = last;
  return { state, problems };
}

function parseVersion(attribute: AttributeValue | undefined): number {
  return count(attribute?.N === undefined ? undefined : Number(attribute.N), "version");
}

function parseJson(attribute: AttributeValue | undefined): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(attribute?.S ?? "");
  } catch {
    throw new ShapeError("state is no JSON");
  }
  return record(value, "state");
}

/** A sweep is about all of a table. */
function parseTableCursor(value: unknown, at: string): PassCursor {
  const cursor = parseCursor(value, at);
  if (cursor.scope !== "all") throw new ShapeError(`${at} is about one scope alone`);
  return cursor;
}
