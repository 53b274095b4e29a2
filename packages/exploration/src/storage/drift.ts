import type { Item } from "@rollcall/memory-dynamodb";
import { type ListedName, type Listing, membersIn, registryIn } from "./listing.ts";

/** The names that are wrong: those of a member's item or of a registry, but not of both. */
export function driftOf(items: Iterable<Item>, listing: Listing): ReadonlySet<string> {
  const members = new Set<string>();
  const registered = new Set<string>();
  for (const item of items) {
    for (const place of membersIn(listing, item)) members.add(driftText(listing, place));
    const registry = registryIn(listing, item);
    if (registry === undefined) continue;
    for (const name of item[registry.definition.registry.attribute]?.SS ?? []) {
      registered.add(driftText(listing, { ...registry, name }));
    }
  }
  return members.symmetricDifference(registered);
}

/** A name where it is wrong, in words: where there is one registry in one item, the name alone. */
function driftText({ definitions }: Listing, { definition, scope, shard, name }: ListedName): string {
  const of = definitions.length === 1 ? "" : `${definition.name}: `;
  const where = (definition.registry.shards ?? 1) === 1 ? "" : `shard ${shard}: `;
  return `${of}${where}${scope === undefined ? name : `${scope}: ${name}`}`;
}

/** Whether a name that is wrong is one of a definition's. */
export function isDriftOf({ definitions }: Listing, definition: string, text: string): boolean {
  return definitions.length === 1 || text.startsWith(`${definition}: `);
}
