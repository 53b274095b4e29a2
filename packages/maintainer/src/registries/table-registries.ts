import { crc32 } from "node:zlib";
import { checkRegistries, type RegistryDefinition, shardOf } from "@rollcall/registry";
import { layoutOf, registryKeys } from "@rollcall/registry/internal";
import { isResources, resources } from "@rollcall/registry/resources";
import type { KeyLike } from "@rollcall/registry/schema";

/** What builds and reads the keys of one definition. */
type RegistryKeys = ReturnType<typeof registryKeys>;

/** A definition with what reads its keys. */
export interface ListedDefinition {
  readonly definition: RegistryDefinition;
  readonly keys: RegistryKeys;
  /** Items that hold one registry together. */
  readonly shardCount: number;
  /** Whether it is the predefined one, also where it was read from JSON. */
  readonly isResources: boolean;
}

/** One registry: what a definition lists in one scope, or without one. */
export interface ScopedRegistry extends ListedDefinition {
  readonly scope: string | undefined;
}

/** One item of a registry. Where there is one shard, it is the registry. */
export interface RegistryShard {
  readonly registry: ScopedRegistry;
  readonly shard: number;
}

/** What a key is to one definition: of the names it lists, or of an item that lists them. */
export type KeyReading =
  | { kind: "member"; listed: ListedDefinition; scope: string | undefined; name: string }
  | { kind: "registry"; listed: ListedDefinition; scope: string | undefined; shard: number };

/** The registries that one reader of one table keeps apart. */
export class TableRegistries {
  readonly listed: readonly ListedDefinition[];

  /**
   * @param definitions Default: `resources` alone
   * @throws InvalidDefinitionError for a definition whose registry could not be kept true, or for two that mix
   */
  constructor(definitions: readonly RegistryDefinition[] = [resources]) {
    checkRegistries(definitions);
    this.listed = definitions.map(listedDefinition);
  }

  /** The names of the table's key attributes. */
  get key(): RegistryDefinition["key"] {
    return (this.listed[0] as ListedDefinition).definition.key;
  }

  /** What a key is to each definition. An item may be a member of several, and is a registry's item of one at most. */
  read(key: KeyLike): KeyReading[] {
    const readings: KeyReading[] = [];
    for (const listed of this.listed) {
      const member = listed.keys.readMember(key);
      if (member !== undefined) {
        readings.push({ kind: "member", listed, scope: member.scope, name: member.member });
        continue;
      }
      const registry = listed.keys.readRegistry(key);
      if (registry !== undefined) {
        readings.push({ kind: "registry", listed, scope: registry.scope, shard: registry.shard });
      }
    }
    return readings;
  }

  /** The registries of one scope: those whose definitions have keys with it. */
  inScope(scope: string | undefined): ScopedRegistry[] {
    return this.listed.filter(({ keys }) => keys.isScope(scope)).map((listed) => ({ ...listed, scope }));
  }

  /** The definition of a name. */
  named(name: string): ListedDefinition | undefined {
    return this.listed.find(({ definition }) => definition.name === name);
  }

  /** The predefined definition of resources, where it is one of these. */
  get resources(): ListedDefinition | undefined {
    return this.listed.find(({ isResources }) => isResources);
  }

  /** What tells these definitions from others in a cursor; `undefined` for `resources` alone. */
  get fingerprints(): string[] | undefined {
    const isDefault = this.listed.length === 1 && this.resources !== undefined;
    return isDefault ? undefined : this.listed.map(({ definition }) => fingerprintOf(definition)).sort();
  }
}

/** A definition with what reads its keys. */
function listedDefinition(definition: RegistryDefinition): ListedDefinition {
  const keys = registryKeys(definition); // refuses what is no definition
  const { shards: shardCount = 1 } = definition.registry;
  return { definition, keys, shardCount, isResources: isResources(definition) };
}

/** A definition's registry in one scope. */
export function scopedRegistry(definition: RegistryDefinition, scope?: string): ScopedRegistry {
  return { ...listedDefinition(definition), scope };
}

/** Which of a registry's items it is, in messages; `undefined` where it is the only one. */
export function namedShard({ registry, shard }: RegistryShard): number | undefined {
  return registry.shardCount === 1 ? undefined : shard;
}

/** All items of a registry. */
export function shardsOf(registry: ScopedRegistry): RegistryShard[] {
  return Array.from({ length: registry.shardCount }, (_, shard) => ({ registry, shard }));
}

/** The shard that lists a name. */
export function homeShard({ shardCount }: Pick<ListedDefinition, "shardCount">, name: string): number {
  return shardOf(name, shardCount);
}

/**
 * Whether an item can have this name at all: any text whose key fits. A lone surrogate is no text: encoded as UTF-8 it
 * becomes a question mark, and so the name of another member.
 */
export function isStorable({ keys, scope }: Pick<ScopedRegistry, "keys" | "scope">, name: string): boolean {
  return name !== "" && name.isWellFormed() && keys.fits(name, scope);
}

/** The definition's name and a sum over what its keys depend on: a cursor does not outlive a change of it. */
function fingerprintOf(definition: RegistryDefinition): string {
  return `${definition.name}@${crc32(layoutOf(definition)).toString(16)}`;
}
