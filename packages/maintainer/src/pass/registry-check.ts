import { isStorableName } from "@rollcall/registry/resources";
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
 * Looks up the names of one registry whose defaults were not met, in their order, and decides those without one. It
 * resumes behind the name that it had come to.
 */
export async function checkRegistry(work: RegistryCheckWork, record: ScopeRecord, signal: AbortSignal): Promise<void> {
  const { reads, scopes, decider, book, suspect, afterGroup } = work;
  const { names, bytes } = await reads.registry(record.scope, signal);
  const { lookedUpTo = "" } = record; // no name to be looked up is empty
  const { possible: unseen = [], impossible = [] } = Object.groupBy(
    [...names].filter((name) => name !== "" && !record.seen.has(name)).sort(),
    (name) => (isStorableName(name, record.scope) ? "possible" : "impossible"),
  );
  for (
    let from = unseen.findIndex((name) => name > lookedUpTo);
    from >= 0 && from < unseen.length;
    from += NAMES_PER_READ
  ) {
    const group = unseen.slice(from, from + NAMES_PER_READ);
    const existing = await reads.existing(record.scope, group, signal);
    for (const name of group) if (!existing.has(name)) await suspect(record, name);
    record.lookedUpTo = group.at(-1);
    await decider.decideScope(record, NAMES_PER_READ, signal);
    await afterGroup();
  }
  await decider.decideScope(record, 1, signal);
  await decider.removeImpossible(record, impossible, signal);
  const malformed = names.has("") ? 1 : 0;
  book.checked(record.scope, { names: names.size - malformed, malformed, bytes });
  scopes.setChecked(record);
}
