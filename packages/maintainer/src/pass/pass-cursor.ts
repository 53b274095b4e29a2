import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { PARTITION_KEY, parseRegistryKey, registryKey, SORT_KEY } from "@rollcall/registry/schema";
import { type RegistryShard, shardsOf, type TableRegistries } from "../registries/table-registries.ts";
import { amount, count, exactly, flag, list, nullable, object, optional, record, ShapeError, text } from "./shape.ts";

/** The most segments a Scan may have. Source: API reference, `TotalSegments`. */
export const MAX_SEGMENTS = 1_000_000;

/**
 * One item of a registry, as it stands on disk: of `resources` the namespace, `null` for flat keys; of any other the
 * definition's name, the scope or `null`, and the shard.
 */
export type SavedPlace = string | null | readonly [registry: string, scope: string | null, shard: number];

/** How far one segment of the Scan has come. */
export interface SegmentPosition {
  done: boolean;
  /** The key of its last item that was dealt with. None: it has not begun. */
  after?: Record<string, AttributeValue>;
}

/** Names that one item of a registry is to list, or not. */
export interface PlaceNames {
  namespace: SavedPlace;
  names: string[];
  /** How many of them, the last ones, were refused for room, and are decided once more at the end. Default 0. */
  refusedCount?: number | undefined;
}

/**
 * Where a pass can be resumed, as plain JSON. It is true at every moment: items behind the segments' positions have been
 * dealt with, or what is left to do about them is listed here.
 */
export interface PassCursor {
  version: 1;
  tableName: string;
  /** What tells the definitions it is about from others. None: it is about `resources` alone. */
  definitions?: string[] | undefined;
  /** The one scope it is about, `null` for keys without one, or all of the table. */
  scope: { namespace: string | null } | "all";
  segments: SegmentPosition[];
  /** Names that look wrong: still to be decided, or missing and without room in the registry. */
  suspects: PlaceNames[];
  /** Items of registries that were met, whose names are to be looked up once every member's item has been seen. */
  registries: SavedPlace[];
  /** Of the registry that is being looked up, the last name that was, in the order of their UTF-16 units. */
  lookedUp?: { namespace: SavedPlace; to: string } | undefined;
  /** Items scanned, read units the Scan used and requests it took, since the pass began. */
  itemsScanned: number;
  scanReadUnits: number;
  pages: number;
}

/** A registry's item as it stands on disk. */
export function savedPlace({ registry: { definition, scope, isResources }, shard }: RegistryShard): SavedPlace {
  const saved = scope ?? null;
  return isResources ? saved : [definition.name, saved, shard];
}

/** The registry's item that stands on disk; `undefined` where these definitions have none such. */
export function placeOf(saved: SavedPlace, registries: TableRegistries): RegistryShard | undefined {
  const [name, scope, shard] = typeof saved === "string" || saved === null ? [undefined, saved, 0] : saved;
  const listed = name === undefined ? registries.resources : registries.named(name);
  const isIts = listed?.keys.isScope(scope ?? undefined) === true && shard < listed.shardCount;
  return isIts ? { registry: { ...listed, scope: scope ?? undefined }, shard } : undefined;
}

/** The cursor of a pass that has not begun. */
export function initialCursor(
  tableName: string,
  registries: TableRegistries,
  scope: PassCursor["scope"],
  segments: number,
): PassCursor {
  const places = scope === "all" ? [] : registries.inScope(scope.namespace ?? undefined).flatMap(shardsOf);
  const { fingerprints } = registries;
  return {
    version: 1,
    tableName,
    ...(fingerprints && { definitions: fingerprints }),
    scope,
    segments: Array.from({ length: segments }, () => ({ done: false })),
    suspects: [],
    registries: places.map(savedPlace),
    itemsScanned: 0,
    scanReadUnits: 0,
    pages: 0,
  };
}

/** Whether a cursor is about these definitions, and every item that it names is one of theirs. */
export function isOfRegistries(cursor: PassCursor, registries: TableRegistries): boolean {
  const { definitions = [], suspects, registries: due } = cursor;
  const { fingerprints = [] } = registries;
  const isSame =
    definitions.length === fingerprints.length && definitions.every((found, i) => found === fingerprints[i]);
  const places = [...suspects.map(({ namespace }) => namespace), ...due];
  return isSame && places.every((saved) => placeOf(saved, registries) !== undefined);
}

/** Whether a pass has come as far as another that began at the same place. In which order a cursor lists things says nothing. */
export function isSamePlace(a: PassCursor, b: PassCursor): boolean {
  return placeText(a) === placeText(b);
}

function placeText({ segments, suspects, registries, lookedUp, pages }: PassCursor): string {
  const names = suspects.flatMap(({ namespace, names }) => names.map((name) => JSON.stringify([namespace, name])));
  const due = registries.map((saved) => JSON.stringify(saved));
  return JSON.stringify([segments, [...new Set(names)].sort(), due.sort(), lookedUp, pages]);
}

/** Whether two passes are about the same. */
export function isSameScope(a: PassCursor["scope"], b: PassCursor["scope"]): boolean {
  if (a === "all" || b === "all") return a === b;
  return a.namespace === b.namespace;
}

const parseLookedUp = object<NonNullable<PassCursor["lookedUp"]>>({ namespace: place, to: memberName });
const parseShape = object<PassCursor>({
  version: exactly(1),
  tableName: text,
  definitions: optional(list(text)),
  scope: (value, at) => (value === "all" ? value : object({ namespace: nullable(text) })(value, at)),
  segments: list(object<SegmentPosition>({ done: flag, after: optional(startKey) as typeof startKey })),
  suspects: list(object<PlaceNames>({ namespace: place, names: list(memberName), refusedCount: optional(count) })),
  registries: list(place),
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
  const { definitions, scope, segments, suspects, registries, lookedUp, pages } = cursor;
  const demand = (holds: boolean, problem: string): void => {
    if (!holds) throw new ShapeError(`${at} ${problem}`);
  };
  demand(segments.length > 0 && segments.length <= MAX_SEGMENTS, `has ${segments.length} segments`);
  demand(segments.filter(({ done }) => done).length <= pages, "has segments that ended and were never read");
  if (definitions === undefined) {
    if (scope !== "all") nullable(namespace)(scope.namespace, `${at}.scope.namespace`);
    demand(segments.every(isOfResources), "has a segment whose key is no primary key of the table");
  }
  demand(
    suspects.every(({ names, refusedCount = 0 }) => refusedCount <= names.length),
    "has more refused names than names",
  );
  demand(
    scope === "all" ||
      [...suspects.map(({ namespace }) => namespace), ...registries].every((n) => scopeIn(n) === scope.namespace),
    "names namespaces that it is not about",
  );
  const due = new Set(registries.map((saved) => JSON.stringify(saved)));
  const isDue = lookedUp === undefined || due.has(JSON.stringify(lookedUp.namespace));
  demand(isDue, "looks up a registry that is not to be");
  return cursor;
}

/** The scope of a registry's item. */
function scopeIn(saved: SavedPlace): string | null {
  return typeof saved === "string" || saved === null ? saved : saved[1];
}

function place(value: unknown, at: string): SavedPlace {
  if (!Array.isArray(value)) return nullable(namespace)(value, at);
  const [registry, scope, shard] = value as unknown[];
  return [text(registry, `${at}[0]`), nullable(text)(scope, `${at}[1]`), count(shard, `${at}[2]`)];
}

/** One that has keys which read back as its own. */
function namespace(value: unknown, at: string): string {
  const found = text(value, at);
  if (parseRegistryKey(registryKey(found))?.namespace !== found) throw new ShapeError(`${at} is no namespace`);
  return found;
}

function memberName(value: unknown, at: string): string {
  const name = text(value, at);
  if (name === "") throw new ShapeError(`${at} is an empty name`);
  return name;
}

/** The primary key of an item: another one would be refused by every Scan that is to begin there. */
function startKey(value: unknown, at: string): Record<string, AttributeValue> {
  const key = record(value, at);
  const names = Object.keys(key);
  if (names.length < 1 || names.length > 2) throw new ShapeError(`${at} is no primary key of the table`);
  const attribute = object({ S: text });
  return Object.fromEntries(names.map((name) => [name, attribute(key[name], `${at}.${name}`)]));
}

function isOfResources({ after }: SegmentPosition): boolean {
  return after === undefined || (Object.keys(after).length === 2 && PARTITION_KEY in after && SORT_KEY in after);
}
