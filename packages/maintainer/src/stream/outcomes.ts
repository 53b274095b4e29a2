import { MalformedItemError } from "@rollcall/registry";
import type { LocatedName, NameGroup } from "../events.ts";
import { type Findings, findingsOf } from "../repair/findings.ts";
import type { Drift, Repair } from "../repair/reconcile.ts";
import type { Suspect } from "./suspects.ts";

/** Names that an event shows of a group. */
const FIRST_NAMES = 5;

/** What became of one namespace's suspects. */
export interface NamespaceOutcome {
  namespace: string | undefined;
  suspects: ReadonlyMap<string, Suspect>;
  /** What was found; or why nothing could be read, and then all of its suspects are undecided. */
  result: { kind: "decided"; findings: Findings } | { kind: "unchecked"; error: unknown };
}

/** The suspects that look wrong, by what the registry lists and which of the defaults that were asked for exist. */
export function driftAmong(
  suspects: ReadonlyMap<string, Suspect>,
  registered: ReadonlySet<string>,
  existing: ReadonlySet<string>,
): Drift {
  const missing: string[] = [];
  const orphaned: string[] = [];
  for (const [name, { exists, relisted }] of suspects) {
    const hasDefault = relisted ? existing.has(name) : exists === true;
    if (hasDefault && !registered.has(name)) missing.push(name);
    if (!hasDefault && registered.has(name)) orphaned.push(name);
  }
  return { missing, orphaned };
}

/** What the repairs of suspects found. Drift is only what a repair's transaction confirmed: no guess is counted. */
export function confirmedFindings(drift: Drift, repairs: ReadonlyMap<string, Repair>): Findings {
  const findings = findingsOf(drift, repairs);
  const isConfirmed = (name: string): boolean => {
    const kind = repairs.get(name)?.kind;
    return kind === "repaired" || kind === "unrepairable";
  };
  return {
    ...findings,
    missing: findings.missing.filter(isConfirmed),
    orphaned: findings.orphaned.filter(isConfirmed),
  };
}

/** Whether a repair met a registry that is no string set. */
export function metMalformedRegistry({ result }: NamespaceOutcome): boolean {
  if (result.kind === "unchecked") return false;
  return result.findings.unrepaired.some(({ error }) => error instanceof MalformedItemError);
}

/** The names of a batch that are not as they should be, in groups of one event each. */
export interface NotRepaired {
  unchecked: NameGroup | undefined;
  failed: NameGroup | undefined;
  /** Without those of a registry that is no string set: that is an event by itself. */
  impossible: NameGroup | undefined;
}

/** Gathers what was not repaired over all namespaces of a batch. */
export function notRepaired(outcomes: readonly NamespaceOutcome[]): NotRepaired {
  const [unchecked, failed, impossible] = [new Gathering(), new Gathering(), new Gathering()];
  for (const { namespace, suspects, result } of outcomes) {
    if (result.kind === "unchecked") {
      unchecked.fail(result.error);
      for (const name of suspects.keys()) unchecked.add({ namespace, name });
      continue;
    }
    for (const { name, error, isPermanent } of result.findings.unrepaired) {
      if (isPermanent && error instanceof MalformedItemError) continue;
      const gathering = isPermanent ? impossible : failed;
      gathering.fail(error);
      gathering.add({ namespace, name });
    }
  }
  return { unchecked: unchecked.group(), failed: failed.group(), impossible: impossible.group() };
}

/** Position of the first record that is to be retried; `undefined` where all are done. */
export function firstRetried(outcomes: readonly NamespaceOutcome[]): number | undefined {
  let first = Number.POSITIVE_INFINITY;
  for (const { suspects, result } of outcomes) {
    if (result.kind === "unchecked") {
      for (const suspect of suspects.values()) first = Math.min(first, suspect.first);
      continue;
    }
    for (const { name, isPermanent } of result.findings.unrepaired) {
      if (!isPermanent) first = Math.min(first, suspects.get(name)?.first ?? 0);
    }
  }
  return first === Number.POSITIVE_INFINITY ? undefined : first;
}

class Gathering {
  #count = 0;
  readonly #first: LocatedName[] = [];
  #cause: { error: unknown } | undefined;

  fail(error: unknown): void {
    this.#cause ??= { error };
  }

  add(name: LocatedName): void {
    this.#count++;
    if (this.#first.length < FIRST_NAMES) this.#first.push(name);
  }

  group(): NameGroup | undefined {
    return this.#cause && { count: this.#count, first: this.#first, error: this.#cause.error };
  }
}
