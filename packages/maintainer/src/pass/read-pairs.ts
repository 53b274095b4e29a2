import {
  type ItemResponse,
  TransactGetItemsCommand,
  type TransactGetItemsCommandInput,
} from "@aws-sdk/client-dynamodb";
import { itemSizeBytes } from "@rollcall/registry/protocol";
import { claim } from "../claim.ts";
import type { RegistryShard, ScopedRegistry } from "../registries/table-registries.ts";
import { keyAttributes, memberKeys, type TableReader } from "../repair/membership.ts";

/** Names that fit beside the registry into one TransactGetItems, which takes 100 items. Source: API reference. */
export const NAMES_PER_READ = 99;

/** One item of a registry and items of members, at one instant. */
export interface Pairs {
  registered: ReadonlySet<string>;
  /** Size of the registry's item in bytes; 0 where there is none. */
  bytes: number;
  /** Those of the names asked for that have an item. */
  existing: ReadonlySet<string>;
  /** What the read cost. */
  readUnits: number;
}

/**
 * Reads one item of a registry together with up to {@link NAMES_PER_READ} items of members, in one transaction.
 *
 * No order of single reads can tell drift from a busy table: between a read that finds the item and one that does not
 * find its name, a delete may have taken both away, and a third read is open to a set that brings both back. The
 * library's writers change both in one transaction, and so one transaction that reads both never sees them disagree.
 * Only clients that change them one by one show up here, while they are between their two writes.
 */
export async function readPairs(
  { client, tableName }: Pick<TableReader, "client" | "tableName">,
  place: RegistryShard,
  names: readonly string[],
  signal: AbortSignal,
): Promise<Pairs> {
  claim(names.length > 0 && names.length <= NAMES_PER_READ, "a transaction reads 1 to 99 names");
  const command = new TransactGetItemsCommand(pairsRequest(tableName, place, names));
  const { Responses = [], ConsumedCapacity = [] } = await client.send(command, { abortSignal: signal });
  const [registry, ...members] = Responses;
  return {
    registered: new Set(registry?.Item?.[place.registry.definition.registry.attribute]?.SS),
    bytes: registry?.Item === undefined ? 0 : itemSizeBytes(registry.Item),
    existing: new Set(members.flatMap((response) => nameOf(place.registry, response))),
    readUnits: ConsumedCapacity.reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0),
  };
}

/** Asks for the whole item of the registry and for the keys of the members, as far as any item can have them. */
function pairsRequest(
  TableName: string,
  { registry, shard }: RegistryShard,
  names: readonly string[],
): TransactGetItemsCommandInput {
  const attributes = keyAttributes(registry);
  const placeholders = ["#pk", "#sk"].slice(0, attributes.length);
  const projection = {
    ProjectionExpression: placeholders.join(", "),
    ExpressionAttributeNames: Object.fromEntries(placeholders.map((name, i) => [name, attributes[i] as string])),
  };
  return {
    TransactItems: [
      { Get: { TableName, Key: registry.keys.registryKey(registry.scope, shard) } },
      ...memberKeys(registry, names).map((Key) => ({ Get: { TableName, Key, ...projection } })),
    ],
    ReturnConsumedCapacity: "TOTAL",
  };
}

function nameOf({ keys }: ScopedRegistry, { Item }: ItemResponse): string[] {
  const address = Item && keys.readMember(Item);
  return address === undefined ? [] : [address.member];
}

/**
 * Whether a transaction may have been refused because its items are more than 4 MB together: the request as a whole is
 * blamed, in words that differ from engine to engine.
 */
export function isTooLarge(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === "ValidationException") return true;
  return error.name === "TransactionCanceledException" && error.message.slice(0, 1_000).includes("ggregate size");
}
