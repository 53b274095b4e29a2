import { type DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { assertAnswered, batchRead, itemSizeBytes, type RetryPolicy, retryRefused } from "@rollcall/registry/protocol";
import { isStorableName } from "@rollcall/registry/resources";
import {
  PARTITION_KEY,
  parseResourceKey,
  REGISTRY_ATTRIBUTE,
  registryKey,
  resourceKey,
  SORT_KEY,
} from "@rollcall/registry/schema";

/** A registry as one strongly consistent read found it. */
export interface RegistrySnapshot {
  names: ReadonlySet<string>;
  /** Size of the item in bytes; 0 when there is none. */
  bytes: number;
  /** Whether its attribute is there and no string set. */
  isMalformed: boolean;
}

/** Where strongly consistent reads of one table go. */
export interface TableReader {
  client: Pick<DynamoDBClient, "send">;
  tableName: string;
  retry: RetryPolicy;
}

/**
 * Reads a registry. One that is no string set lists no name.
 *
 * @throws ContentionError when it was throttled for the whole of the retry policy's time; ForeignAnswerError; the signal's
 *   reason; or the SDK's own error
 */
export async function readRegistry(
  { client, tableName, retry }: TableReader,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<RegistrySnapshot> {
  const get = new GetItemCommand({ TableName: tableName, Key: registryKey(namespace), ConsistentRead: true });
  const read = () => client.send(get, { abortSignal: signal });
  const { Item } = assertAnswered(await retryRefused(retry, read, signal));
  const set = Item?.[REGISTRY_ATTRIBUTE];
  return {
    names: new Set(set?.SS),
    bytes: Item === undefined ? 0 : itemSizeBytes(Item),
    isMalformed: set !== undefined && set.SS === undefined,
  };
}

/**
 * Which of the names have a default, by as few requests as there can be. Names that no item can have are not asked for.
 * What the answers cost is told in read units.
 */
export async function readExisting(
  { client, tableName, retry }: TableReader,
  namespace: string | undefined,
  names: readonly string[],
  signal: AbortSignal,
  onReadUnits?: (units: number) => void,
): Promise<Set<string>> {
  const existing = new Set<string>();
  const keys = names.filter((name) => isStorableName(name, namespace)).map((name) => resourceKey(name, namespace));
  const read = { tableName, keys, attributes: [PARTITION_KEY, SORT_KEY], retry, signal, onReadUnits };
  for await (const items of batchRead(client, read)) {
    for (const item of items) {
      const address = parseResourceKey(item);
      if (address !== undefined) existing.add(address.resource);
    }
  }
  return existing;
}
