import { registryKeys } from "./definition/define-registry.ts";
import type { RegistryDefinition } from "./definition/registry-definition.ts";
import type { RegistryKeys } from "./definition/registry-keys.ts";
import type { MemberSet } from "./protocol/member-set.ts";

/** Where a registry is: its definition, its table, and the scope whose members it lists. */
export interface RegistryPlace {
  definition: RegistryDefinition;
  tableName: string;
  scope?: string | undefined;
}

/** One shard of a registry as the protocol sees it: a set of members in one item. */
export function registrySet({ definition, tableName, scope }: RegistryPlace, shard = 0): MemberSet {
  const keys: RegistryKeys = registryKeys(definition);
  return {
    tableName,
    key: keys.registryKey(scope, shard),
    partitionKey: definition.key.partition,
    attribute: definition.registry.attribute,
    attributes: keys.registryAttributes(scope, shard),
    ...(isInShards(definition) && { shard }),
  };
}

function isInShards({ registry: { shards = 1 } }: RegistryDefinition): boolean {
  return shards > 1;
}

/** All shards of a registry, in order. */
export function registrySets(place: RegistryPlace): MemberSet[] {
  const { shards = 1 } = place.definition.registry;
  return Array.from({ length: shards }, (_, shard) => registrySet(place, shard));
}
