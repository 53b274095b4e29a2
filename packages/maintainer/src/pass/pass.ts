import { ScanCommand, type ScanCommandOutput } from "@aws-sdk/client-dynamodb";
import { ContentionError, RegistryFullError } from "@rollcall/registry";
import { findingsOf, reasonOf } from "../repair/findings.ts";
import { readExisting, readRegistry, type TableReader } from "../repair/membership.ts";
import { type Drift, reconcile } from "../repair/reconcile.ts";
import type { PassCursor, SegmentPosition } from "./pass-cursor.ts";
import type { ReportBook } from "./pass-report.ts";
import type { ReadBudget } from "./read-budget.ts";
import { NAMES_PER_READ, readPairs } from "./read-pairs.ts";
import { classify, type ScannedItem, scanPage } from "./scan-page.ts";

/** Read units of 1 MB, the most a Scan reads at once. All segments together read about that much at a time. */
const MAX_PAGE_UNITS = 128;
/** Taken to be the cost of an item before any was seen: that of 4 KB. */
const FIRST_UNITS_PER_ITEM = 0.5;
/** Part of the budget's burst that one page may be. */
const BURST_PAGES = 4;
/** Suspects gathered over all namespaces before they are decided in groups that may not be full: a cursor stays small. */
const MAX_GATHERED = 2_000;
/** Registries whose names wait for the end of the Scan, for the same reason. */
const MAX_REGISTRIES = 5_000;

const READ_UNIT_BYTES = 4_096;

/** How far a pass has come. */
export interface PassProgress {
  /** `scan` while it reads the table, `registries` while it looks up registered names that it did not meet. */
  phase: "scan" | "registries";
  /** Since the pass began, interruptions not counted. */
  itemsScanned: number;
  scanReadUnits: number;
  pages: number;
}

/** What a pass works with. */
export interface PassWork {
  table: TableReader;
  /** Where it begins. */
  cursor: PassCursor;
  /** Whether drift is repaired or only reported. */
  repairs: boolean;
  budget: ReadBudget;
  /** What is found and done goes here, always before the cursor that leaves it behind is saved. */
  book: Pick<ReportBook, "count" | "setRegistered" | "list" | "listUnrepaired">;
  /** Keeps the cursor. Calls do not overlap. */
  save: (cursor: PassCursor) => Promise<void>;
  onProgress: (progress: PassProgress) => void;
  /** Hears the size in bytes of each registry. */
  onRegistrySize: (bytes: number) => void;
}

type Namespace = string | undefined;

/**
 * One full comparison of a table's defaults with its registries, in both directions.
 *
 *     scan, segment by segment ──▶ names not listed gather as suspects ──▶ 99 of a namespace: read again, decided
 *       └─ every default seen ──▶ the last suspects ──▶ registries: names not seen are read again, decided
 *
 * A page's position moves on in the same turn of the event loop in which its suspects are noted, and both are saved
 * together; so whenever it ends, by a crash too, the last cursor saved leaves nothing out. Going on from it needs no
 * memory of what was seen before: it only has more names to read again.
 */
export class Pass {
  readonly #work: PassWork;
  readonly #segments: SegmentPosition[];
  readonly #suspects = new Map<Namespace, Set<string>>();
  readonly #registries: Set<Namespace>;
  readonly #progress: PassProgress;
  /** Defaults met since this process began. */
  readonly #seen = new Map<Namespace, Set<string>>();
  /** Registries as they were last read. Out of date at once, they only tell where to look again. */
  readonly #listings = new Map<Namespace, Promise<ReadonlySet<string>>>();
  /** Names that found no room, and why; they try again if others leave. */
  readonly #refused = new Map<Namespace, Map<string, unknown>>();
  readonly #shrunk = new Set<Namespace>();
  #unitsPerItem = FIRST_UNITS_PER_ITEM;
  #deciding: Promise<unknown> = Promise.resolve();
  #saving: Promise<unknown> = Promise.resolve();

  constructor(work: PassWork) {
    const { segments, suspects, registries, itemsScanned, scanReadUnits, pages } = work.cursor;
    this.#work = work;
    this.#segments = structuredClone(segments);
    for (const { namespace, names } of suspects) this.#suspects.set(namespace ?? undefined, new Set(names));
    this.#registries = new Set(registries.map((namespace) => namespace ?? undefined));
    this.#progress = { phase: "scan", itemsScanned, scanReadUnits, pages };
  }

  /** Runs to the end. Whatever stops it, its cursor is saved first. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      await this.#scanAll(signal);
      await this.#decide(1, signal);
      this.#progress.phase = "registries";
      await this.#checkRegistries(signal);
      await this.#decideRefused(signal);
    } catch (error) {
      await this.#save();
      signal.throwIfAborted(); // the SDK and we have names of our own for the same thing
      throw error;
    }
    await this.#save();
  }

  /** Scans all segments at once. When one fails, the others stop. */
  async #scanAll(signal: AbortSignal): Promise<void> {
    const failed = new AbortController();
    const either = AbortSignal.any([signal, failed.signal]);
    const scans = this.#segments.map((_, index) =>
      this.#scan(index, either).catch((error: unknown) => failed.abort(error)),
    );
    await Promise.all(scans);
    failed.signal.throwIfAborted();
  }

  async #scan(index: number, signal: AbortSignal): Promise<void> {
    const { table, budget } = this.#work;
    const total = this.#segments.length;
    for (let position = this.#segments[index]; position && !position.done; position = this.#segments[index]) {
      const units = Math.min(MAX_PAGE_UNITS / total, budget.burstUnits / BURST_PAGES);
      const limit = Math.max(1, Math.floor(units / this.#unitsPerItem));
      await budget.take(units, signal);
      const page = await table.client.send(
        new ScanCommand(scanPage(table.tableName, { index, total, position }, limit)),
        { abortSignal: signal },
      );
      const used = page.ConsumedCapacity?.CapacityUnits ?? units;
      budget.settle(units, used);
      await this.#note(index, page, used, signal);
      await this.#decide(NAMES_PER_READ, signal);
      await this.#save();
      this.#work.onProgress({ ...this.#progress });
    }
  }

  /** Takes a page's items into account, and moves its segment on. */
  async #note(index: number, page: ScanCommandOutput, readUnits: number, signal: AbortSignal): Promise<void> {
    const { Items = [], ScannedCount = 0, LastEvaluatedKey } = page;
    const { book } = this.#work;
    const items = Items.flatMap((item) => classify(item) ?? []).filter((item) => this.#isInScope(item));
    const namespaces = new Set(items.flatMap((item) => (item.kind === "default" ? [item.namespace] : [])));
    const listings = new Map<Namespace, ReadonlySet<string>>();
    for (const namespace of namespaces) listings.set(namespace, await this.#listing(namespace, signal));

    // From here on nothing waits: a cursor has either all of this or nothing.
    for (const item of items) {
      if (item.kind === "registry") this.#registries.add(item.namespace);
      else if (item.kind === "legacy") book.count(item.namespace, "legacyLimits");
      else if (item.name === "") book.count(item.namespace, "malformed");
      else {
        book.count(item.namespace, "defaults");
        namesOf(this.#seen, item.namespace).add(item.name);
        const isListed = listings.get(item.namespace)?.has(item.name);
        if (!isListed) namesOf(this.#suspects, item.namespace).add(item.name);
      }
    }
    if (ScannedCount > 0) this.#unitsPerItem = readUnits / ScannedCount;
    this.#segments[index] = LastEvaluatedKey ? { done: false, after: LastEvaluatedKey } : { done: true };
    this.#progress.itemsScanned += ScannedCount;
    this.#progress.scanReadUnits += readUnits;
    this.#progress.pages++;
  }

  #isInScope({ namespace }: ScannedItem): boolean {
    const { scope } = this.#work.cursor;
    return scope === "all" || (scope.namespace ?? undefined) === namespace;
  }

  #listing(namespace: Namespace, signal: AbortSignal): Promise<ReadonlySet<string>> {
    const known = this.#listings.get(namespace) ?? this.#readRegistry(namespace, signal).then(({ names }) => names);
    this.#listings.set(namespace, known);
    return known;
  }

  async #readRegistry(namespace: Namespace, signal: AbortSignal) {
    const { table, budget } = this.#work;
    await budget.take(1, signal);
    const registry = await readRegistry(table, namespace, signal);
    budget.settle(1, Math.max(1, Math.ceil(registry.bytes / READ_UNIT_BYTES)));
    return registry;
  }

  /** Decides suspects in groups of as many as one transaction takes, where a namespace has at least so many. */
  #decide(least: number, signal: AbortSignal): Promise<void> {
    const turn = this.#deciding.then(async () => {
      const gathered = this.#suspects.values().reduce((sum, names) => sum + names.size, 0);
      const enough = gathered > MAX_GATHERED ? 1 : least;
      for (const [namespace, names] of this.#suspects) {
        while (names.size >= enough) await this.#settle(namespace, [...names.values().take(NAMES_PER_READ)], signal);
      }
      if (this.#registries.size > MAX_REGISTRIES) await this.#checkRegistries(signal);
    });
    this.#deciding = turn.catch(() => {}); // its caller hears of it
    return turn;
  }

  /** Reads up to 99 names of a namespace again, and reports or repairs those that are drift. */
  async #settle(namespace: Namespace, names: readonly string[], signal: AbortSignal): Promise<void> {
    const { table, budget, book, repairs } = this.#work;
    const units = 2 * names.length;
    await budget.take(units, signal);
    const { registered, existing, readUnits } = await readPairs(table, namespace, names, signal);
    budget.settle(units, readUnits);
    this.#listings.set(namespace, Promise.resolve(registered));
    const drift = {
      missing: names.filter((name) => existing.has(name) && !registered.has(name)),
      orphaned: names.filter((name) => !existing.has(name) && registered.has(name)),
    };
    book.list(namespace, "missing", drift.missing);
    book.list(namespace, "orphaned", drift.orphaned);
    const undecided = repairs ? await this.#repair(namespace, drift, signal) : new Map<string, unknown>();
    const suspects = this.#suspects.get(namespace);
    for (const name of names) if (!undecided.has(name)) suspects?.delete(name);
    for (const error of undecided.values()) throw error;
  }

  /** Repairs drift. Returns the names about which nothing is known, with the errors that no further name would survive. */
  async #repair(namespace: Namespace, drift: Drift, signal: AbortSignal): Promise<Map<string, unknown>> {
    const { table, book } = this.#work;
    const undecided = new Map<string, unknown>();
    const repairs = await reconcile({ ...table, namespace }, drift, signal);
    for (const [name, repair] of repairs) {
      if (repair.kind === "unrepairable" && repair.error instanceof RegistryFullError) {
        const refused = this.#refused.get(namespace) ?? new Map<string, unknown>();
        this.#refused.set(namespace, refused.set(name, repair.error));
      } else if (repair.kind === "unrepairable" || (repair.kind === "failed" && isBusy(repair.error))) {
        book.listUnrepaired(namespace, name, reasonOf(repair.error));
      } else if (repair.kind === "failed") undecided.set(name, repair.error);
    }
    const { added, removed } = findingsOf(drift, repairs);
    book.list(namespace, "added", added);
    book.list(namespace, "removed", removed);
    if (removed.length > 0) this.#shrunk.add(namespace);
    return undecided;
  }

  /** Looks up the names of the registries that were met, as far as their defaults were not. */
  async #checkRegistries(signal: AbortSignal): Promise<void> {
    const { table, budget, book, onRegistrySize, onProgress } = this.#work;
    for (const namespace of [...this.#registries]) {
      const { names, bytes } = await this.#readRegistry(namespace, signal);
      onRegistrySize(bytes);
      const unseen = [...names].filter((name) => name !== "" && !this.#seen.get(namespace)?.has(name));
      const doubtful: string[] = [];
      for (let from = 0; from < unseen.length; from += NAMES_PER_READ) {
        const group = unseen.slice(from, from + NAMES_PER_READ);
        await budget.take(group.length, signal);
        const existing = await readExisting(table, namespace, group, signal);
        doubtful.push(...group.filter((name) => !existing.has(name)));
      }
      for (let from = 0; from < doubtful.length; from += NAMES_PER_READ) {
        await this.#settle(namespace, doubtful.slice(from, from + NAMES_PER_READ), signal);
        onProgress({ ...this.#progress });
      }
      book.setRegistered(namespace, names.size - (names.has("") ? 1 : 0));
      if (names.has("")) book.count(namespace, "malformed");
      this.#registries.delete(namespace);
      await this.#save();
    }
  }

  /** Names that found no room try once more where orphans have made some. */
  async #decideRefused(signal: AbortSignal): Promise<void> {
    for (const namespace of this.#shrunk) {
      const names = [...(this.#refused.get(namespace)?.keys() ?? [])];
      this.#refused.delete(namespace);
      for (const name of names) namesOf(this.#suspects, namespace).add(name);
    }
    await this.#decide(1, signal);
    for (const [namespace, names] of this.#refused) {
      for (const [name, error] of names) this.#work.book.listUnrepaired(namespace, name, reasonOf(error));
    }
    this.#refused.clear();
  }

  /** Saves what is left to do. One call at a time reaches the caller; each saves the state of its own turn. */
  #save(): Promise<void> {
    const turn = this.#saving.then(() => this.#work.save(this.#cursor()));
    this.#saving = turn.catch(() => {}); // its caller hears of it
    return turn;
  }

  #cursor(): PassCursor {
    const { itemsScanned, scanReadUnits, pages } = this.#progress;
    const suspects = [
      ...this.#suspects,
      ...[...this.#refused].map(([key, names]) => [key, new Set(names.keys())] as const),
    ]
      .map(([namespace, names]) => ({ namespace: namespace ?? null, names: [...names] }))
      .filter(({ names }) => names.length > 0);
    const registries = [...this.#registries].map((namespace) => namespace ?? null);
    return {
      ...this.#work.cursor,
      segments: [...this.#segments],
      suspects,
      registries,
      itemsScanned,
      scanReadUnits,
      pages,
    };
  }
}

function namesOf(names: Map<Namespace, Set<string>>, namespace: Namespace): Set<string> {
  const known = names.get(namespace) ?? new Set<string>();
  names.set(namespace, known);
  return known;
}

/** Writers of that very item kept it busy: the rest can go on. */
function isBusy(error: unknown): boolean {
  return error instanceof ContentionError;
}
