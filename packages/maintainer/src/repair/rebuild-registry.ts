import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  ScanCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { RegistryFullError } from "@rollcall/registry";
import { openClient, timingOf } from "@rollcall/registry/internal";
import {
  assertAnswered,
  assertKnownOptions,
  isConditionFailure,
  itemSizeBytes,
  MAX_ITEM_BYTES,
  retryRefused,
} from "@rollcall/registry/protocol";
import {
  DEFAULT_SORT_KEY,
  PARTITION_KEY,
  parseResourceKey,
  REGISTRY_ATTRIBUTE,
  registryKey,
  resourceKey,
  SORT_KEY,
} from "@rollcall/registry/schema";
import { ReadBudget } from "../pass/read-budget.ts";
import { DEFAULT_MAX_READ_UNITS_PER_SECOND } from "../pass/run-pass.ts";
import type { TableReader } from "./membership.ts";

/** Read units of a page of 1 MB, read strongly. */
const PAGE_UNITS = 256;

/** How long a read or the write is retried against other writers and throttling, in milliseconds. */
const CONTENTION_TIMEOUT_MS = 30_000;

/** Options of {@link rebuildRegistry}. */
export interface RebuildOptions {
  /** Name or ARN of the table. */
  tableName: string;
  /** A client to use. It stays yours. Default: one with the SDK's own configuration, for the time of the call. */
  client?: Pick<DynamoDBClient, "send"> | undefined;
  /** The namespace whose registry to rebuild. Default: none, which means flat keys. The whole table is read in any case. */
  namespace?: string | undefined;
  /** Read units a second. Default 1,000. */
  maxReadUnitsPerSecond?: number | undefined;
  /** Ends the call early: it rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** What became of a registry that was to be rebuilt. */
export type Rebuild =
  /** Its attribute was replaced by the names of all defaults, so many of them. */
  | { kind: "rebuilt"; names: number }
  /** It is a string set, empty or not there, or was made so by another writer first. An ordinary repair is enough. */
  | { kind: "not-needed" };

const KNOWN_OPTIONS = [
  "tableName",
  "client",
  "namespace",
  "maxReadUnitsPerSecond",
  "signal",
] satisfies (keyof RebuildOptions)[];

/**
 * Replaces a registry's attribute that is no string set by the names of all defaults, in one conditional write.
 *
 * Some tools save a set as a map. No name can be added to such a registry or removed from it, so the library refuses
 * every set and delete there until it is rebuilt; and that is why reading the whole table beforehand loses no name that
 * the library writes. The write is refused where the attribute has become a string set meanwhile. A client that writes
 * defaults without the registry, while the table is read, introduces drift as ever: run {@link backfill} afterwards.
 *
 * Costs one strongly consistent read of the whole table, and one write of the registry.
 *
 * @throws RegistryFullError where the names do not fit into one item, and then nothing is written; ContentionError;
 *   the signal's reason; TypeError for an unknown option or a missing table name
 *
 * @example
 * ```ts
 * import { backfill, rebuildRegistry } from "@rollcall/maintainer";
 *
 * const { kind } = await rebuildRegistry({ tableName: "limits", namespace: "rcof3sHx3fY" });
 * if (kind === "rebuilt") await backfill({ tableName: "limits", namespace: "rcof3sHx3fY" });
 * ```
 */
export async function rebuildRegistry(options: RebuildOptions): Promise<Rebuild> {
  assertKnownOptions(KNOWN_OPTIONS, options);
  const { tableName, namespace, maxReadUnitsPerSecond = DEFAULT_MAX_READ_UNITS_PER_SECOND } = options;
  const { signal = new AbortController().signal } = options;
  if (!tableName) throw new TypeError("tableName is missing: pass the name of the registry's table.");
  if (!(maxReadUnitsPerSecond > 0)) {
    throw new TypeError(`maxReadUnitsPerSecond is ${maxReadUnitsPerSecond}; use a number above 0.`);
  }
  const timing = timingOf(options);
  const ownClient = options.client === undefined ? openClient({}).client : undefined;
  const client = options.client ?? (ownClient as DynamoDBClient);
  const table = { client, tableName, retry: { ...timing, contentionTimeoutMs: CONTENTION_TIMEOUT_MS } };
  try {
    const registry = await readItem(table, namespace, signal);
    if (!isMalformed(registry)) return { kind: "not-needed" };
    const names = await readDefaultNames(table, namespace, new ReadBudget(maxReadUnitsPerSecond, timing.clock), signal);
    assertFits(registry, names);
    return await replaceSet(table, namespace, names, signal);
  } finally {
    ownClient?.destroy();
  }
}

type StoredItem = Record<string, AttributeValue>;

async function readItem(
  { client, tableName, retry }: TableReader,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<StoredItem> {
  const get = new GetItemCommand({ TableName: tableName, Key: registryKey(namespace), ConsistentRead: true });
  const read = () => client.send(get, { abortSignal: signal });
  const { Item = {} } = assertAnswered(await retryRefused(retry, read, signal));
  return Item;
}

function isMalformed(registry: StoredItem): boolean {
  const set = registry[REGISTRY_ATTRIBUTE];
  return set !== undefined && set.SS === undefined;
}

/** The names of all defaults of a namespace, strongly consistent: a default that was written before is met. */
async function readDefaultNames(
  { client, tableName, retry }: TableReader,
  namespace: string | undefined,
  budget: ReadBudget,
  signal: AbortSignal,
): Promise<string[]> {
  const names: string[] = [];
  let after: StoredItem | undefined;
  do {
    await budget.take(PAGE_UNITS, signal);
    const page = new ScanCommand({
      TableName: tableName,
      ConsistentRead: true,
      ...(after && { ExclusiveStartKey: after }),
      ProjectionExpression: "#pk, #sk",
      FilterExpression: "#sk = :default AND begins_with(#pk, :prefix)",
      ExpressionAttributeNames: { "#pk": PARTITION_KEY, "#sk": SORT_KEY },
      ExpressionAttributeValues: { ":default": { S: DEFAULT_SORT_KEY }, ":prefix": resourceKey("", namespace).PK },
      ReturnConsumedCapacity: "TOTAL",
    });
    const read = () => client.send(page, { abortSignal: signal });
    const { Items = [], LastEvaluatedKey, ConsumedCapacity } = assertAnswered(await retryRefused(retry, read, signal));
    budget.charge(PAGE_UNITS, ConsumedCapacity?.CapacityUnits ?? PAGE_UNITS);
    for (const item of Items) {
      const address = parseResourceKey(item);
      if (address?.namespace === namespace && address?.resource) names.push(address.resource);
    }
    after = LastEvaluatedKey;
  } while (after !== undefined);
  return names;
}

function assertFits(registry: StoredItem, names: readonly string[]): void {
  if (names.length === 0) return;
  const sizeBytes = itemSizeBytes({ ...registry, [REGISTRY_ATTRIBUTE]: { SS: [...names] } });
  if (sizeBytes <= MAX_ITEM_BYTES) return;
  throw new RegistryFullError({ sizeBytes, limitBytes: MAX_ITEM_BYTES, names: names.length }, names.at(-1) ?? "");
}

async function replaceSet(
  table: TableReader,
  namespace: string | undefined,
  names: string[],
  signal: AbortSignal,
): Promise<Rebuild> {
  const update = new UpdateItemCommand({
    TableName: table.tableName,
    Key: registryKey(namespace),
    UpdateExpression: names.length > 0 ? "SET #set = :names" : "REMOVE #set", // no set is empty
    ConditionExpression: "attribute_exists(#set) AND NOT attribute_type(#set, :stringSet)",
    ExpressionAttributeNames: { "#set": REGISTRY_ATTRIBUTE },
    ExpressionAttributeValues: { ":stringSet": { S: "SS" }, ...(names.length > 0 && { ":names": { SS: names } }) },
  });
  try {
    assertAnswered(await retryRefused(table.retry, () => table.client.send(update, { abortSignal: signal }), signal));
    return { kind: "rebuilt", names: names.length };
  } catch (error) {
    if (!isConditionFailure(error)) throw error;
    return await whoWasFirst(table, namespace, names, signal);
  }
}

/** A refusal may answer another attempt of the SDK's, after the write itself took effect and its answer was lost. */
async function whoWasFirst(
  table: TableReader,
  namespace: string | undefined,
  names: readonly string[],
  signal: AbortSignal,
): Promise<Rebuild> {
  const registry = await readItem(table, namespace, signal);
  const listed = new Set(registry[REGISTRY_ATTRIBUTE]?.SS);
  const isOurs = names.length > 0 && names.every((name) => listed.has(name));
  return isOurs ? { kind: "rebuilt", names: names.length } : { kind: "not-needed" };
}
