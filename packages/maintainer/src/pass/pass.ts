import { claim } from "../claim.ts";
import { attachSaveError } from "../errors.ts";
import { homeShard, type ScopedRegistry, type TableRegistries } from "../registries/table-registries.ts";
import type { Findings } from "../repair/findings.ts";
import type { TableReader } from "../repair/membership.ts";
import { Decider } from "./decider.ts";
import type { Met, PassBook } from "./pass-book.ts";
import type { PassCursor } from "./pass-cursor.ts";
import { PassReads } from "./pass-reads.ts";
import type { ReadBudget } from "./read-budget.ts";
import { NAMES_PER_READ } from "./read-pairs.ts";
import { checkRegistry } from "./registry-check.ts";
import { Saves } from "./saves.ts";
import { type ScannedItem, ScanReader } from "./scan-page.ts";
import { type ScopeRecord, Scopes } from "./scopes.ts";
import { type Page, TableScan } from "./table-scan.ts";
import { Turns } from "./turns.ts";

/** Bytes of a cursor that suspects may take; beyond that they are decided, in groups that are not full if need be. */
export const MAX_SUSPECT_BYTES = 64 * 1024;
/** Bytes that registries may take whose names wait for the end of the Scan. */
export const MAX_DUE_BYTES = 40 * 1024;

/** How far a pass has come. */
export interface PassProgress {
  /** `scan` while it reads the table, `registries` while it looks up registered names that it did not meet. */
  phase: "scan" | "registries";
  /** Since the pass began, interruptions not counted. */
  itemsScanned: number;
  scanReadUnits: number;
  pages: number;
  /** Names this run has decided: added to a registry, removed from one, and those that are wrong in it still. */
  added: number;
  removed: number;
  wrong: number;
}

/** What a pass works with. */
export interface PassWork {
  table: TableReader;
  /** What it compares. */
  registries: TableRegistries;
  /** Where it begins. */
  cursor: PassCursor;
  /** Whether drift is repaired or only reported. */
  repairs: boolean;
  /** Whether defaults of `resources` are looked into. Default `false`. */
  inspects?: boolean;
  budget: ReadBudget;
  book: PassBook;
  /**
   * Keeps the cursor. Calls do not overlap, and there is none after one that rejects. It hears besides how many names
   * without room the cursor leaves out: a pass that is resumed from it does not meet them again.
   */
  save: (cursor: PassCursor, forgottenCount: number) => Promise<void>;
  /** Bytes of the cursor that names without room may take. Default: all of them are kept. */
  maxRefusedBytes?: number;
  onProgress: (progress: PassProgress) => void;
}

/**
 * One full comparison of a table's members with its registries, in both directions.
 *
 *     scan, segment by segment ──▶ names not listed gather as suspects ──▶ 99 of a scope: read again, decided
 *       └─ every member seen ──▶ the last suspects ──▶ registries: names not seen are read again, decided
 *                                                         └─ names without room, where orphans have left
 *
 * A page's position moves on when its suspects are noted, and both are saved together; so whenever it ends, by a crash
 * too, the last cursor saved leaves nothing out. A pass that resumes from it needs no memory of what was seen before: it
 * only has more names to read again.
 */
export class Pass {
  readonly #work: PassWork;
  readonly #scopes: Scopes;
  readonly #progress: PassProgress;
  readonly #scan: TableScan;
  readonly #decider: Decider;
  readonly #reads: PassReads;
  readonly #deciding = new Turns();
  readonly #saves = new Saves(() => this.#saveCursor());

  constructor(work: PassWork) {
    const { table, registries, cursor, repairs, inspects = false, budget, book } = work;
    const { segments, itemsScanned, scanReadUnits, pages } = cursor;
    this.#work = work;
    this.#scopes = new Scopes(cursor, registries);
    this.#progress = { phase: "scan", itemsScanned, scanReadUnits, pages, added: 0, removed: 0, wrong: 0 };
    this.#scan = new TableScan(table, new ScanReader(registries, inspects), budget, segments);
    this.#reads = new PassReads(table, budget);
    const found = (registry: ScopedRegistry, findings: Findings): void => {
      book.found(registry, findings);
      this.#countNames(findings);
    };
    this.#decider = new Decider({ table, reads: this.#reads, scopes: this.#scopes, book: { found }, repairs });
  }

  /** Runs to the end. What stops it is thrown, once the cursor is saved. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      await this.#scanAll(signal);
      claim(
        this.#scan.positions.every(({ done }) => done),
        "every member was met before registries are looked up",
      );
      await this.#decideSuspects(1, signal);
      this.#progress.phase = "registries";
      await this.#checkRegistries(signal);
      await this.#deciding.take(() => this.#decider.decideRefused(signal, () => this.#saves.save()));
    } catch (error) {
      if (this.#saves.hasFailed) throw error;
      const reason: unknown = signal.aborted ? signal.reason : error; // the SDK and we have names of our own for it
      await this.#saves.save().catch((saveError: unknown) => attachSaveError(reason, saveError));
      throw reason;
    }
    await this.#saves.save();
  }

  /** Scans all segments concurrently. When one fails, the others stop. */
  async #scanAll(signal: AbortSignal): Promise<void> {
    const failed = new AbortController();
    const either = AbortSignal.any([signal, failed.signal]);
    const scans = this.#scan.positions.map((_, index) =>
      this.#scanSegment(index, either).catch((error: unknown) => failed.abort(error)),
    );
    await Promise.all(scans);
    failed.signal.throwIfAborted();
  }

  async #scanSegment(index: number, signal: AbortSignal): Promise<void> {
    while (this.#scan.positions[index]?.done === false) {
      const page = await this.#scan.read(index, signal);
      await this.#gather(page, signal);
      this.#moveOn(index, page);
      await this.#decideSuspects(NAMES_PER_READ, signal);
      if (this.#scopes.dueBytes > MAX_DUE_BYTES) await this.#checkRegistries(signal);
      await this.#saves.save();
      this.#tellProgress();
    }
  }

  /** Notes a page's names that are not listed as suspects. */
  async #gather({ items }: Page, signal: AbortSignal): Promise<void> {
    const members = items
      .filter((item) => item.kind === "member")
      .filter((item) => this.#isConcerned(item))
      .map(({ listed, scope, name }) => ({ record: this.#scopes.of(listed, scope, homeShard(listed, name)), name }));
    const listings = new Map<ScopeRecord, ReadonlySet<string>>();
    for (const { record } of members) {
      if (!listings.has(record)) listings.set(record, await this.#listing(record, signal));
    }
    for (const { record, name } of members) {
      if (name === "") continue;
      record.seen.add(name);
      if (listings.get(record)?.has(name)) continue;
      if (record.refused.has(name)) continue; // the page was read before, and the pass interrupted since
      this.#scopes.suspect(record, name);
      if (this.#scopes.suspectBytes <= MAX_SUSPECT_BYTES) continue;
      await this.#deciding.take(() => this.#decider.decideBeyond(MAX_SUSPECT_BYTES, signal));
    }
  }

  /** Takes the rest of a page into account and moves its segment on. Nothing waits here: a cursor has all of it or nothing. */
  #moveOn(index: number, { items, scannedCount, readUnits, next }: Page): void {
    const metByRegistry = new Map<ScopedRegistry, Met>();
    for (const item of items.filter((item) => this.#isConcerned(item))) {
      if (item.kind === "registry") {
        this.#scopes.setDue(this.#scopes.of(item.listed, item.scope, item.shard));
        continue;
      }
      const { registry } = this.#scopes.of(item.listed, item.scope, 0);
      const met = metByRegistry.get(registry) ?? { defaults: 0, malformed: 0, legacyLimits: 0 };
      metByRegistry.set(registry, met);
      if (item.kind === "legacy") met.legacyLimits++;
      else if (item.name === "") met.malformed++;
      else met.defaults++;
      if (item.kind === "member" && item.flaws) this.#work.book.flawed(registry, item.name, item.flaws);
    }
    for (const [registry, met] of metByRegistry) this.#work.book.met(registry, met);
    this.#scan.moveOn(index, next);
    this.#progress.itemsScanned += scannedCount;
    this.#progress.scanReadUnits += readUnits;
    this.#progress.pages++;
  }

  #isConcerned({ scope }: ScannedItem): boolean {
    const { scope: concerned } = this.#work.cursor;
    return concerned === "all" || concerned.namespace === (scope ?? null);
  }

  #listing(record: ScopeRecord, signal: AbortSignal): Promise<ReadonlySet<string>> {
    record.listing ??= this.#reads.registry(record, signal).then(({ names }) => names);
    return record.listing;
  }

  #decideSuspects(least: number, signal: AbortSignal): Promise<void> {
    return this.#deciding.take(() => this.#decider.decideSuspects(least, signal));
  }

  #checkRegistries(signal: AbortSignal): Promise<void> {
    const [reads, scopes, decider, { book }] = [this.#reads, this.#scopes, this.#decider, this.#work];
    const afterGroup = async (): Promise<void> => {
      this.#tellProgress();
      await this.#saves.save();
    };
    const suspect = async (record: ScopeRecord, name: string): Promise<void> => {
      scopes.suspect(record, name);
      await decider.decideBeyond(MAX_SUSPECT_BYTES, signal);
    };
    return this.#deciding.take(async () => {
      for (const record of scopes.due()) {
        await checkRegistry({ reads, scopes, decider, book, suspect, afterGroup }, record, signal);
        await this.#saves.save();
      }
    });
  }

  /** A page may hold thousands of names to repair, which takes seconds: it is told of as it proceeds. */
  #countNames({ missing, orphaned, added, removed, dropped }: Findings): void {
    this.#progress.added += added.length;
    this.#progress.removed += removed.length;
    this.#progress.wrong += missing.length + orphaned.length - added.length - removed.length - dropped.length;
    this.#tellProgress();
  }

  #tellProgress(): void {
    this.#work.onProgress({ ...this.#progress });
  }

  async #saveCursor(): Promise<void> {
    const { cursor, save, maxRefusedBytes = Number.POSITIVE_INFINITY } = this.#work;
    const { version, tableName, definitions, scope } = cursor; // of where it began, nothing else is so still
    const { forgottenCount, ...scopes } = this.#scopes.saved(maxRefusedBytes);
    const { itemsScanned, scanReadUnits, pages } = this.#progress;
    const segments = [...this.#scan.positions];
    const about = { version, tableName, ...(definitions && { definitions }), scope };
    const reached = { ...about, segments, ...scopes, itemsScanned, scanReadUnits, pages };
    await save(reached satisfies Omit<Required<PassCursor>, "definitions" | "lookedUp">, forgottenCount);
  }
}
