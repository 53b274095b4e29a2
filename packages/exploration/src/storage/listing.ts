import { type RegistryDefinition, shardOf } from "@rollcall/registry";
import { registryKeys } from "@rollcall/registry/internal";
import { resources } from "@rollcall/registry/resources";
import type { KeyLike } from "@rollcall/registry/schema";

/** What a small case's table lists where. */
export interface Listing {
  /** Several list the same items. Producers write by the first. */
  readonly definitions: readonly [RegistryDefinition, ...RegistryDefinition[]];
  /** The scope of all writers. Default: none. */
  readonly scope?: string;
  /** Whether producers change the other registries in the same transaction; else the maintainer alone keeps those. */
  readonly keepsAll?: true;
}

/** The predefined registry, with keys without a namespace. */
export const RESOURCES: Listing = { definitions: [resources] };

/** A name in the registry item that lists it, or is to. */
export interface ListedName {
  readonly definition: RegistryDefinition;
  readonly scope: string | undefined;
  readonly shard: number;
  readonly name: string;
}

/** The name that a member's item is for, to every definition that lists such items. */
export function membersIn({ definitions }: Listing, key: KeyLike): ListedName[] {
  return definitions.flatMap((definition) => {
    const found = registryKeys(definition).readMember(key);
    if (found === undefined) return [];
    const { member: name, scope } = found;
    return [{ definition, scope, shard: shardOf(name, definition.registry.shards ?? 1), name }];
  });
}

/** The registry that an item is of. */
export function registryIn({ definitions }: Listing, key: KeyLike): Omit<ListedName, "name"> | undefined {
  for (const definition of definitions) {
    const found = registryKeys(definition).readRegistry(key);
    if (found !== undefined) return { definition, ...found };
  }
  return undefined;
}
