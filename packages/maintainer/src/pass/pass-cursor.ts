import type { AttributeValue } from "@aws-sdk/client-dynamodb";

/** The most segments a Scan may have. Source: API reference, `TotalSegments`. */
export const MAX_SEGMENTS = 1_000_000;

/** How far one segment of the Scan has come. */
export interface SegmentPosition {
  done: boolean;
  /** The key of its last item that was dealt with. None: it has not begun. */
  after?: Record<string, AttributeValue>;
}

/** Names of one namespace; `null` stands for flat keys, since JSON knows no `undefined`. */
interface NamespaceNames {
  namespace: string | null;
  names: string[];
}

/**
 * Where a pass can go on, as plain JSON. It is true at every moment: items behind the segments' positions have been
 * dealt with, or what is left to do about them is listed here.
 */
export interface PassCursor {
  version: 1;
  tableName: string;
  /** The one namespace it is about, `null` for flat keys, or all of the table. */
  scope: { namespace: string | null } | "all";
  segments: SegmentPosition[];
  /** Names whose default was seen and which were not listed. */
  suspects: NamespaceNames[];
  /** Registries that were met, whose names are to be looked up once every default has been seen. */
  registries: (string | null)[];
  /** Items scanned, read units the Scan used and requests it took, since the pass began. */
  itemsScanned: number;
  scanReadUnits: number;
  pages: number;
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

/** Whether a value, read from a file or an item, is a cursor that a pass over this table and scope can go on from. */
export function isCursorFor(value: unknown, tableName: string, scope: PassCursor["scope"]): value is PassCursor {
  const cursor = value as PassCursor | null | undefined;
  return (
    cursor?.version === 1 &&
    cursor.tableName === tableName &&
    JSON.stringify(cursor.scope) === JSON.stringify(scope) &&
    Array.isArray(cursor.segments) &&
    cursor.segments.length > 0 &&
    Array.isArray(cursor.suspects) &&
    Array.isArray(cursor.registries)
  );
}
