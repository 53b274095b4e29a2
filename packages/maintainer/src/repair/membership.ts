import {
  type AttributeValue,
  BatchGetItemCommand,
  type DynamoDBClient,
  GetItemCommand,
} from "@aws-sdk/client-dynamodb";
import { Backoff, isStorableName, itemSizeBytes, type RetryPolicy } from "@rollcall/registry/protocol";
import {
  PARTITION_KEY,
  parseResourceKey,
  REGISTRY_ATTRIBUTE,
  registryKey,
  resourceKey,
  SORT_KEY,
} from "@rollcall/registry/schema";

/** BatchGetItem's most keys. Source: API reference. */
const BATCH_KEYS = 100;

/** A registry as one strongly consistent read found it. */
export interface RegistrySnapshot {
  names: ReadonlySet<string>;
  /** Size of the item in bytes; 0 when there is none. */
  bytes: number;
}

/** Where strongly consistent reads of one table go. */
export interface TableReader {
  client: Pick<DynamoDBClient, "send">;
  tableName: string;
  retry: RetryPolicy;
}

/** Reads a registry. One that is no string set names nobody, and is reported when it is to be repaired. */
export async function readRegistry(
  { client, tableName }: TableReader,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<RegistrySnapshot> {
  const { Item } = await client.send(
    new GetItemCommand({ TableName: tableName, Key: registryKey(namespace), ConsistentRead: true }),
    { abortSignal: signal },
  );
  return { names: new Set(Item?.[REGISTRY_ATTRIBUTE]?.SS), bytes: Item === undefined ? 0 : itemSizeBytes(Item) };
}

/**
 * Which of the names have a default, by as few requests as there can be. Unprocessed keys are asked for again; names
 * that no item can have are not asked for.
 */
export async function readExisting(
  { client, tableName, retry }: TableReader,
  namespace: string | undefined,
  names: readonly string[],
  signal: AbortSignal,
): Promise<Set<string>> {
  const existing = new Set<string>();
  const keysToAsk = names.filter((name) => isStorableName(name, namespace)).map((name) => resourceKey(name, namespace));
  for (let from = 0; from < keysToAsk.length; from += BATCH_KEYS) {
    const backoff = new Backoff(retry);
    let keys: Record<string, AttributeValue>[] = keysToAsk.slice(from, from + BATCH_KEYS);
    while (keys.length > 0) {
      const request = {
        Keys: keys,
        ConsistentRead: true,
        ProjectionExpression: "#pk, #sk",
        ExpressionAttributeNames: { "#pk": PARTITION_KEY, "#sk": SORT_KEY },
      };
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetItemCommand({ RequestItems: { [tableName]: request } }),
        { abortSignal: signal },
      );
      for (const item of Responses?.[tableName] ?? []) {
        const address = parseResourceKey(item);
        if (address !== undefined) existing.add(address.resource);
      }
      keys = UnprocessedKeys?.[tableName]?.Keys ?? [];
      if (keys.length > 0) await backoff.wait(new Error("BatchGetItem left keys unprocessed"), signal);
    }
  }
  return existing;
}
