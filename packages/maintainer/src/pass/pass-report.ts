import type { CheckedRegistry, Met, PassBook } from "./pass-book.ts";
import { namespaceOf, type Scope, scopeOf } from "./pass-cursor.ts";
import { count, list, nullable, object, type Parser, text } from "./shape.ts";

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
  /** Limits kept as one item each, as the limiter did before 0.8: no client takes them for defaults today, and they are never registered. */
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

/** A report's properties that are lists of plain names. */
const NAME_LISTS = ["missing", "orphaned", "added", "removed"] as const;

/** One namespace's report while it grows. */
interface Draft {
  readonly counts: Omit<NamespaceReport, (typeof NAME_LISTS)[number] | "unrepaired">;
  readonly lists: Readonly<Record<(typeof NAME_LISTS)[number], Set<string>>>;
  /** Names that could not be repaired, and why. */
  readonly unrepaired: Map<string, string>;
  /** The report as it was last asked for. None: it has changed since. */
  report: NamespaceReport | undefined;
}

/** Keeps a report while its pass runs. A name that is found twice, after an interruption, is listed once. */
export class ReportBook implements PassBook {
  readonly #drafts = new Map<Scope, Draft>();

  /** @param saved what an earlier part of the same pass had found and done */
  constructor(saved: PassReport = []) {
    for (const { missing, orphaned, added, removed, unrepaired, ...counts } of saved) {
      const draft = this.#of(scopeOf(counts.namespace));
      Object.assign(draft.counts, counts);
      this.found(scopeOf(counts.namespace), { missing, orphaned, added, removed, unrepaired });
    }
  }

  met(scope: Scope, met: Met): void {
    const { counts } = this.#of(scope);
    counts.defaults += met.defaults;
    counts.malformed += met.malformed;
    counts.legacyLimits += met.legacyLimits;
  }

  found(scope: Scope, findings: ReportedFindings): void {
    const { lists, unrepaired } = this.#of(scope);
    for (const list of NAME_LISTS) for (const name of findings[list]) lists[list].add(name);
    for (const { name, reason } of findings.unrepaired) if (!unrepaired.has(name)) unrepaired.set(name, reason);
  }

  checked(scope: Scope, registry: Omit<CheckedRegistry, "bytes">): void {
    const { counts } = this.#of(scope);
    counts.registered = registry.names;
    counts.malformed += registry.malformed;
  }

  /** The report as it stands. What has not changed since the last time is the same object. */
  report(): PassReport {
    return [...this.#drafts.values()]
      .map((draft) => {
        draft.report ??= reportOf(draft);
        return draft.report;
      })
      .sort((a, b) => ((a.namespace ?? "") < (b.namespace ?? "") ? -1 : 1));
  }

  /** The draft of a scope, which is about to change. */
  #of(scope: Scope): Draft {
    const draft = this.#drafts.get(scope) ?? emptyDraft(scope);
    draft.report = undefined;
    this.#drafts.set(scope, draft);
    return draft;
  }
}

/** The part of findings that a report has: names that were dropped are missing or orphaned in it, and no more. */
type ReportedFindings = Pick<NamespaceReport, (typeof NAME_LISTS)[number] | "unrepaired">;

/** Reads a report back, as it was saved with a cursor. */
export const parseReport: Parser<PassReport> = list(
  object<NamespaceReport>({
    namespace: nullable(text),
    registered: count,
    defaults: count,
    missing: list(text),
    orphaned: list(text),
    malformed: count,
    legacyLimits: count,
    added: list(text),
    removed: list(text),
    unrepaired: list(object({ name: text, reason: text })),
  }),
);

function emptyDraft(scope: Scope): Draft {
  return {
    counts: { namespace: namespaceOf(scope), registered: 0, defaults: 0, malformed: 0, legacyLimits: 0 },
    lists: { missing: new Set(), orphaned: new Set(), added: new Set(), removed: new Set() },
    unrepaired: new Map(),
    report: undefined,
  };
}

function reportOf({ counts, lists, unrepaired }: Draft): NamespaceReport {
  return {
    ...counts,
    missing: [...lists.missing].sort(),
    orphaned: [...lists.orphaned].sort(),
    added: [...lists.added].sort(),
    removed: [...lists.removed].sort(),
    unrepaired: [...unrepaired].map(([name, reason]) => ({ name, reason })),
  };
}
