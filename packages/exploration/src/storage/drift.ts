import type { Item } from "@rollcall/memory-dynamodb";
import { parseRegistryKey, parseResourceKey, REGISTRY_ATTRIBUTE } from "@rollcall/registry/schema";

/** The names that are wrong: those of a default or of a registry, but not of both. */
export function driftOf(items: Iterable<Item>): ReadonlySet<string> {
  const defaults = new Set<string>();
  const registered = new Set<string>();
  for (const item of items) {
    const address = parseResourceKey(item);
    if (address !== undefined) defaults.add(qualify(address.namespace, address.resource));
    const registry = parseRegistryKey(item);
    if (registry === undefined) continue;
    for (const name of item[REGISTRY_ATTRIBUTE]?.SS ?? []) registered.add(qualify(registry.namespace, name));
  }
  return defaults.symmetricDifference(registered);
}

function qualify(namespace: string | undefined, name: string): string {
  return namespace === undefined ? name : `${namespace}: ${name}`;
}
