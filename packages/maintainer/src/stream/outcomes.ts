import { MalformedItemError } from "@rollcall/registry";
import type { LocatedName, NameGroup } from "../events.ts";
import { homeShard } from "../registries/table-registries.ts";
import { type Findings, findingsOf } from "../repair/findings.ts";
import type { RegistrySnapshot } from "../repair/membership.ts";
import type { Drift, Repair } from "../repair/reconcile.ts";
import type { RegistrySuspects } from "./suspects.ts";

/** Names that an event shows of a group. */
const FIRST_NAMES = 5;

/** What became of one registry's suspects. */
export interface RegistryOutcome {
  suspected: RegistrySuspects;
  /** What was found; or why nothing could be read, and then all of its suspects are undecided. */
  result: { kind: "decided"; findings: Findings } | { kind: "unchecked"; error: unknown };
}

/** The items of a registry that were read, by shard. */
export type Listings = ReadonlyMap<number, RegistrySnapshot>;

/**
 * The suspects of which only the item itself can tell: those that a record of the registry named, unless a record of the
 * item in the same batch agrees with the list. The list was read after both, and the mapping delivers an item's records
 * in their order, none left out: where the item has changed since, that record comes in a later batch.
 */
export function undecided({ registry, names }: RegistrySuspects, listings: Listings): string[] {
  return [...names].flatMap(([name, { exists, relisted }]) =>
    relisted && exists !== isListed(registry, listings, name) ? [name] : [],
  );
}

/** The suspects that look wrong, by what their own shards list and which of the undecided ones' items exist. */
export function driftAmong(
  { registry, names }: RegistrySuspects,
  listings: Listings,
  existing: ReadonlySet<string>,
): Drift {
  const missing: string[] = [];
  const orphaned: string[] = [];
  for (const [name, { exists, relisted }] of names) {
    const listed = isListed(registry, listings, name);
    if (exists === listed) continue;
    const hasItem = relisted ? existing.has(name) : exists === true;
    if (hasItem && !listed) missing.push(name);
    if (!hasItem && listed) orphaned.push(name);
  }
  return { missing, orphaned };
}

function isListed(registry: RegistrySuspects["registry"], listings: Listings, name: string): boolean {
  return listings.get(homeShard(registry, name))?.names.has(name) === true;
}

/** The suspects that a shard lists which is not their own. */
export function straysAmong({ names }: RegistrySuspects, listings: Listings): Map<number, string[]> {
  const found = [...names].flatMap(([name, { strays }]) =>
    [...(strays ?? [])].filter((shard) => listings.get(shard)?.names.has(name)).map((shard) => ({ shard, name })),
  );
  return new Map(
    [...Map.groupBy(found, ({ shard }) => shard)].map(([shard, strays]) => [shard, strays.map(({ name }) => name)]),
  );
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
export function metMalformedRegistry({ result }: RegistryOutcome): boolean {
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

/** Gathers what was not repaired over all registries of a batch. */
export function notRepaired(outcomes: readonly RegistryOutcome[]): NotRepaired {
  const [unchecked, failed, impossible] = [new Gathering(), new Gathering(), new Gathering()];
  for (const { suspected, result } of outcomes) {
    const { scope, definition } = suspected.registry;
    const registry = definition.name;
    if (result.kind === "unchecked") {
      unchecked.fail(result.error);
      for (const name of suspected.names.keys()) unchecked.add({ registry, scope, name });
      continue;
    }
    for (const { name, error, isPermanent } of result.findings.unrepaired) {
      if (isPermanent && error instanceof MalformedItemError) continue;
      const gathering = isPermanent ? impossible : failed;
      gathering.fail(error);
      gathering.add({ registry, scope, name });
    }
  }
  return { unchecked: unchecked.group(), failed: failed.group(), impossible: impossible.group() };
}

/** Position of the first record that is to be retried; `undefined` where all are done. */
export function firstRetried(outcomes: readonly RegistryOutcome[]): number | undefined {
  let first = Number.POSITIVE_INFINITY;
  for (const { suspected, result } of outcomes) {
    if (result.kind === "unchecked") {
      for (const suspect of suspected.names.values()) first = Math.min(first, suspect.first);
      continue;
    }
    for (const { name, isPermanent } of result.findings.unrepaired) {
      if (!isPermanent) first = Math.min(first, suspected.names.get(name)?.first ?? 0);
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
