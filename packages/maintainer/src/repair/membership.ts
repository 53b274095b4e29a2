import { type DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import {
  assertAnswered,
  batchRead,
  itemSizeBytes,
  type RetryPolicy,
  retryRefused,
  type StoredItem,
} from "@rollcall/registry/protocol";
import { isStorable, type RegistryShard, type ScopedRegistry } from "../registries/table-registries.ts";

/** One item of a registry as one strongly consistent read found it. */
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
 * Reads one item of a registry. One that is no string set lists no name.
 *
 * @throws ContentionError when it was throttled for the whole of the retry policy's time; ForeignAnswerError; the signal's
 *   reason; or the SDK's own error
 */
export async function readRegistry(
  table: TableReader,
  place: RegistryShard,
  signal: AbortSignal,
): Promise<RegistrySnapshot> {
  const item = await readRegistryItem(table, place, signal);
  const set = item?.[place.registry.definition.registry.attribute];
  return {
    names: new Set(set?.SS),
    bytes: item === undefined ? 0 : itemSizeBytes(item),
    isMalformed: set !== undefined && set.SS === undefined,
  };
}

/** The item itself; `undefined` where there is none. Throws as {@link readRegistry}. */
export async function readRegistryItem(
  { client, tableName, retry }: TableReader,
  { registry, shard }: RegistryShard,
  signal: AbortSignal,
): Promise<StoredItem | undefined> {
  const Key = registry.keys.registryKey(registry.scope, shard);
  const get = new GetItemCommand({ TableName: tableName, Key, ConsistentRead: true });
  const read = () => client.send(get, { abortSignal: signal });
  const { Item } = assertAnswered(await retryRefused(retry, read, signal));
  return Item;
}

/**
 * Which of the names have an item, by as few requests as there can be. Names that no item can have are not asked for.
 * What the answers cost is told in read units.
 */
export async function readExisting(
  { client, tableName, retry }: TableReader,
  registry: ScopedRegistry,
  names: readonly string[],
  signal: AbortSignal,
  onReadUnits?: (units: number) => void,
): Promise<Set<string>> {
  const existing = new Set<string>();
  const keys = memberKeys(registry, names);
  const attributes = keyAttributes(registry);
  for await (const items of batchRead(client, { tableName, keys, attributes, retry, signal, onReadUnits })) {
    for (const item of items) {
      const address = registry.keys.readMember(item);
      if (address !== undefined) existing.add(address.member);
    }
  }
  return existing;
}

/** The keys of the members of these names, as far as any item can have them. */
export function memberKeys(registry: ScopedRegistry, names: readonly string[]): Record<string, { S: string }>[] {
  const { keys, scope } = registry;
  return names.filter((name) => isStorable(registry, name)).map((name) => keys.memberKey(name, scope));
}

/** The names of the table's key attributes. */
export function keyAttributes({ keys }: Pick<ScopedRegistry, "keys">): string[] {
  const { partition, sort } = keys.key;
  return sort === undefined ? [partition] : [partition, sort];
}
