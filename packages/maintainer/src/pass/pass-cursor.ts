import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { PARTITION_KEY, parseRegistryKey, registryKey, SORT_KEY } from "@rollcall/registry/schema";
import { amount, count, exactly, flag, list, nullable, object, optional, record, ShapeError, text } from "./shape.ts";

/** The most segments a Scan may have. Source: API reference, `TotalSegments`. */
export const MAX_SEGMENTS = 1_000_000;

/** Whose registry and defaults: a namespace, or `undefined` for flat keys. */
export type Scope = string | undefined;

/** How far one segment of the Scan has come. */
export interface SegmentPosition {
  done: boolean;
  /** The key of its last item that was dealt with. None: it has not begun. */
  after?: Record<string, AttributeValue>;
}

/** Names of one scope. On disk `null` stands for flat keys, since JSON knows no `undefined`. */
export interface ScopeNames {
  namespace: string | null;
  names: string[];
}

/**
 * Where a pass can be resumed, as plain JSON. It is true at every moment: items behind the segments' positions have been
 * dealt with, or what is left to do about them is listed here.
 */
export interface PassCursor {
  version: 1;
  tableName: string;
  /** The one namespace it is about, `null` for flat keys, or all of the table. */
  scope: { namespace: string | null } | "all";
  segments: SegmentPosition[];
  /** Names that look wrong: still to be decided, or missing and without room in the registry. */
  suspects: ScopeNames[];
  /** Registries that were met, whose names are to be looked up once every default has been seen. */
  registries: (string | null)[];
  /** Of the registry that is being looked up, the last name that was, in the order of their UTF-16 units. */
  lookedUp?: { namespace: string | null; to: string } | undefined;
  /** Items scanned, read units the Scan used and requests it took, since the pass began. */
  itemsScanned: number;
  scanReadUnits: number;
  pages: number;
}

/** A scope as it stands on disk. */
export function namespaceOf(scope: Scope): string | null {
  return scope ?? null;
}

/** The scope that stands on disk. */
export function scopeOf(namespace: string | null): Scope {
  return namespace ?? undefined;
}

/** The cursor of a pass that has not begun. */
export function initialCursor(tableName: string, scope: PassCursor["scope"], segments: number): PassCursor {
  return {
    version: 1,
    tableName,
    scope,
    segments: Array.from({ length: segments }, () => ({ done: false })),
    suspects: [],
    registries: scope === "all" ? [] : [scope.namespace],
    itemsScanned: 0,
    scanReadUnits: 0,
    pages: 0,
  };
}

/** Whether two passes are about the same. */
export function isSameScope(a: PassCursor["scope"], b: PassCursor["scope"]): boolean {
  if (a === "all" || b === "all") return a === b;
  return a.namespace === b.namespace;
}

const parseLookedUp = object<NonNullable<PassCursor["lookedUp"]>>({ namespace: nullable(namespace), to: resourceName });
const parseShape = object<PassCursor>({
  version: exactly(1),
  tableName: text,
  scope: (value, at) => (value === "all" ? value : object({ namespace: nullable(namespace) })(value, at)),
  segments: list(object<SegmentPosition>({ done: flag, after: optional(startKey) as typeof startKey })),
  suspects: list(object<ScopeNames>({ namespace: nullable(namespace), names: list(resourceName) })),
  registries: list(nullable(namespace)),
  lookedUp: optional(parseLookedUp),
  itemsScanned: count,
  scanReadUnits: amount,
  pages: count,
});

/**
 * Reads a cursor back, from a file or an item.
 *
 * @throws ShapeError for a value that no pass has saved. Nothing of it may be believed then: one without segments, say,
 *   would end immediately and find no drift.
 */
export function parseCursor(value: unknown, at: string): PassCursor {
  const cursor = parseShape(value, at);
  const { scope, segments, suspects, registries, lookedUp, pages } = cursor;
  const demand = (holds: boolean, problem: string): void => {
    if (!holds) throw new ShapeError(`${at} ${problem}`);
  };
  demand(segments.length > 0 && segments.length <= MAX_SEGMENTS, `has ${segments.length} segments`);
  demand(segments.filter(({ done }) => done).length <= pages, "has segments that ended and were never read");
  demand(
    scope === "all" ||
      [...suspects.map(({ namespace }) => namespace), ...registries].every((n) => n === scope.namespace),
    "names namespaces that it is not about",
  );
  demand(lookedUp === undefined || registries.includes(lookedUp.namespace), "looks up a registry that is not to be");
  return cursor;
}

/** One that has keys which read back as its own. */
function namespace(value: unknown, at: string): string {
  const found = text(value, at);
  if (parseRegistryKey(registryKey(found))?.namespace !== found) throw new ShapeError(`${at} is no namespace`);
  return found;
}

function resourceName(value: unknown, at: string): string {
  const name = text(value, at);
  if (name === "") throw new ShapeError(`${at} is an empty name`);
  return name;
}

/** The primary key of an item: another one would be refused by every Scan that is to begin there. */
function startKey(value: unknown, at: string): Record<string, AttributeValue> {
  const key = record(value, at);
  const isKey = Object.keys(key).length === 2 && PARTITION_KEY in key && SORT_KEY in key;
  if (!isKey) throw new ShapeError(`${at} is no primary key of the table`);
  const attribute = object({ S: text });
  return Object.fromEntries([PARTITION_KEY, SORT_KEY].map((name) => [name, attribute(key[name], `${at}.${name}`)]));
}
