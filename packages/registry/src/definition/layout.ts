import type { RegistryDefinition } from "./registry-definition.ts";

/** What a definition's keys depend on, as one text: two that agree in it find the same items. */
export function layoutOf({ key, member, registry, scopes }: RegistryDefinition): string {
  const { partition, sort, attribute, shards = 1 } = registry;
  const parts = [
    key.partition,
    key.sort,
    member.partition,
    member.sort,
    partition,
    sort,
    attribute,
    shards,
    scopes?.pattern,
  ];
  return JSON.stringify(parts);
}
