import type { AttributeValue, DynamoDBRecord } from "aws-lambda";
import {
  homeShard,
  type KeyReading,
  type ListedDefinition,
  type ScopedRegistry,
  type TableRegistries,
} from "../registries/table-registries.ts";

/** A name that a record made suspect. */
interface Suspect {
  /** What the last record of its item says; `undefined` where only registry records named it. */
  exists: boolean | undefined;
  /** True if a record of the registry named it: then the item itself tells, unless its own record agrees with the list. */
  relisted: boolean;
  /** Shards that named it and are not its own. None: no record of such a shard did. */
  strays?: Set<number>;
  /** Position in the batch of the first record that named it. */
  first: number;
}

/** The suspects of one registry. */
export interface RegistrySuspects {
  readonly registry: ScopedRegistry;
  readonly names: ReadonlyMap<string, Suspect>;
  /** The items of the registry that may be wrong about them: those they belong into, and those whose records there were. */
  readonly shards: ReadonlySet<number>;
}

/** The suspects of a batch, and what its records did not tell. */
export interface Suspects {
  /** No registry is there twice. */
  readonly registries: readonly RegistrySuspects[];
  /** Records that are not such as DynamoDB sends, or whose names are empty. */
  readonly malformed: number;
  /** Changes of a registry whose record lacks an image that tells the names: the stream's view type is not enough. */
  readonly unreadable: number;
}

/** What a record tells of one registry. */
interface Reading {
  listed: ListedDefinition;
  scope: string | undefined;
  names: readonly string[];
  /** Of a member's item: whether it exists now. Of a registry: `undefined`. */
  exists: boolean | undefined;
  /** Of a registry: which of its items it is. */
  shard: number | undefined;
}

/**
 * Names what a batch of stream records makes suspect. A record is never taken at its word: it may be old, repeated or
 * half of a race, so all it does is to name suspects. Never throws, for no record.
 */
export function collectSuspects(records: readonly DynamoDBRecord[], registries: TableRegistries): Suspects {
  const gathered = new GatheredSuspects();
  let malformed = 0;
  let unreadable = 0;
  for (const [position, record] of records.entries()) {
    for (const reading of read(record, registries)) {
      if (reading === "malformed") malformed++;
      else if (reading === "unreadable") unreadable++;
      else malformed += gathered.add(reading, position);
    }
  }
  return { registries: gathered.registries, malformed, unreadable };
}

interface Draft extends RegistrySuspects {
  readonly names: Map<string, Suspect>;
  readonly shards: Set<number>;
}

/** Suspects while a batch is read. */
class GatheredSuspects {
  readonly registries: Draft[] = [];
  readonly #scopes = new Map<ListedDefinition, Map<string | undefined, Draft>>();

  /** Notes what a record tells, and returns how many of its names are empty. */
  add({ listed, scope, names, exists, shard }: Reading, position: number): number {
    const { names: suspects, shards } = this.#of(listed, scope);
    if (shard !== undefined) shards.add(shard);
    let empty = 0;
    for (const name of names) {
      if (name === "") {
        empty++;
        continue;
      }
      const known = suspects.get(name);
      const home = homeShard(listed, name);
      const strays = shard === undefined || shard === home ? known?.strays : new Set(known?.strays).add(shard);
      shards.add(home);
      suspects.set(name, {
        exists: exists ?? known?.exists,
        relisted: exists === undefined || (known?.relisted ?? false),
        ...(strays && { strays }),
        first: known?.first ?? position,
      });
    }
    return empty;
  }

  #of(listed: ListedDefinition, scope: string | undefined): Draft {
    const scopes = this.#scopes.get(listed) ?? new Map<string | undefined, Draft>();
    this.#scopes.set(listed, scopes);
    const known = scopes.get(scope);
    if (known !== undefined) return known;
    const draft: Draft = { registry: { ...listed, scope }, names: new Map(), shards: new Set() };
    scopes.set(scope, draft);
    this.registries.push(draft);
    return draft;
  }
}

/** What a record tells, of each registry that it concerns; nothing for one of another application's. */
function read(record: DynamoDBRecord, registries: TableRegistries): (Reading | "malformed" | "unreadable")[] {
  const keys = record?.dynamodb?.Keys;
  if (!isKey(keys)) return ["malformed"];
  return registries.read(keys).map((reading) => readAs(reading, record));
}

function readAs(reading: KeyReading, record: DynamoDBRecord): Reading | "malformed" | "unreadable" {
  const { listed, scope } = reading;
  if (reading.kind === "member") {
    return { listed, scope, names: [reading.name], exists: existsAfter(record), shard: undefined };
  }
  const names = changedNames(record, listed.definition.registry.attribute);
  return typeof names === "string" ? names : { listed, scope, names, exists: undefined, shard: reading.shard };
}

/** Whether an item exists after the event; `undefined` for an event that does not say. */
function existsAfter({ eventName }: DynamoDBRecord): boolean | undefined {
  if (eventName === "REMOVE") return false;
  return eventName === "INSERT" || eventName === "MODIFY" ? true : undefined;
}

/** The names in which a registry differs before and after: all of them where it was created or removed. */
function changedNames(
  { eventName, dynamodb }: DynamoDBRecord,
  attribute: string,
): string[] | "malformed" | "unreadable" {
  const [before, after] = [listedIn(dynamodb?.OldImage, attribute), listedIn(dynamodb?.NewImage, attribute)];
  if (before === "malformed" || after === "malformed") return "malformed";
  const needsBefore = eventName !== "INSERT";
  const needsAfter = eventName !== "REMOVE";
  if ((needsBefore && before === undefined) || (needsAfter && after === undefined)) return "unreadable";
  return difference(before ?? [], after ?? []);
}

/** The names that only one of two lists has. What both begin with is passed over first: most of it, as DynamoDB keeps the order. */
function difference(before: readonly string[], after: readonly string[]): string[] {
  const shorter = Math.min(before.length, after.length);
  let same = 0;
  while (same < shorter && before[same] === after[same]) same++;
  let sameAtEnd = 0;
  while (sameAtEnd < shorter - same && before.at(-1 - sameAtEnd) === after.at(-1 - sameAtEnd)) sameAtEnd++;
  const rest = (names: readonly string[]): Set<string> => new Set(names.slice(same, names.length - sameAtEnd));
  return [...rest(before).symmetricDifference(rest(after))];
}

/** The names in a registry's image. A registry that is no string set lists none: that is drift, and no bad record. */
function listedIn(
  image: Record<string, AttributeValue> | undefined,
  attribute: string,
): string[] | undefined | "malformed" {
  if (image === undefined) return undefined;
  if (typeof image !== "object" || image === null) return "malformed";
  const set: unknown = image[attribute];
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
