import {
  type AttributeValue,
  BatchWriteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { namespaceIndexKeys, REGISTRY_ATTRIBUTE, registryKey, resourceKey } from "@rollcall/registry/schema";

export type Item = Record<string, AttributeValue>;

/** The tenant whose defaults the bench lists and changes, its id as the limiter makes them. */
export const NAMESPACE = "rcof3sHx3fY";

/** The one limit that every default has. */
export const LIMITS = [{ name: "rpm", capacity: 60 }] as const;

/** BatchWriteItem's most items. */
const BATCH_ITEMS = 25;
const BATCHES_AT_ONCE = 4;
const NAME_LENGTH = 12;

/** Names of 12 characters, numbered from `from` on. */
export function namesOf(prefix: string, count: number, from = 0): string[] {
  return Array.from(
    { length: count },
    (_, i) => `${prefix}${String(from + i).padStart(NAME_LENGTH - prefix.length, "0")}`,
  );
}

/** A default just as Rollcall writes it, so that all ways pay for the same item. */
export function defaultItem(resource: string, namespace = NAMESPACE): Item {
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

export function registryItem(names: readonly string[], namespace = NAMESPACE): Item {
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

/** Puts items in full batches, several at a time. */
export async function putAll(client: DynamoDBClient, tableName: string, items: Iterable<Item>): Promise<void> {
  const batches = batched(items);
  const worker = async () => {
    for (const batch of batches) {
      const requests = batch.map((Item) => ({ PutRequest: { Item } }));
      const { UnprocessedItems } = await client.send(
        new BatchWriteItemCommand({ RequestItems: { [tableName]: requests } }),
      );
      if (UnprocessedItems?.[tableName]?.length) throw new Error("the engine left items of a batch unwritten");
    }
  };
  await Promise.all(Array.from({ length: BATCHES_AT_ONCE }, worker));
}

function* batched(items: Iterable<Item>): Generator<Item[]> {
  let batch: Item[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < BATCH_ITEMS) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
