import type { RegistryFullError } from "@rollcall/registry";
import { claim } from "../claim.ts";
import type {
  ListedDefinition,
  RegistryShard,
  ScopedRegistry,
  TableRegistries,
} from "../registries/table-registries.ts";
import { type PassCursor, type PlaceNames, placeOf, savedPlace } from "./pass-cursor.ts";

/** What the JSON of one record's suspects has besides its place and its names. */
const SCOPE_OVERHEAD_BYTES = '{"namespace":,"names":[]},'.length;

/** All that a pass knows about one scope of a registry; of a registry in shards, about one of them. */
export interface ScopeRecord extends RegistryShard {
  /** Names of the items met since this process began that belong here. */
  readonly seen: Set<string>;
  /** Names that are to be decided: listed without an item that was met, or met without being listed. */
  readonly suspects: Set<string>;
  /**
   * Missing names for which the registry has no room, and why; `undefined` of those that an earlier part of the pass was
   * refused. These are decided again at the end, and where orphans have left, the others too.
   */
  readonly refused: Map<string, RegistryFullError | undefined>;
  /** The registry as it was last read. Out of date immediately, it only tells which names to read again. */
  listing: Promise<ReadonlySet<string>> | undefined;
  /** The last of its registry's names, in their order, that was looked up. None: that has not begun. */
  lookedUpTo: string | undefined;
  /** Whether orphans were removed, which made room. */
  hasShrunk: boolean;
  /** Whether other writers kept its items busy for the whole of a time-out, and nothing has got through since. */
  isBusy: boolean;
}

/** What a cursor has of scopes. */
type CursorScopes = Pick<PassCursor, "suspects" | "registries"> & { lookedUp: PassCursor["lookedUp"] };

/** The same, and how many refused names it leaves out. */
type SavedScopes = CursorScopes & { forgottenCount: number };

/** One record for every item of a registry that a pass has met, and how large the cursor's part of them is. */
export class Scopes {
  readonly #records = new Map<ListedDefinition["definition"], Map<string | undefined, ScopeRecord[]>>();
  /** Those that have suspects or refused names. */
  readonly #open = new Set<ScopeRecord>();
  /** Those whose registry was met, and whose names are still to be looked up. */
  readonly #due = new Set<ScopeRecord>();
  #suspectBytes = 0;
  #dueBytes = 0;

  /** Begins with what a cursor lists. One that lists a scope twice, as older ones may, means the names of both. */
  constructor({ suspects, registries, lookedUp }: PassCursor, definitions: TableRegistries) {
    const recordOf = (saved: PlaceNames["namespace"]): ScopeRecord => {
      const place = placeOf(saved, definitions);
      claim(place !== undefined, "a cursor is about the registries that its pass is about");
      return this.of(place.registry, place.registry.scope, place.shard);
    };
    for (const { namespace, names, refusedCount = 0 } of suspects) {
      const record = recordOf(namespace);
      const suspectCount = names.length - refusedCount;
      for (const name of names.slice(0, suspectCount)) this.suspect(record, name);
      for (const name of names.slice(suspectCount)) {
        if (!record.suspects.has(name)) this.refuse(record, name, undefined);
      }
    }
    for (const namespace of registries) this.setDue(recordOf(namespace));
    if (lookedUp !== undefined) recordOf(lookedUp.namespace).lookedUpTo = lookedUp.to;
  }

  /** Bytes that the suspects take in a cursor. */
  get suspectBytes(): number {
    return this.#suspectBytes;
  }

  /** Bytes that the registries which are still to be looked up take in a cursor. */
  get dueBytes(): number {
    return this.#dueBytes;
  }

  /** The record of one item of a registry. */
  of(listed: ListedDefinition, scope: string | undefined, shard: number): ScopeRecord {
    const ofDefinition = getOrMake(
      this.#records,
      listed.definition,
      () => new Map<string | undefined, ScopeRecord[]>(),
    );
    const records = getOrMake(ofDefinition, scope, (): ScopeRecord[] => []);
    const known = records[shard];
    if (known !== undefined) return known;
    const record = emptyRecord(records.find(Boolean)?.registry ?? { ...listed, scope }, shard);
    records[shard] = record;
    return record;
  }

  /** The scopes that have suspects or refused names. */
  open(): Iterable<ScopeRecord> {
    return this.#open;
  }

  /** The scopes whose registry is still to be looked up. */
  due(): Iterable<ScopeRecord> {
    return this.#due;
  }

  /** Notes a name that is to be decided. */
  suspect(record: ScopeRecord, name: string): void {
    if (record.suspects.has(name)) return;
    if (record.suspects.size === 0) this.#suspectBytes += SCOPE_OVERHEAD_BYTES + placeBytes(record);
    record.suspects.add(name);
    this.#suspectBytes += jsonBytes(name);
    this.#open.add(record);
  }

  /** Notes a name that was decided and has no room. */
  refuse(record: ScopeRecord, name: string, error: RegistryFullError | undefined): void {
    claim(!record.suspects.has(name), "a name is decided before it is called refused");
    record.refused.set(name, error);
    this.#open.add(record);
  }

  /** Takes a name off the suspects and the refused: it was decided. */
  clear(record: ScopeRecord, name: string): void {
    record.refused.delete(name);
    if (record.suspects.delete(name)) {
      this.#suspectBytes -= jsonBytes(name);
      if (record.suspects.size === 0) this.#suspectBytes -= SCOPE_OVERHEAD_BYTES + placeBytes(record);
      claim(this.#suspectBytes >= 0, "suspects take no less than no bytes");
    }
    if (record.suspects.size + record.refused.size === 0) this.#open.delete(record);
  }

  /** Notes that a registry's names are to be looked up. */
  setDue(record: ScopeRecord): void {
    if (!this.#due.has(record)) this.#dueBytes += placeBytes(record);
    this.#due.add(record);
  }

  /** Notes that they were. */
  setChecked(record: ScopeRecord): void {
    if (this.#due.delete(record)) this.#dueBytes -= placeBytes(record);
    record.lookedUpTo = undefined;
  }

  /**
   * What is left to do, as a cursor lists it: of each scope the suspects, and the names without room as long as those of
   * all scopes take no more than so many bytes.
   */
  saved(maxRefusedBytes: number): SavedScopes {
    const suspects: PlaceNames[] = [];
    let refusedBytes = 0;
    let forgottenCount = 0;
    for (const record of this.#open) {
      const names = [...record.suspects];
      let refusedCount = 0;
      for (const name of record.refused.keys()) {
        refusedBytes += jsonBytes(name);
        if (refusedBytes <= maxRefusedBytes) refusedCount = names.push(name) - record.suspects.size;
        else forgottenCount++;
      }
      const namespace = savedPlace(record);
      if (names.length > 0) suspects.push({ namespace, names, ...(refusedCount > 0 && { refusedCount }) });
    }
    const registries = [...this.#due].map(savedPlace);
    return { suspects, registries, lookedUp: this.#lookedUp(), forgottenCount };
  }

  /** How far the registry has come that is looked up, if one is. */
  #lookedUp(): PassCursor["lookedUp"] {
    const begun = [...this.#due].filter(({ lookedUpTo }) => lookedUpTo !== undefined);
    claim(begun.length <= 1, "registries are looked up one after the other");
    const [record] = begun;
    return record?.lookedUpTo === undefined ? undefined : { namespace: savedPlace(record), to: record.lookedUpTo };
  }
}

function emptyRecord(registry: ScopedRegistry, shard: number): ScopeRecord {
  return {
    registry,
    shard,
    seen: new Set(),
    suspects: new Set(),
    refused: new Map(),
    listing: undefined,
    lookedUpTo: undefined,
    hasShrunk: false,
    isBusy: false,
  };
}

function placeBytes(record: ScopeRecord): number {
  return jsonBytes(savedPlace(record));
}

/** Bytes of a value and a comma as JSON, which escapes what may not stand there: a name can take six times its length. */
function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value)) + 1;
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
