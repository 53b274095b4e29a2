import { type DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import type { StoredItem } from "@rollcall/registry/protocol";
import { namespaceIndexKeys, REGISTRY_ATTRIBUTE, registryKey, resourceKey } from "@rollcall/registry/schema";
import { putAll } from "@rollcall/testing/dynamodb/put-all";

/** The tenant whose defaults the bench lists and changes, its id as the limiter makes them. */
export const NAMESPACE = "rcof3sHx3fY";

/** The one limit that every default has. */
export const LIMITS = [{ name: "rpm", capacity: 60 }] as const;

const NAME_LENGTH = 12;

/** Names of 12 characters, numbered from `from` on. */
export function namesOf(prefix: string, count: number, from = 0): string[] {
  return Array.from(
    { length: count },
    (_, i) => `${prefix}${String(from + i).padStart(NAME_LENGTH - prefix.length, "0")}`,
  );
}

/** A default just as Rollcall writes it, so that all ways pay for the same item. */
export function defaultItem(resource: string, namespace = NAMESPACE): StoredItem {
  const key = resourceKey(resource, namespace);
  const [{ name, capacity }] = LIMITS;
  return {
    ...key,
    ...namespaceIndexKeys(key, namespace),
    resource: { S: resource },
    config_version: { N: "1" },
    [`l_${name}_cp`]: { N: String(capacity) },
    [`l_${name}_ra`]: { N: String(capacity) },
    [`l_${name}_rp`]: { N: "60" },
  };
}

export function registryItem(names: readonly string[], namespace = NAMESPACE): StoredItem {
  const key = registryKey(namespace);
  return {
    ...key,
    ...namespaceIndexKeys(key, namespace),
    ...(names.length > 0 && { [REGISTRY_ATTRIBUTE]: { SS: [...names] } }),
  };
}

/** Puts a registry that names just these. */
export async function putRegistry(client: DynamoDBClient, TableName: string, names: readonly string[]): Promise<void> {
  await client.send(new PutItemCommand({ TableName, Item: registryItem(names) }));
}

/** Puts defaults and no registry. */
export async function putDefaults(
  client: DynamoDBClient,
  tableName: string,
  names: readonly string[],
  namespace = NAMESPACE,
): Promise<void> {
  const items = names.map((name) => defaultItem(name, namespace));
  await putAll(client, tableName, items);
}
