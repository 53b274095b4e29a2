import type { RegistryOwner } from "@rollcall/maintainer";
import { resources } from "@rollcall/registry/resources";
import { printableInList } from "../terminal/printable.ts";

/** Names that a line shows of one list. */
const MAX_NAMES = 20;

/** The first of some entries, which are safe in a list, and how many more there are. */
export function nameList(entries: readonly string[], total = entries.length): string {
  const first = entries.slice(0, MAX_NAMES);
  const more = total - first.length;
  return [...first, ...(more > 0 ? [`and ${more.toLocaleString("en-US")} more`] : [])].join(", ");
}

/** What follows a name in a list: nothing, ` of t1`, ` of registry tenants` or ` of registry projects of acme`. */
export function ofRegistry(owner: RegistryOwner): string {
  const { registry, scope } = owner;
  if (registry !== resources.name) return ` of ${registryOf(owner)}`;
  return scope === undefined ? "" : ` of ${printableInList(scope)}`;
}

/** `registry tenants`, or `registry projects of acme`; that of `resources` is `registry` alone. */
export function registryOf({ registry, scope }: RegistryOwner): string {
  const name = registry === resources.name ? "registry" : `registry ${registry}`;
  return scope === undefined ? name : `${name} of ${printableInList(scope)}`;
}
