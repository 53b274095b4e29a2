import type { Drift, Repair } from "./reconcile.ts";

/**
 * What was found in one registry, and what became of it. Every list of names, in a log, a report, a metric or an event,
 * uses these seven words, each with this one meaning. No list has a name twice.
 */
export interface Findings {
  /** Names whose item exists and which the registry did not list. */
  missing: string[];
  /** Names that the registry listed and whose item does not exist. */
  orphaned: string[];
  /** Missing names that were added to the registry. */
  added: string[];
  /** Orphaned names that were removed from it. */
  removed: string[];
  /** Missing or orphaned names that were neither when they were to be repaired: another writer was first. */
  dropped: string[];
  /** Names of items that the limiter's purge left, in a namespace whose registry is gone permanently: no drift, and not missing. */
  leftovers: string[];
  /** Missing or orphaned names that are so still. */
  unrepaired: Unrepaired[];
}

/** A name that was not repaired. */
interface Unrepaired {
  name: string;
  /** Why, in words. */
  reason: string;
  /** The error that says so. */
  error: unknown;
  /** Whether a retry of the same repair fails too, until the registry is changed: it is full, or no string set. */
  isPermanent: boolean;
}

/** Sorts drift by what became of each name. A name without a repair, as in an audit, is in no list of outcomes. */
export function findingsOf({ missing, orphaned }: Drift, repairs: ReadonlyMap<string, Repair>): Findings {
  const isRepaired = (name: string): boolean => repairs.get(name)?.kind === "repaired";
  const findings: Findings = {
    missing: missing.filter((name) => repairs.get(name)?.kind !== "leftover"),
    orphaned: [...orphaned],
    added: missing.filter(isRepaired),
    removed: orphaned.filter(isRepaired),
    dropped: [],
    leftovers: [],
    unrepaired: [],
  };
  for (const [name, repair] of repairs) {
    if (repair.kind === "dropped") findings.dropped.push(name);
    else if (repair.kind === "leftover") findings.leftovers.push(name);
    else if (repair.kind !== "repaired") findings.unrepaired.push(unrepaired(name, repair));
  }
  return findings;
}

/** What an error says; or what was thrown in the place of one, as text. */
function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function unrepaired(name: string, { kind, error }: Extract<Repair, { error: unknown }>): Unrepaired {
  return { name, reason: reasonOf(error), error, isPermanent: kind === "unrepairable" };
}

/** Findings of two repairs of one registry, in which no list has a name twice either. */
export function mergedFindings(one: Findings, another: Findings): Findings {
  const united = (a: readonly string[], b: readonly string[]): string[] => [...new Set([...a, ...b])];
  const known = new Set(one.unrepaired.map(({ name }) => name));
  return {
    missing: united(one.missing, another.missing),
    orphaned: united(one.orphaned, another.orphaned),
    added: united(one.added, another.added),
    removed: united(one.removed, another.removed),
    dropped: united(one.dropped, another.dropped),
    leftovers: united(one.leftovers, another.leftovers),
    unrepaired: [...one.unrepaired, ...another.unrepaired.filter(({ name }) => !known.has(name))],
  };
}
