import type { Commit, Item, ItemChange } from "@rollcall/memory-dynamodb";

/** What one namespace of one table holds: which names have a default, and which are registered. */
export interface Ledger {
  readonly namespace: string | undefined;
  readonly defaults: Set<string>;
  registered: ReadonlySet<string>;
  /** Names in one of the two and not in the other, and since when. */
  readonly drift: Map<string, DriftStart>;
}

/** When a name became wrong: how many commits the table had then. */
interface DriftStart {
  readonly commits: number;
}

/** What a commit did to drift. */
export interface DriftChange {
  readonly made: string[];
  readonly healed: string[];
}

const DEFAULT_KEY = /^(?:([^#]+)\/)?RESOURCE#(.*)$/s;
const REGISTRY_KEY = /^(?:([^#]+)\/)?SYSTEM#$/s;

/** Which name's default an item is, by its key; `undefined` for any other item. */
export function defaultOf(key: Item): { namespace: string | undefined; name: string } | undefined {
  const match = key.SK?.S === "#CONFIG" ? DEFAULT_KEY.exec(key.PK?.S ?? "") : null;
  return match === null ? undefined : { namespace: match[1], name: match[2] ?? "" };
}

/** Whether an item is a registry, by its key, and whose. */
export function registryOf(key: Item): { namespace: string | undefined } | undefined {
  const match = key.SK?.S === "#RESOURCES" ? REGISTRY_KEY.exec(key.PK?.S ?? "") : null;
  return match === null ? undefined : { namespace: match[1] };
}

/**
 * Follows one table commit by commit, and knows at every instant which names are wrong. It reads keys by itself: code
 * on trial is no judge.
 */
export class MembershipLedger {
  readonly #ledgers = new Map<string | undefined, Ledger>();
  /** How often a name became wrong. */
  episodes = 0;
  /** When each commit was that changed anything, in milliseconds since 1970. */
  readonly #times: number[] = [];

  ledgers(): Iterable<Ledger> {
    return this.#ledgers.values();
  }

  of(namespace: string | undefined): Ledger {
    const known = this.#ledgers.get(namespace);
    if (known !== undefined) return known;
    const ledger = { namespace, defaults: new Set<string>(), registered: new Set<string>(), drift: new Map() };
    this.#ledgers.set(namespace, ledger);
    return ledger;
  }

  /** What was recorded so far is where everything begins: names that are wrong have become so now. */
  restart(): void {
    this.episodes = [...this.#ledgers.values()].reduce((sum, { drift }) => sum + drift.size, 0);
  }

  /** How many commits had changed anything up to a moment. */
  commitsUpTo(moment: number): number {
    return this.#times.findLastIndex((at) => at <= moment) + 1;
  }

  record({ changes }: Commit, at: number): DriftChange {
    if (changes.length > 0) this.#times.push(at);
    const touched = new Map<Ledger, Set<string>>();
    for (const change of changes) this.#take(change, touched);
    const result: DriftChange = { made: [], healed: [] };
    for (const [ledger, names] of touched) {
      for (const name of names) {
        const isWrong = ledger.defaults.has(name) !== ledger.registered.has(name);
        if (isWrong === ledger.drift.has(name)) continue;
        if (isWrong) ledger.drift.set(name, { commits: this.#times.length });
        else ledger.drift.delete(name);
        if (isWrong) this.episodes++;
        result[isWrong ? "made" : "healed"].push(qualify(ledger.namespace, name));
      }
    }
    return result;
  }

  #take({ key, after }: ItemChange, touched: Map<Ledger, Set<string>>): void {
    const address = defaultOf(key);
    if (address !== undefined) {
      const ledger = this.of(address.namespace);
      ledger.defaults[after === undefined ? "delete" : "add"](address.name);
      touchedNames(touched, ledger).add(address.name);
    }
    const registry = registryOf(key);
    if (registry === undefined) return;
    const ledger = this.of(registry.namespace);
    const registered = new Set(after?.resources?.SS);
    for (const name of registered.symmetricDifference(ledger.registered)) touchedNames(touched, ledger).add(name);
    ledger.registered = registered;
  }
}

/** A name with its namespace, for people. */
export function qualify(namespace: string | undefined, name: string): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

function touchedNames(touched: Map<Ledger, Set<string>>, ledger: Ledger): Set<string> {
  const names = touched.get(ledger) ?? new Set<string>();
  touched.set(ledger, names);
  return names;
}
