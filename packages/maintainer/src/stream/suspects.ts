import { parseRegistryKey, parseResourceKey, REGISTRY_ATTRIBUTE } from "@rollcall/registry/schema";
import type { AttributeValue, DynamoDBRecord } from "aws-lambda";

/** A name that a record made suspect. */
export interface Suspect {
  /** What the last record of its default says; `undefined` where only registry records named it. */
  exists: boolean | undefined;
  /** True if a record of the registry named it: then only the default itself can tell. */
  relisted: boolean;
  /** Position in the batch of the first record that named it. */
  first: number;
}

/** The suspects of a batch, and what its records did not tell. */
export interface Suspects {
  /** By namespace, then by name. */
  readonly namespaces: ReadonlyMap<string | undefined, ReadonlyMap<string, Suspect>>;
  /** Records that are not such as DynamoDB sends, or whose names are empty. */
  readonly malformed: number;
  /** Changes of a registry whose record lacks an image that tells the names: the stream's view type is not enough. */
  readonly unreadable: number;
}

/** What a record tells of one namespace. */
interface Reading {
  namespace: string | undefined;
  names: readonly string[];
  /** Of a default: whether it exists now. Of a registry: `undefined`. */
  exists: boolean | undefined;
}

/**
 * Names what a batch of stream records makes suspect. A record is never taken at its word: it may be old, repeated or
 * half of a race, so all it does is to name suspects. Never throws, for no record.
 */
export function collectSuspects(records: readonly DynamoDBRecord[]): Suspects {
  const namespaces = new Map<string | undefined, Map<string, Suspect>>();
  let malformed = 0;
  let unreadable = 0;
  for (const [position, record] of records.entries()) {
    const reading = read(record);
    if (reading === "malformed") malformed++;
    if (reading === "unreadable") unreadable++;
    if (typeof reading === "string") continue;
    const { namespace, exists } = reading;
    const suspects = namespaces.get(namespace) ?? new Map<string, Suspect>();
    namespaces.set(namespace, suspects);
    for (const name of reading.names) {
      if (name === "") {
        malformed++;
        continue;
      }
      const known = suspects.get(name);
      suspects.set(name, {
        exists: exists ?? known?.exists,
        relisted: exists === undefined || (known?.relisted ?? false),
        first: known?.first ?? position,
      });
    }
  }
  return { namespaces, malformed, unreadable };
}

function read(record: DynamoDBRecord): Reading | "malformed" | "unreadable" | "foreign" {
  const keys = record?.dynamodb?.Keys;
  if (!isKey(keys)) return "malformed";
  const address = parseResourceKey(keys);
  if (address !== undefined) {
    return { namespace: address.namespace, names: [address.resource], exists: existsAfter(record) };
  }
  const registry = parseRegistryKey(keys);
  if (registry === undefined) return "foreign";
  const names = changedNames(record);
  return typeof names === "string" ? names : { namespace: registry.namespace, names, exists: undefined };
}

/** Whether an item exists after the event; `undefined` for an event that does not say. */
function existsAfter({ eventName }: DynamoDBRecord): boolean | undefined {
  if (eventName === "REMOVE") return false;
  return eventName === "INSERT" || eventName === "MODIFY" ? true : undefined;
}

/** The names in which a registry differs before and after: all of them where it was created or removed. */
function changedNames({ eventName, dynamodb }: DynamoDBRecord): string[] | "malformed" | "unreadable" {
  const [before, after] = [listedIn(dynamodb?.OldImage), listedIn(dynamodb?.NewImage)];
  if (before === "malformed" || after === "malformed") return "malformed";
  const needsBefore = eventName !== "INSERT";
  const needsAfter = eventName !== "REMOVE";
  if ((needsBefore && before === undefined) || (needsAfter && after === undefined)) return "unreadable";
  const [old, now] = [new Set(before), new Set(after)];
  return [...old.symmetricDifference(now)];
}

/** The names in a registry's image. A registry that is no string set lists none: that is drift, and no bad record. */
function listedIn(image: Record<string, AttributeValue> | undefined): string[] | undefined | "malformed" {
  if (image === undefined) return undefined;
  if (typeof image !== "object" || image === null) return "malformed";
  const set: unknown = image[REGISTRY_ATTRIBUTE];
  if (set === undefined) return [];
  const type = typeOf(set);
  if (type !== "SS") return type === undefined ? "malformed" : [];
  const { SS } = set as { SS: unknown };
  return Array.isArray(SS) && SS.every((name) => typeof name === "string") ? SS : "malformed";
}

const ATTRIBUTE_TYPES: ReadonlySet<string> = new Set(["S", "N", "B", "SS", "NS", "BS", "L", "M", "BOOL", "NULL"]);
const KEY_TYPES: ReadonlySet<string | undefined> = new Set(["S", "N", "B"]);

/** The type that an attribute value declares; `undefined` for what is none, such as a value that was unmarshalled. */
function typeOf(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const [type, ...others] = Object.keys(value);
  return type !== undefined && others.length === 0 && ATTRIBUTE_TYPES.has(type) ? type : undefined;
}

/** Whether these are an item's key attributes, as DynamoDB sends them. */
function isKey(keys: unknown): keys is Record<string, AttributeValue> {
  if (typeof keys !== "object" || keys === null) return false;
  const values = Object.values(keys);
  return values.length > 0 && values.every((value) => KEY_TYPES.has(typeOf(value)));
}
