import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { MAX_ITEM_BYTES } from "./constants.ts";
import { itemSizeBytes } from "./item-size.ts";
import type { MemberSet } from "./member-set.ts";

/** What there is to know of a set's item when names are to be added to it. */
export interface FoundSet {
  members: ReadonlySet<string>;
  /** Size of the item; 0 when there is none. */
  sizeBytes: number;
  /** Bytes that names may still take. */
  freeBytes: number;
  /** Bytes that completing its attributes would take. */
  missingBytes: number;
}

/** Measures a set's item, or its absence: a new item begins with its key, a new set with its attribute's name. */
export function measureSet(set: MemberSet, item: Readonly<Record<string, AttributeValue>> | undefined): FoundSet {
  const members = item?.[set.attribute]?.SS;
  const base = itemSizeBytes(item ?? set.key) + (members === undefined ? Buffer.byteLength(set.attribute) : 0);
  const missing = Object.entries(set.attributes).filter(([name]) => item?.[name] === undefined);
  return {
    members: new Set(members),
    sizeBytes: item === undefined ? 0 : itemSizeBytes(item),
    freeBytes: MAX_ITEM_BYTES - base,
    missingBytes: itemSizeBytes(Object.fromEntries(missing)),
  };
}

/** How a set answers the names that are to be added to it. */
export interface Room {
  /** Positions of those for which there is room: members already, which take none, and new ones that fit. */
  fitting: number[];
  /** Positions of those for which there is none. */
  refused: number[];
  /** Whether its missing attributes fit besides. */
  completes: boolean;
}

/** Sorts out which names still fit into a set. They are taken in their order, and before its missing attributes. */
export function findRoom(names: readonly string[], { members, freeBytes, missingBytes }: FoundSet): Room {
  const fitting: number[] = [];
  const refused: number[] = [];
  let free = freeBytes;
  for (const [i, name] of names.entries()) {
    const bytes = members.has(name) ? 0 : Buffer.byteLength(name);
    if (bytes > free && bytes > 0) {
      refused.push(i);
    } else {
      fitting.push(i);
      free -= bytes;
    }
  }
  return { fitting, refused, completes: missingBytes <= free };
}
