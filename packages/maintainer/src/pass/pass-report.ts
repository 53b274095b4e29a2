/** What a pass found and did in one namespace. */
export interface NamespaceReport {
  /** The namespace, or `null` for flat keys. */
  namespace: string | null;
  /** Names the registry listed when it was looked at. */
  registered: number;
  /** Defaults the Scan met. */
  defaults: number;
  /** Names with a default that the registry did not list. */
  missing: string[];
  /** Names the registry listed without a default. */
  orphaned: string[];
  /** Empty names, of defaults or in a registry. Nothing can be called by them, so they are left alone. */
  malformed: number;
  /** Limits kept as one item each, as the limiter did before 0.8: no defaults to anybody today, and never registered. */
  legacyLimits: number;
  /** Names that were added to the registry. */
  added: string[];
  /** Names that were removed from it. */
  removed: string[];
  /** Names that could not be repaired, and why. */
  unrepaired: { name: string; reason: string }[];
}

/** What a pass found and did, by namespace: flat keys first, then by code point. */
export type PassReport = NamespaceReport[];

type NameList = "missing" | "orphaned" | "added" | "removed";

/** Keeps a report while its pass goes on. A name that is found twice, after an interruption, is listed once. */
export class ReportBook {
  readonly #namespaces = new Map<
    string | undefined,
    { counts: NamespaceReport; lists: Record<NameList, Set<string>> }
  >();

  /** @param saved what an earlier part of the same pass had found and done */
  constructor(saved: PassReport = []) {
    for (const report of saved) {
      const { missing, orphaned, added, removed } = report;
      const lists = {
        missing: new Set(missing),
        orphaned: new Set(orphaned),
        added: new Set(added),
        removed: new Set(removed),
      };
      this.#namespaces.set(report.namespace ?? undefined, { counts: structuredClone(report), lists });
    }
  }

  /** Adds to one of the numbers. */
  count(namespace: string | undefined, number: "defaults" | "malformed" | "legacyLimits", by = 1): void {
    this.#of(namespace).counts[number] += by;
  }

  /** Says how many names a registry lists. */
  setRegistered(namespace: string | undefined, registered: number): void {
    this.#of(namespace).counts.registered = registered;
  }

  /** Adds names to one of the lists. */
  list(namespace: string | undefined, list: NameList, names: Iterable<string>): void {
    const known = this.#of(namespace).lists[list];
    for (const name of names) known.add(name);
  }

  /** Lists a name that could not be repaired. */
  listUnrepaired(namespace: string | undefined, name: string, reason: string): void {
    const { unrepaired } = this.#of(namespace).counts;
    if (!unrepaired.some((known) => known.name === name)) unrepaired.push({ name, reason });
  }

  /** The report as it stands. */
  report(): PassReport {
    return [...this.#namespaces.values()]
      .map(({ counts, lists }) => ({
        ...counts,
        missing: [...lists.missing].sort(),
        orphaned: [...lists.orphaned].sort(),
        added: [...lists.added].sort(),
        removed: [...lists.removed].sort(),
        unrepaired: [...counts.unrepaired],
      }))
      .sort((a, b) => ((a.namespace ?? "") < (b.namespace ?? "") ? -1 : 1));
  }

  #of(namespace: string | undefined) {
    const known = this.#namespaces.get(namespace) ?? {
      counts: emptyReport(namespace ?? null),
      lists: {
        missing: new Set<string>(),
        orphaned: new Set<string>(),
        added: new Set<string>(),
        removed: new Set<string>(),
      },
    };
    this.#namespaces.set(namespace, known);
    return known;
  }
}

function emptyReport(namespace: string | null): NamespaceReport {
  return {
    namespace,
    registered: 0,
    defaults: 0,
    missing: [],
    orphaned: [],
    malformed: 0,
    legacyLimits: 0,
    added: [],
    removed: [],
    unrepaired: [],
  };
}
