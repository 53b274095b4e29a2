import { registryKeys } from "../definition/define-registry.ts";
import type { KeyLike } from "../definition/registry-keys.ts";
import { tableDefinition as tableOf } from "../definition/table-definition.ts";
import { resources } from "./definition.ts";

export type { KeyLike } from "../definition/registry-keys.ts";

/** Partition key attribute of the table. */
export const PARTITION_KEY = "PK";
/** Sort key attribute of the table. */
export const SORT_KEY = "SK";
/** The registry's attribute that holds the string set of names. */
export const REGISTRY_ATTRIBUTE = "resources";
/** Sort key of every default. */
export const DEFAULT_SORT_KEY = "#CONFIG";
/** Sort key of every registry. */
export const REGISTRY_SORT_KEY = "#RESOURCES";

const keys = registryKeys(resources);

/** A primary key of the table, as DynamoDB takes it. A type, not an interface, so that it is a record of attributes. */
export type ItemKey = {
  PK: { S: string };
  SK: { S: string };
};

/** Where a default belongs. */
export interface ResourceAddress {
  /** The namespace, or `undefined` for a flat key. */
  namespace: string | undefined;
  /** The resource's name, exactly as it is stored. Empty when the key names none. */
  resource: string;
}

/** Where a registry belongs. */
export interface RegistryAddress {
  /** The namespace, or `undefined` for the flat registry. */
  namespace: string | undefined;
}

/**
 * The key of a resource's default. Any name is taken as it is; what may be *written* is checked elsewhere.
 *
 * @example
 * ```ts
 * import { resourceKey } from "@rollcall/registry/schema";
 *
 * resourceKey("gpt-4"); // { PK: { S: "RESOURCE#gpt-4" }, SK: { S: "#CONFIG" } }
 * resourceKey("gpt-4", "rcof3sHx3fY"); // { PK: { S: "rcof3sHx3fY/RESOURCE#gpt-4" }, SK: { S: "#CONFIG" } }
 * ```
 */
export function resourceKey(resource: string, namespace?: string): ItemKey {
  return keys.memberKey(resource, namespace) as ItemKey;
}

/**
 * The key of a namespace's registry, or of the flat one.
 *
 * @example
 * ```ts
 * import { registryKey } from "@rollcall/registry/schema";
 *
 * registryKey(); // { PK: { S: "SYSTEM#" }, SK: { S: "#RESOURCES" } }
 * ```
 */
export function registryKey(namespace?: string): ItemKey {
  return keys.registryKey(namespace) as ItemKey;
}

/**
 * Whose default a key is, or `undefined` for any other item. The inverse of {@link resourceKey} for every name,
 * also for one with `/` in it, with a trailing newline, or longer than this library would write.
 *
 * @example
 * ```ts
 * import { parseResourceKey, resourceKey } from "@rollcall/registry/schema";
 *
 * parseResourceKey(resourceKey("openai/gpt-4o")); // { namespace: undefined, resource: "openai/gpt-4o" }
 * parseResourceKey({ PK: { S: "user-1" }, SK: { S: "#CONFIG" } }); // undefined
 * ```
 */
export function parseResourceKey(key: KeyLike): ResourceAddress | undefined {
  const address = keys.readMember(key);
  return address && { namespace: address.scope, resource: address.member };
}

/**
 * Whose registry a key is, or `undefined` for any other item. The inverse of {@link registryKey}.
 *
 * @example
 * ```ts
 * import { parseRegistryKey, registryKey } from "@rollcall/registry/schema";
 *
 * parseRegistryKey(registryKey("rcof3sHx3fY")); // { namespace: "rcof3sHx3fY" }
 * ```
 */
export function parseRegistryKey(key: KeyLike): RegistryAddress | undefined {
  const address = keys.readRegistry(key);
  return address && { namespace: address.scope };
}

/**
 * Whether a key is a registry's, flat or namespaced.
 *
 * @example
 * ```ts
 * import { isRegistryKey } from "@rollcall/registry/schema";
 *
 * isRegistryKey({ PK: { S: "SYSTEM#" }, SK: { S: "#RESOURCES" } }); // true
 * isRegistryKey({ PK: { S: "SYSTEM#" }, SK: { S: "#ENTITY_CONFIG_RESOURCES" } }); // false
 * ```
 */
export function isRegistryKey(key: KeyLike): boolean {
  return parseRegistryKey(key) !== undefined;
}

/**
 * The attributes with which the limiter's GSI4 finds everything of a namespace. Flat items have none.
 *
 * @example
 * ```ts
 * import { namespaceIndexKeys, registryKey } from "@rollcall/registry/schema";
 *
 * namespaceIndexKeys(registryKey("t1"), "t1"); // { GSI4PK: { S: "t1" }, GSI4SK: { S: "t1/SYSTEM#" } }
 * ```
 */
export function namespaceIndexKeys(key: ItemKey, namespace: string | undefined): Record<string, { S: string }> {
  return namespace === undefined ? {} : { GSI4PK: { S: namespace }, GSI4SK: { S: key.PK.S } };
}

/**
 * The table of resources, as plain data for CreateTable and for infrastructure code: string keys, on-demand capacity,
 * and a stream with both images so that what others break can be found and repaired. A table that exists may have any
 * indexes and attributes besides.
 *
 * @example
 * ```ts
 * import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
 * import { tableDefinition } from "@rollcall/registry/schema";
 *
 * await new DynamoDBClient({}).send(new CreateTableCommand({ TableName: "limits", ...tableDefinition() }));
 * ```
 */
export function tableDefinition() {
  return tableOf(resources);
}

/** The attribute that holds an item's expiry in epoch seconds, where the table has TTL switched on. */
export const TTL_ATTRIBUTE = "ttl";
