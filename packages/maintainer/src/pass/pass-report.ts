import { resources } from "@rollcall/registry/resources";
import type { Flaws } from "../limiter/default-flaws.ts";
import type { ScopedRegistry } from "../registries/table-registries.ts";
import type { CheckedRegistry, Met, PassBook } from "./pass-book.ts";
import { count, list, nullable, object, optional, type Parser, text } from "./shape.ts";

/** What a pass found and did in one registry. */
export interface RegistryReport {
  /** The name of its definition. */
  registry: string;
  /** Its scope, or `null` where it has none. */
  scope: string | null;
  /** Names it listed when it was looked at. */
  registered: number;
  /** Items of members that the Scan met. */
  defaults: number;
  /** Names whose item exists and which the registry did not list. */
  missing: string[];
  /** Names it listed without an item, or in a shard where they do not belong. */
  orphaned: string[];
  /** Empty names, of items or in a registry. Nothing can be called by them, so they are left alone. */
  malformed: number;
  /** Limits kept as one item each, as the limiter did before 0.8: no client takes them for defaults today, and they are never registered. */
  legacyLimits: number;
  /** Names that were added to the registry. */
  added: string[];
  /** Names that were removed from it. */
  removed: string[];
  /**
   * Names of items in a namespace that the limiter's directory does not have any more: its purge left them, or they were
   * written since. Those that no registry lists are not missing, for its registry is not created again.
   */
  leftovers: string[];
  /** What is wrong with defaults in themselves. Only where a pass inspected them and found something. */
  flaws?: DefaultFlaws;
  /** Names that could not be repaired, and why. */
  unrepaired: { name: string; reason: string }[];
}

/** Names of defaults by what is wrong with them in themselves. It is no drift. */
export interface DefaultFlaws {
  /** The limiter cannot read them, so that it fails where they are asked for; and why. */
  unreadable: { name: string; reason: string }[];
  /** In a namespace, they carry the burst ceiling of flat items (`l_…_bx`), which the limiter ignores there. */
  staleBursts: string[];
  /** In a namespace, they lack keys of the limiter's index GSI4, so that its purge and its lists miss them. */
  unindexed: string[];
}

/** What a pass found and did: by registry, in each without a scope first, then by code point. */
export type PassReport = RegistryReport[];

/** A report's properties that are lists of plain names. */
const NAME_LISTS = ["missing", "orphaned", "added", "removed", "leftovers"] as const;

/** One registry's report while it grows. */
interface Draft {
  readonly counts: Omit<RegistryReport, (typeof NAME_LISTS)[number] | "flaws" | "unrepaired">;
  readonly lists: Readonly<Record<(typeof NAME_LISTS)[number], Set<string>>>;
  /** Names that could not be repaired, and why. */
  readonly unrepaired: Map<string, string>;
  /** What is wrong with defaults in themselves, by their names. */
  readonly flaws: Map<string, Flaws>;
  /** Names that each of its items listed; under -1 what several did that an earlier part of the pass looked at. */
  readonly registered: Map<number, number>;
  /** The report as it was last asked for. None: it has changed since. */
  report: RegistryReport | undefined;
}

/** Keeps a report while its pass runs. A name that is found twice, after an interruption, is listed once. */
export class ReportBook implements PassBook {
  readonly #drafts = new Map<string, Draft>();

  /** @param saved what an earlier part of the same pass had found and done */
  constructor(saved: PassReport = []) {
    for (const { missing, orphaned, added, removed, leftovers, flaws, unrepaired, ...counts } of saved) {
      const draft = this.#of(counts.registry, counts.scope);
      Object.assign(draft.counts, counts);
      draft.registered.set(-1, counts.registered);
      for (const [name, each] of readFlaws(flaws)) draft.flaws.set(name, each);
      addFindings(draft, { missing, orphaned, added, removed, leftovers, unrepaired });
    }
  }

  met(registry: ScopedRegistry, met: Met): void {
    const { counts } = this.#draftOf(registry);
    counts.defaults += met.defaults;
    counts.malformed += met.malformed;
    counts.legacyLimits += met.legacyLimits;
  }

  found(registry: ScopedRegistry, findings: ReportedFindings): void {
    addFindings(this.#draftOf(registry), findings);
  }

  flawed(registry: ScopedRegistry, name: string, flaws: Flaws): void {
    this.#draftOf(registry).flaws.set(name, flaws);
  }

  leftOver(registry: ScopedRegistry, names: readonly string[]): void {
    const { lists } = this.#draftOf(registry);
    for (const name of names) lists.leftovers.add(name);
  }

  checked(registry: ScopedRegistry, { shard, names, malformed }: Omit<CheckedRegistry, "bytes">): void {
    const { counts, registered } = this.#draftOf(registry);
    if (registry.shardCount === 1) registered.clear();
    registered.set(shard, names);
    counts.registered = registered.values().reduce((sum, listed) => sum + listed, 0);
    counts.malformed += malformed;
  }

  /** The report as it stands. What has not changed since the last time is the same object. */
  report(): PassReport {
    return [...this.#drafts.values()]
      .map((draft) => {
        draft.report ??= reportOf(draft);
        return draft.report;
      })
      .sort((a, b) =>
        a.registry === b.registry ? order(a.scope ?? "", b.scope ?? "") : order(a.registry, b.registry),
      );
  }

  #draftOf({ definition, scope }: ScopedRegistry): Draft {
    return this.#of(definition.name, scope ?? null);
  }

  /** The draft of a registry, which is about to change. */
  #of(registry: string, scope: string | null): Draft {
    const id = JSON.stringify([registry, scope]);
    const draft = this.#drafts.get(id) ?? emptyDraft(registry, scope);
    draft.report = undefined;
    this.#drafts.set(id, draft);
    return draft;
  }
}

function order(a: string, b: string): number {
  return a < b ? -1 : 1;
}

/** The part of findings that a report has: names that were dropped are missing or orphaned in it, and no more. */
type ReportedFindings = Pick<RegistryReport, (typeof NAME_LISTS)[number] | "unrepaired">;

function addFindings({ lists, unrepaired }: Draft, findings: ReportedFindings): void {
  for (const list of NAME_LISTS) for (const name of findings[list]) lists[list].add(name);
  for (const { name, reason } of findings.unrepaired) if (!unrepaired.has(name)) unrepaired.set(name, reason);
}

/** Reads a report back, as it was saved with a cursor: by 0.1 without a registry, since there was one definition. */
export const parseReport: Parser<PassReport> = (value, at) =>
  parseReports(value, at).map(({ registry = resources.name, scope, namespace, leftovers = [], flaws, ...others }) => ({
    registry,
    scope: (scope === undefined ? namespace : scope) ?? null,
    leftovers,
    ...(flaws && { flaws }),
    ...others,
  }));

const parseReports = list(
  object<Omit<RegistryReport, "registry" | "scope" | "leftovers" | "flaws"> & SavedOwner>({
    registry: optional(text),
    scope: optional(nullable(text)),
    namespace: optional(nullable(text)),
    registered: count,
    defaults: count,
    missing: list(text),
    orphaned: list(text),
    malformed: count,
    legacyLimits: count,
    added: list(text),
    removed: list(text),
    leftovers: optional(list(text)),
    flaws: optional(
      object({
        unreadable: list(object({ name: text, reason: text })),
        staleBursts: list(text),
        unindexed: list(text),
      }),
    ),
    unrepaired: list(object({ name: text, reason: text })),
  }),
);

/** Whose a saved report is, and what older versions did not save. */
interface SavedOwner {
  leftovers: string[] | undefined;
  flaws: DefaultFlaws | undefined;
  registry: string | undefined;
  scope: string | null | undefined;
  /** What 0.1 called the scope. */
  namespace: string | null | undefined;
}

function emptyDraft(registry: string, scope: string | null): Draft {
  return {
    counts: { registry, scope, registered: 0, defaults: 0, malformed: 0, legacyLimits: 0 },
    lists: { missing: new Set(), orphaned: new Set(), added: new Set(), removed: new Set(), leftovers: new Set() },
    flaws: new Map(),
    unrepaired: new Map(),
    registered: new Map(),
    report: undefined,
  };
}

/** The flaws of names as a report lists them; `undefined` for none. */
function writeFlaws(flaws: ReadonlyMap<string, Flaws>): DefaultFlaws | undefined {
  if (flaws.size === 0) return undefined;
  const sorted = [...flaws].sort(([a], [b]) => order(a, b));
  const withFlaw = (flaw: "hasStaleBurst" | "isUnindexed"): string[] =>
    sorted.flatMap(([name, flaws]) => (flaws[flaw] ? [name] : []));
  return {
    unreadable: sorted.flatMap(([name, { unreadable }]) =>
      unreadable === undefined ? [] : [{ name, reason: unreadable }],
    ),
    staleBursts: withFlaw("hasStaleBurst"),
    unindexed: withFlaw("isUnindexed"),
  };
}

/** The inverse. */
function readFlaws(saved: DefaultFlaws | undefined): Map<string, Flaws> {
  const { unreadable = [], staleBursts = [], unindexed = [] } = saved ?? {};
  const reasons = new Map(unreadable.map(({ name, reason }) => [name, reason]));
  const names = new Set([...reasons.keys(), ...staleBursts, ...unindexed]);
  const [stale, missing] = [new Set(staleBursts), new Set(unindexed)];
  return new Map(
    [...names].map((name) => [
      name,
      { unreadable: reasons.get(name), hasStaleBurst: stale.has(name), isUnindexed: missing.has(name) },
    ]),
  );
}

function reportOf({ counts, lists, flaws, unrepaired }: Draft): RegistryReport {
  const found = writeFlaws(flaws);
  return {
    ...counts,
    missing: [...lists.missing].sort(),
    orphaned: [...lists.orphaned].sort(),
    added: [...lists.added].sort(),
    removed: [...lists.removed].sort(),
    leftovers: [...lists.leftovers].sort(),
    ...(found && { flaws: found }),
    unrepaired: [...unrepaired].map(([name, reason]) => ({ name, reason })),
  };
}
