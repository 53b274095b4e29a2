import type { RegistryFullError } from "@rollcall/registry";
import { claim } from "../claim.ts";
import { namespaceOf, type PassCursor, type Scope, type ScopeNames, scopeOf } from "./pass-cursor.ts";

/** What the JSON of one scope's suspects has besides its namespace and its names. */
const SCOPE_OVERHEAD_BYTES = '{"namespace":,"names":[]},'.length;

/** All that a pass knows about one scope. */
export interface ScopeRecord {
  readonly scope: Scope;
  /** Defaults met since this process began. */
  readonly seen: Set<string>;
  /** Names that are to be decided: listed without a default that was met, or met without being listed. */
  readonly suspects: Set<string>;
  /** Missing names for which the registry has no room, and why. Once orphans have left, they are decided again. */
  readonly refused: Map<string, RegistryFullError>;
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
type CursorScopes = Required<Pick<PassCursor, "suspects" | "registries" | "lookedUp">>;

/** The same, and how many refused names it leaves out. */
interface SavedScopes extends CursorScopes {
  forgottenCount: number;
}

/** One record for every scope that a pass has met, and how large the cursor's part of them is. */
export class Scopes {
  readonly #records = new Map<Scope, ScopeRecord>();
  /** Those that have suspects or refused names. */
  readonly #open = new Set<ScopeRecord>();
  /** Those whose registry was met, and whose names are still to be looked up. */
  readonly #due = new Set<ScopeRecord>();
  #suspectBytes = 0;
  #dueBytes = 0;

  /** Begins with what a cursor lists. One that lists a scope twice, as older ones may, means the names of both. */
  constructor({ suspects, registries, lookedUp }: PassCursor) {
    for (const { namespace, names } of suspects) {
      for (const name of names) this.suspect(this.of(scopeOf(namespace)), name);
    }
    for (const namespace of registries) this.setDue(this.of(scopeOf(namespace)));
    if (lookedUp !== undefined) this.of(scopeOf(lookedUp.namespace)).lookedUpTo = lookedUp.to;
  }

  /** Bytes that the suspects take in a cursor. */
  get suspectBytes(): number {
    return this.#suspectBytes;
  }

  /** Bytes that the registries which are still to be looked up take in a cursor. */
  get dueBytes(): number {
    return this.#dueBytes;
  }

  of(scope: Scope): ScopeRecord {
    const record = this.#records.get(scope) ?? emptyRecord(scope);
    this.#records.set(scope, record);
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
    if (record.suspects.size === 0) this.#suspectBytes += SCOPE_OVERHEAD_BYTES + namespaceBytes(record);
    record.suspects.add(name);
    this.#suspectBytes += jsonBytes(name);
    this.#open.add(record);
  }

  /** Notes a name that was decided and has no room. */
  refuse(record: ScopeRecord, name: string, error: RegistryFullError): void {
    claim(!record.suspects.has(name), "a name is decided before it is called refused");
    record.refused.set(name, error);
    this.#open.add(record);
  }

  /** Takes a name off the suspects and the refused: it was decided. */
  clear(record: ScopeRecord, name: string): void {
    record.refused.delete(name);
    if (record.suspects.delete(name)) {
      this.#suspectBytes -= jsonBytes(name);
      if (record.suspects.size === 0) this.#suspectBytes -= SCOPE_OVERHEAD_BYTES + namespaceBytes(record);
      claim(this.#suspectBytes >= 0, "suspects take no less than no bytes");
    }
    if (record.suspects.size + record.refused.size === 0) this.#open.delete(record);
  }

  /** Notes that a registry's names are to be looked up. */
  setDue(record: ScopeRecord): void {
    if (!this.#due.has(record)) this.#dueBytes += namespaceBytes(record);
    this.#due.add(record);
  }

  /** Notes that they were. */
  setChecked(record: ScopeRecord): void {
    if (this.#due.delete(record)) this.#dueBytes -= namespaceBytes(record);
    record.lookedUpTo = undefined;
  }

  /**
   * What is left to do, as a cursor lists it: of each scope the suspects, and the names without room as long as those of
   * all scopes take no more than so many bytes.
   */
  saved(maxRefusedBytes: number): SavedScopes {
    const suspects: ScopeNames[] = [];
    let refusedBytes = 0;
    let forgottenCount = 0;
    for (const record of this.#open) {
      const names = [...record.suspects];
      for (const name of record.refused.keys()) {
        refusedBytes += jsonBytes(name);
        if (refusedBytes <= maxRefusedBytes) names.push(name);
        else forgottenCount++;
      }
      if (names.length > 0) suspects.push({ namespace: namespaceOf(record.scope), names });
    }
    const registries = [...this.#due].map(({ scope }) => namespaceOf(scope));
    return { suspects, registries, lookedUp: this.#lookedUp(), forgottenCount };
  }

  /** How far the registry has come that is looked up, if one is. */
  #lookedUp(): PassCursor["lookedUp"] {
    const begun = [...this.#due].filter(({ lookedUpTo }) => lookedUpTo !== undefined);
    claim(begun.length <= 1, "registries are looked up one after the other");
    const [record] = begun;
    return record?.lookedUpTo === undefined
      ? undefined
      : { namespace: namespaceOf(record.scope), to: record.lookedUpTo };
  }
}

function emptyRecord(scope: Scope): ScopeRecord {
  return {
    scope,
    seen: new Set(),
    suspects: new Set(),
    refused: new Map(),
    listing: undefined,
    lookedUpTo: undefined,
    hasShrunk: false,
    isBusy: false,
  };
}

function namespaceBytes({ scope }: ScopeRecord): number {
  return jsonBytes(namespaceOf(scope));
}

/** Bytes of a value and a comma as JSON, which escapes what may not stand there: a name can take six times its length. */
function jsonBytes(value: string | null): number {
  return Buffer.byteLength(JSON.stringify(value)) + 1;
}
