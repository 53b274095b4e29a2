import { type DynamoDBClient, ScanCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { type RegistryDefinition, RegistryFullError } from "@rollcall/registry";
import {
  assertAnswered,
  assertKnownOptions,
  isConditionFailure,
  itemSizeBytes,
  MAX_ITEM_BYTES,
  retryRefused,
  type StoredItem,
} from "@rollcall/registry/protocol";
import { ReadBudget } from "../pass/read-budget.ts";
import { DEFAULT_MAX_READ_UNITS_PER_SECOND } from "../pass/run-pass.ts";
import { memberScan } from "../registries/scan-filter.ts";
import {
  homeShard,
  namedShard,
  type RegistryShard,
  shardsOf,
  TableRegistries,
} from "../registries/table-registries.ts";
import { readRegistryItem, type TableReader } from "./membership.ts";
import { withTable } from "./with-table.ts";

/** Read units of a page of 1 MB, read strongly. */
const PAGE_UNITS = 256;

/** Options of {@link rebuildRegistry}. */
export interface RebuildOptions {
  /** Name or ARN of the table. */
  tableName: string;
  /** A client to use. It stays yours. Default: one with the SDK's own configuration, for the time of the call. */
  client?: Pick<DynamoDBClient, "send"> | undefined;
  /** Which registries to rebuild, of those that this scope has. One Scan serves all of them. Default: `resources` alone. */
  registries?: readonly RegistryDefinition[] | undefined;
  /** The scope whose registries to rebuild. Default: none, which means keys without one. The whole table is read in any case. */
  scope?: string | undefined;
  /** Read units a second. Default 1,000. */
  maxReadUnitsPerSecond?: number | undefined;
  /** Ends the call early: it rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** What became of a registry that was to be rebuilt. */
export type Rebuild =
  /** Its attribute was replaced by the names of all members, so many of them: in each of its items that was no string set. */
  | { kind: "rebuilt"; names: number }
  /** It is a string set, empty or not there, or was made so by another writer first. An ordinary repair is enough. */
  | { kind: "not-needed" };

const KNOWN_OPTIONS = {
  tableName: true,
  client: true,
  registries: true,
  scope: true,
  maxReadUnitsPerSecond: true,
  signal: true,
} satisfies Record<keyof RebuildOptions, true>;

/**
 * Replaces a registry's attribute that is no string set by the names of all members, in one conditional write.
 *
 * Some tools save a set as a map. No name can be added to such a registry or removed from it, so the library refuses
 * every set and delete there until it is rebuilt; and that is why reading the whole table beforehand loses no name that
 * the library writes. The write is refused where the attribute has become a string set meanwhile. A client that writes
 * members without the registry, while the table is read, introduces drift as ever: run {@link backfill} afterwards.
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
 * const { kind } = await rebuildRegistry({ tableName: "limits", scope: "rcof3sHx3fY" });
 * if (kind === "rebuilt") await backfill({ tableName: "limits", scope: "rcof3sHx3fY" });
 * ```
 */
export async function rebuildRegistry(options: RebuildOptions): Promise<Rebuild> {
  assertKnownOptions(KNOWN_OPTIONS, options);
  const { tableName, scope, maxReadUnitsPerSecond = DEFAULT_MAX_READ_UNITS_PER_SECOND } = options;
  const { signal = new AbortController().signal } = options;
  if (!tableName) throw new TypeError("tableName is missing: pass the name of the registry's table.");
  if (!(maxReadUnitsPerSecond > 0)) {
    throw new TypeError(`maxReadUnitsPerSecond is ${maxReadUnitsPerSecond}; use a number above 0.`);
  }
  return await withTable(options, async (table): Promise<Rebuild> => {
    const budget = new ReadBudget(maxReadUnitsPerSecond, table.retry.clock);
    const broken = await malformedItems(
      table,
      new TableRegistries(options.registries).inScope(scope).flatMap(shardsOf),
      signal,
    );
    if (broken.length === 0) return { kind: "not-needed" };
    await readMemberNames(table, broken, budget, signal);
    for (const each of broken) assertFits(each);
    let names = 0;
    let isRebuilt = false;
    for (const each of broken) {
      const isOurs = await replaceSet(table, each, signal);
      if (isOurs) names += each.names.length;
      isRebuilt ||= isOurs;
    }
    return isRebuilt ? { kind: "rebuilt", names } : { kind: "not-needed" };
  });
}

/** An item of a registry whose attribute is no string set, and what it is to list. */
interface BrokenItem extends RegistryShard {
  item: StoredItem;
  names: string[];
}

async function malformedItems(
  table: TableReader,
  places: readonly RegistryShard[],
  signal: AbortSignal,
): Promise<BrokenItem[]> {
  const broken: BrokenItem[] = [];
  for (const place of places) {
    const item = (await readRegistryItem(table, place, signal)) ?? {};
    const set = item[place.registry.definition.registry.attribute];
    if (set !== undefined && set.SS === undefined) broken.push({ ...place, item, names: [] });
  }
  return broken;
}

/** Finds the names of all members, strongly consistent: an item that was written before is met. */
async function readMemberNames(
  { client, tableName, retry }: TableReader,
  broken: readonly BrokenItem[],
  budget: ReadBudget,
  signal: AbortSignal,
): Promise<void> {
  const scan = memberScan(broken.map(({ registry }) => registry));
  let after: StoredItem | undefined;
  do {
    await budget.take(PAGE_UNITS, signal);
    const page = new ScanCommand({
      TableName: tableName,
      ConsistentRead: true,
      ...(after && { ExclusiveStartKey: after }),
      ...scan,
      ReturnConsumedCapacity: "TOTAL",
    });
    const read = () => client.send(page, { abortSignal: signal });
    const { Items = [], LastEvaluatedKey, ConsumedCapacity } = assertAnswered(await retryRefused(retry, read, signal));
    budget.charge(PAGE_UNITS, ConsumedCapacity?.CapacityUnits ?? PAGE_UNITS);
    for (const item of Items) for (const each of broken) noteMember(each, item);
    after = LastEvaluatedKey;
  } while (after !== undefined);
}

function noteMember({ registry, shard, names }: BrokenItem, item: StoredItem): void {
  const address = registry.keys.readMember(item);
  if (address === undefined || address.member === "" || address.scope !== registry.scope) return;
  if (homeShard(registry, address.member) === shard) names.push(address.member);
}

function assertFits(broken: BrokenItem): void {
  const { registry, item, names } = broken;
  if (names.length === 0) return;
  const sizeBytes = itemSizeBytes({ ...item, [registry.definition.registry.attribute]: { SS: names } });
  if (sizeBytes <= MAX_ITEM_BYTES) return;
  const full = { sizeBytes, limitBytes: MAX_ITEM_BYTES, names: names.length, shard: namedShard(broken) };
  throw new RegistryFullError(full, names.at(-1) ?? "");
}

/** Replaces what is no string set, and returns whether it was this write that did. */
async function replaceSet(table: TableReader, broken: BrokenItem, signal: AbortSignal): Promise<boolean> {
  const { registry, shard, names } = broken;
  const update = new UpdateItemCommand({
    TableName: table.tableName,
    Key: registry.keys.registryKey(registry.scope, shard),
    UpdateExpression: names.length > 0 ? "SET #set = :names" : "REMOVE #set", // no set is empty
    ConditionExpression: "attribute_exists(#set) AND NOT attribute_type(#set, :stringSet)",
    ExpressionAttributeNames: { "#set": registry.definition.registry.attribute },
    ExpressionAttributeValues: { ":stringSet": { S: "SS" }, ...(names.length > 0 && { ":names": { SS: names } }) },
  });
  try {
    assertAnswered(await retryRefused(table.retry, () => table.client.send(update, { abortSignal: signal }), signal));
    return true;
  } catch (error) {
    if (!isConditionFailure(error)) throw error;
    return await isReplacedAsMeant(table, broken, signal);
  }
}

/** A refusal may answer another attempt of the SDK's, after the write itself took effect and its answer was lost. */
async function isReplacedAsMeant(table: TableReader, broken: BrokenItem, signal: AbortSignal): Promise<boolean> {
  const item = await readRegistryItem(table, broken, signal);
  const listed = new Set(item?.[broken.registry.definition.registry.attribute]?.SS);
  return broken.names.length > 0 && broken.names.every((name) => listed.has(name));
}
