import { homeShard, isStorable } from "../registries/table-registries.ts";
import type { Decider } from "./decider.ts";
import type { PassBook } from "./pass-book.ts";
import type { PassReads } from "./pass-reads.ts";
import { NAMES_PER_READ } from "./read-pairs.ts";
import type { ScopeRecord, Scopes } from "./scopes.ts";

/** What the check of a registry works with. */
export interface RegistryCheckWork {
  reads: PassReads;
  scopes: Scopes;
  decider: Decider;
  book: PassBook;
  /** Notes a suspect. Where suspects become too many for a cursor, it decides them. */
  suspect: (record: ScopeRecord, name: string) => Promise<void>;
  /** Called after each group of names. */
  afterGroup: () => Promise<void>;
}

/**
 * Looks up the names of one item of a registry whose members were not met, in their order, and decides those without
 * an item. It resumes behind the name that it had come to.
 */
export async function checkRegistry(work: RegistryCheckWork, record: ScopeRecord, signal: AbortSignal): Promise<void> {
  const { reads, scopes, decider, book, suspect, afterGroup } = work;
  const { registry, shard } = record;
  const { names, bytes } = await reads.registry(record, signal);
  const { lookedUpTo = "" } = record; // no name to be looked up is empty
  const {
    here: unseen = [],
    elsewhere = [],
    nowhere = [],
  } = Object.groupBy([...names].filter((name) => name !== "" && !record.seen.has(name)).sort(), (name) => {
    if (!isStorable(registry, name)) return "nowhere";
    return homeShard(registry, name) === shard ? "here" : "elsewhere";
  });
  for (
    let from = unseen.findIndex((name) => name > lookedUpTo);
    from >= 0 && from < unseen.length;
    from += NAMES_PER_READ
  ) {
    const group = unseen.slice(from, from + NAMES_PER_READ);
    const existing = await reads.existing(registry, group, signal);
    for (const name of group) if (!existing.has(name)) await suspect(record, name);
    if (await reads.isPurged(record, signal)) book.leftOver(registry, [...existing]);
    record.lookedUpTo = group.at(-1);
    await decider.decideScope(record, NAMES_PER_READ, signal);
    await afterGroup();
  }
  await decider.decideScope(record, 1, signal);
  if (await reads.isPurged(record, signal)) book.leftOver(registry, [...record.seen.intersection(names)]);
  const strays = await listAtHome(work, record, elsewhere, signal);
  await decider.removeImpossible(record, [...nowhere, ...strays], signal);
  const malformed = names.has("") ? 1 : 0;
  book.checked(registry, { shard, names: names.size - malformed, malformed, bytes });
  scopes.setChecked(record);
}

/**
 * Decides names that stand in a shard where they do not belong, in the one where they do, so that no reader of all
 * shards misses one of them meanwhile.
 *
 * @returns those that the wrong shard need not list any longer
 */
async function listAtHome(
  { reads, scopes, decider, suspect, afterGroup }: RegistryCheckWork,
  { registry }: ScopeRecord,
  names: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  const homeOf = (name: string): ScopeRecord => scopes.of(registry, registry.scope, homeShard(registry, name));
  for (let from = 0; from < names.length; from += NAMES_PER_READ) {
    const group = names.slice(from, from + NAMES_PER_READ);
    const existing = await reads.existing(registry, group, signal);
    for (const name of existing) await suspect(homeOf(name), name);
    for (const home of new Set([...existing].map(homeOf))) await decider.decideScope(home, 1, signal);
    await afterGroup();
  }
  return names.filter((name) => !homeOf(name).refused.has(name));
}
