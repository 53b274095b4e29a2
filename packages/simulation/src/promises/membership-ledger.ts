import type { Commit, ItemChange } from "@rollcall/memory-dynamodb";
import { type KeyReader, keyText, type ListPlace } from "../layout/key-reader.ts";

/** What one item of a registry is to list, and what it lists. */
export interface Ledger {
  readonly place: ListPlace;
  /** The names that belong there and whose item exists. */
  readonly members: Set<string>;
  registered: ReadonlySet<string>;
  /** Names in one of the two and not in the other, and since when. */
  readonly drift: Map<string, DriftStart>;
}

/** When a name became wrong: how many commits the table had then. */
interface DriftStart {
  readonly commits: number;
}

/** A name that a commit made wrong or right. */
export interface DriftedName {
  readonly place: ListPlace;
  readonly name: string;
}

/** What a commit did to drift. */
export interface DriftChange {
  readonly made: DriftedName[];
  readonly healed: DriftedName[];
}

/** Follows one table commit by commit, and knows at every instant which names are wrong. */
export class MembershipLedger {
  readonly #reader: KeyReader;
  readonly #ledgers = new Map<string, Ledger>();
  /** How often a name became wrong. */
  episodes = 0;
  /** When each commit was that changed anything, in milliseconds since 1970. */
  readonly #times: number[] = [];

  constructor(reader: KeyReader) {
    this.#reader = reader;
  }

  ledgers(): Iterable<Ledger> {
    return this.#ledgers.values();
  }

  /** What was recorded so far is where everything begins: names that are wrong have become so now. */
  restart(): void {
    this.episodes = [...this.#ledgers.values()].reduce((sum, { drift }) => sum + drift.size, 0);
  }

  /** How many commits had changed anything up to a moment. */
  commitsUpTo(moment: number): number {
    return this.#times.findLastIndex((at) => at <= moment) + 1;
  }

  record({ changes }: Pick<Commit, "changes">, at: number): DriftChange {
    if (changes.length > 0) this.#times.push(at);
    const touched = new Map<Ledger, Set<string>>();
    for (const change of changes) this.#take(change, touched);
    const result: DriftChange = { made: [], healed: [] };
    for (const [ledger, names] of touched) {
      for (const name of names) {
        const isWrong = ledger.members.has(name) !== ledger.registered.has(name);
        if (isWrong === ledger.drift.has(name)) continue;
        if (isWrong) ledger.drift.set(name, { commits: this.#times.length });
        else ledger.drift.delete(name);
        if (isWrong) this.episodes++;
        result[isWrong ? "made" : "healed"].push({ place: ledger.place, name });
      }
    }
    return result;
  }

  #of(place: ListPlace): Ledger {
    const key = keyText(place);
    const known = this.#ledgers.get(key);
    if (known !== undefined) return known;
    const { definition, scope, shard } = place;
    const empty = { members: new Set<string>(), registered: new Set<string>(), drift: new Map<string, DriftStart>() };
    const ledger = { place: { definition, scope, shard }, ...empty };
    this.#ledgers.set(key, ledger);
    return ledger;
  }

  #take({ key, after }: ItemChange, touched: Map<Ledger, Set<string>>): void {
    for (const { name, ...place } of this.#reader.members(key)) {
      const ledger = this.#of(place);
      ledger.members[after === undefined ? "delete" : "add"](name);
      touchedNames(touched, ledger).add(name);
    }
    const place = this.#reader.list(key);
    if (place === undefined) return;
    const ledger = this.#of(place);
    const registered = new Set(after?.[place.definition.registry.attribute]?.SS);
    for (const name of registered.symmetricDifference(ledger.registered)) touchedNames(touched, ledger).add(name);
    ledger.registered = registered;
  }
}

/** A name with its scope, for people. */
export function qualify(scope: string | undefined, name: string): string {
  return scope === undefined ? name : `${scope}/${name}`;
}

/** The same with the registry's item that is wrong about it. */
export function driftInWords({ place: { definition, scope, shard }, name }: DriftedName): string {
  const list = (definition.registry.shards ?? 1) === 1 ? definition.name : `${definition.name} shard ${shard}`;
  return `${qualify(scope, name)} of ${list}`;
}

function touchedNames(touched: Map<Ledger, Set<string>>, ledger: Ledger): Set<string> {
  const names = touched.get(ledger) ?? new Set<string>();
  touched.set(ledger, names);
  return names;
}
