import { ContentionError, RegistryFullError } from "@rollcall/registry";
import { MAX_ITEM_BYTES, type RetryPolicy } from "@rollcall/registry/protocol";
import { namedShard } from "../registries/table-registries.ts";
import { findingsOf } from "../repair/findings.ts";
import type { TableReader } from "../repair/membership.ts";
import { type Drift, type ReconcileTarget, type Repair, reconcile, removeStrays } from "../repair/reconcile.ts";
import type { PassBook } from "./pass-book.ts";
import type { PassReads } from "./pass-reads.ts";
import { isTooLarge, NAMES_PER_READ, type Pairs } from "./read-pairs.ts";
import type { ScopeRecord, Scopes } from "./scopes.ts";

/** What a decider works with. */
export interface DeciderWork {
  table: TableReader;
  reads: PassReads;
  scopes: Scopes;
  book: Pick<PassBook, "found">;
  /** Whether drift is repaired or only told. */
  repairs: boolean;
}

/** What became of each name that is drift, in an audit of none. */
type Outcomes = Map<string, Repair>;

/**
 * Decides suspects: reads them again beside their registry, tells drift, and repairs it where the pass repairs.
 *
 *     suspect ──▶ no drift: cleared
 *       ├─ repaired, or another writer was first: told, cleared
 *       ├─ no room in the registry: refused ──▶ decided again where orphans left or the pass was resumed, told at last
 *       ├─ cannot be repaired, or busy for a whole time-out: told, cleared
 *       └─ failed: a suspect still; the error is thrown
 *
 * What is told is final. What is not is in the cursor still, so a pass that resumes from it tells no name twice.
 */
export class Decider {
  readonly #work: DeciderWork;

  constructor(work: DeciderWork) {
    this.#work = work;
  }

  /** Decides suspects of every scope in groups of as many as one read takes, where there are at least so many. */
  async decideSuspects(least: number, signal: AbortSignal): Promise<void> {
    for (const record of this.#work.scopes.open()) await this.decideScope(record, least, signal);
  }

  /**
   * Decides suspects where they take more bytes than they may: in full groups first, since each costs as much as its
   * registry is large, and in any only if those were not enough.
   */
  async decideBeyond(maxBytes: number, signal: AbortSignal): Promise<void> {
    const { scopes } = this.#work;
    for (const least of [NAMES_PER_READ, 1]) {
      if (scopes.suspectBytes > maxBytes) await this.decideSuspects(least, signal);
    }
  }

  /** Decides the suspects of one scope, as above. */
  async decideScope(record: ScopeRecord, least: number, signal: AbortSignal): Promise<void> {
    while (record.suspects.size >= least) {
      await this.#decide(record, [...record.suspects.values().take(NAMES_PER_READ)], signal);
    }
  }

  /**
   * Takes names off a registry's item that no member can have, or that belong into another shard, all together. Nothing
   * has to be read for it: the item that lists them is wrong, be it now or later.
   */
  async removeImpossible(record: ScopeRecord, names: readonly string[], signal: AbortSignal): Promise<void> {
    if (names.length === 0) return;
    const drift = { missing: [], orphaned: names };
    const strays = new Map([[record.shard, names]]);
    const outcomes: Outcomes = this.#work.repairs
      ? await removeStrays(this.#target(record), strays, signal)
      : new Map();
    this.#conclude(record, names, drift, outcomes);
  }

  /**
   * Decides names that found no room once more, where orphans have left or an earlier part of the pass was refused them,
   * and tells those that find none still: each group when it is decided, so that a pass that is resumed has fewer.
   */
  async decideRefused(signal: AbortSignal, afterGroup: () => Promise<void>): Promise<void> {
    for (const record of [...this.#work.scopes.open()]) {
      const { refused } = record;
      const names = [...refused].flatMap(([name, error]) => (record.hasShrunk || error === undefined ? [name] : []));
      this.#tellRefused(record, new Set(refused.keys()).difference(new Set(names)));
      for (let from = 0; from < names.length; from += NAMES_PER_READ) {
        const group = names.slice(from, from + NAMES_PER_READ);
        await this.#decide(record, group, signal);
        this.#tellRefused(record, group);
        await afterGroup();
      }
    }
  }

  /**
   * Decides up to 99 names of a scope.
   *
   * @throws the first error that no further name would survive, once what was done is told
   */
  async #decide(record: ScopeRecord, names: readonly string[], signal: AbortSignal): Promise<void> {
    const { reads, repairs } = this.#work;
    let pairs: Pairs;
    try {
      pairs = await reads.pairs(record, names, this.#retryFor(record), signal);
    } catch (error) {
      if (isTooLarge(error) && names.length > 1) return this.#decideHalves(record, names, signal);
      if (!repairs || !(error instanceof ContentionError)) throw error;
      const unread: Outcomes = new Map(names.map((name) => [name, { kind: "failed", error }]));
      return this.#conclude(record, names, { missing: [], orphaned: [] }, unread);
    }
    record.listing = Promise.resolve(pairs.registered);
    const { registered, existing } = pairs;
    const drift = {
      missing: names.filter((name) => existing.has(name) && !registered.has(name)),
      orphaned: names.filter((name) => !existing.has(name) && registered.has(name)),
    };
    const outcomes = await (repairs
      ? this.#repair(record, drift, pairs, signal)
      : this.#leftovers(record, drift, pairs, signal));
    this.#conclude(record, names, drift, outcomes);
  }

  async #decideHalves(record: ScopeRecord, names: readonly string[], signal: AbortSignal): Promise<void> {
    const middle = Math.ceil(names.length / 2);
    await this.#decide(record, names.slice(0, middle), signal);
    await this.#decide(record, names.slice(middle), signal);
  }

  /** Repairs drift. What cannot fit into the registry, whose size was just read, is refused without a request. */
  async #repair(record: ScopeRecord, drift: Drift, pairs: Pairs, signal: AbortSignal): Promise<Outcomes> {
    const { registered, bytes } = pairs;
    const fitting: string[] = [];
    const refused: Outcomes = new Map();
    let free = MAX_ITEM_BYTES - bytes;
    for (const name of drift.missing) {
      const size = Buffer.byteLength(name);
      if (size <= free) {
        fitting.push(name);
        free -= size;
      } else {
        const shard = namedShard(record);
        const registry = { sizeBytes: bytes, limitBytes: MAX_ITEM_BYTES, names: registered.size, shard };
        refused.set(name, { kind: "unrepairable", error: new RegistryFullError(registry, name) });
      }
    }
    if (fitting.length + drift.orphaned.length === 0) return refused;
    const repairs = await reconcile(
      this.#target(record, bytes === 0),
      { missing: fitting, orphaned: drift.orphaned },
      signal,
    );
    return new Map([...refused, ...repairs]);
  }

  /** What no repair would list: items whose registry is gone with their namespace. */
  async #leftovers(record: ScopeRecord, { missing }: Drift, { bytes }: Pairs, signal: AbortSignal): Promise<Outcomes> {
    if (missing.length === 0 || bytes > 0 || !(await this.#work.reads.isPurged(record, signal))) return new Map();
    return new Map(missing.map((name) => [name, { kind: "leftover" }]));
  }

  #target(record: ScopeRecord, wasAbsent = false): ReconcileTarget {
    const { client, tableName } = this.#work.table;
    return { client, tableName, registry: record.registry, retry: this.#retryFor(record), wasAbsent };
  }

  /** Draws the conclusions in one turn of the event loop: a cursor has all of them or none. */
  #conclude(record: ScopeRecord, names: readonly string[], drift: Drift, outcomes: Outcomes): void {
    const { scopes, book } = this.#work;
    const told: Outcomes = new Map();
    const refused = new Map<string, RegistryFullError>();
    const failed = new Map<string, unknown>();
    for (const [name, outcome] of outcomes) {
      if (outcome.kind === "unrepairable" && outcome.error instanceof RegistryFullError) {
        refused.set(name, outcome.error);
      } else if (outcome.kind === "failed" && !isContention(outcome)) failed.set(name, outcome.error);
      else told.set(name, outcome);
    }
    for (const name of names) if (!failed.has(name)) scopes.clear(record, name);
    for (const [name, error] of refused) scopes.refuse(record, name, error);
    const isTold = (name: string): boolean => !refused.has(name) && !failed.has(name);
    const findings = findingsOf(
      { missing: drift.missing.filter(isTold), orphaned: drift.orphaned.filter(isTold) },
      told,
    );
    if (findings.removed.length > 0) record.hasShrunk = true;
    record.isBusy = outcomes.values().some(isContention);
    const { missing, orphaned, leftovers, unrepaired } = findings;
    if (missing.length + orphaned.length + leftovers.length + unrepaired.length > 0)
      book.found(record.registry, findings);
    for (const error of failed.values()) throw error;
  }

  /** Tells those of the names that no room was found for. They stay as they are. */
  #tellRefused(record: ScopeRecord, names: Iterable<string>): void {
    const outcomes: Outcomes = new Map();
    for (const name of names) {
      const error = record.refused.get(name);
      if (error !== undefined) outcomes.set(name, { kind: "unrepairable", error });
    }
    const missing = [...outcomes.keys()];
    if (missing.length === 0) return;
    for (const name of missing) this.#work.scopes.clear(record, name);
    this.#work.book.found(record.registry, findingsOf({ missing, orphaned: [] }, outcomes));
  }

  /** A scope that was busy for a whole time-out gets one attempt at a time, so that it holds up no other. */
  #retryFor({ isBusy }: ScopeRecord): RetryPolicy {
    const { retry } = this.#work.table;
    return isBusy ? { ...retry, contentionTimeoutMs: 0 } : retry;
  }
}

/** Writers of that very item kept it busy: other names can be decided. */
function isContention(outcome: Repair): boolean {
  return outcome.kind === "failed" && outcome.error instanceof ContentionError;
}
