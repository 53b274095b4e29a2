import { type RetryPolicy, retryRefused } from "@rollcall/registry/protocol";
import { limiterNamespace, readNamespaceState } from "../limiter/namespace-state.ts";
import type { RegistryShard, ScopedRegistry } from "../registries/table-registries.ts";
import { type RegistrySnapshot, readExisting, readRegistry, type TableReader } from "../repair/membership.ts";
import type { ReadBudget } from "./read-budget.ts";
import { NAMES_PER_READ, type Pairs, readPairs } from "./read-pairs.ts";

const READ_UNIT_BYTES = 4_096;
/** What a transaction costs more than single reads. */
const TRANSACTION_FACTOR = 2;

/** Every read of a pass beside its Scan: taken from the budget by an estimate, and charged with what it cost. */
export class PassReads {
  readonly #table: TableReader;
  readonly #budget: ReadBudget;
  /** The namespaces that were looked up, and whether they were purged. */
  readonly #purged = new Map<string, boolean>();
  #hasDirectory = true;

  constructor(table: TableReader, budget: ReadBudget) {
    this.#table = table;
    this.#budget = budget;
  }

  async registry(place: RegistryShard, signal: AbortSignal): Promise<RegistrySnapshot> {
    await this.#budget.take(1, signal);
    const registry = await readRegistry(this.#table, place, signal);
    this.#budget.charge(1, Math.max(1, Math.ceil(registry.bytes / READ_UNIT_BYTES)));
    return registry;
  }

  /** Which of the names have an item, read in groups that the budget is asked for one by one. */
  async existing(registry: ScopedRegistry, names: readonly string[], signal: AbortSignal): Promise<Set<string>> {
    const existing = new Set<string>();
    for (let from = 0; from < names.length; from += NAMES_PER_READ) {
      const group = names.slice(from, from + NAMES_PER_READ);
      await this.#budget.take(group.length, signal);
      let used = 0;
      const addUnits = (units: number): void => {
        used += units;
      };
      for (const name of await readExisting(this.#table, registry, group, signal, addUnits)) existing.add(name);
      this.#budget.charge(group.length, used);
    }
    return existing;
  }

  /**
   * Whether a registry's namespace was purged, by the limiter's directory. Asked once for every namespace, and no more
   * once the table turned out to have no directory. It is for reports: a repair that makes a registry asks itself.
   */
  async isPurged({ registry }: RegistryShard, signal: AbortSignal): Promise<boolean> {
    const namespace = limiterNamespace(registry);
    if (namespace === undefined || !this.#hasDirectory) return false;
    const known = this.#purged.get(namespace);
    if (known !== undefined) return known;
    await this.#budget.take(1, signal);
    const state = await readNamespaceState(this.#table, registry, signal);
    this.#hasDirectory = state !== "literal";
    this.#purged.set(namespace, state === "purged");
    return state === "purged";
  }

  /**
   * One item of a registry beside the items of up to 99 names, at one instant. Each attempt is taken from the budget: one that
   * conflicts has read all the same.
   *
   * @throws ContentionError when writers kept the items busy for the whole of the retry policy's time
   */
  async pairs(place: RegistryShard, names: readonly string[], retry: RetryPolicy, signal: AbortSignal): Promise<Pairs> {
    const units = TRANSACTION_FACTOR * names.length;
    const attempt = async (): Promise<Pairs> => {
      await this.#budget.take(units, signal);
      const pairs = await readPairs(this.#table, place, names, signal);
      this.#budget.charge(units, pairs.readUnits);
      return pairs;
    };
    return retryRefused(retry, attempt, signal, "read");
  }
}
