import {
  type ItemResponse,
  TransactGetItemsCommand,
  type TransactGetItemsCommandInput,
} from "@aws-sdk/client-dynamodb";
import { itemSizeBytes } from "@rollcall/registry/protocol";
import { isStorableName } from "@rollcall/registry/resources";
import {
  PARTITION_KEY,
  parseResourceKey,
  REGISTRY_ATTRIBUTE,
  registryKey,
  resourceKey,
  SORT_KEY,
} from "@rollcall/registry/schema";
import { claim } from "../claim.ts";
import type { TableReader } from "../repair/membership.ts";

/** Names that fit beside the registry into one TransactGetItems, which takes 100 items. Source: API reference. */
export const NAMES_PER_READ = 99;

/** A registry and defaults of its scope, at one instant. */
export interface Pairs {
  registered: ReadonlySet<string>;
  /** Size of the registry's item in bytes; 0 where there is none. */
  bytes: number;
  /** Those of the names asked for that have a default. */
  existing: ReadonlySet<string>;
  /** What the read cost. */
  readUnits: number;
}

/**
 * Reads a registry together with up to {@link NAMES_PER_READ} defaults, in one transaction.
 *
 * No order of single reads can tell drift from a busy table: between a read that finds the default and one that does not
 * find its name, a delete may have taken both away, and a third read is open to a set that brings both back. The
 * library's writers change both in one transaction, and so one transaction that reads both never sees them disagree.
 * Only clients that change them one by one show up here, while they are between their two writes.
 */
export async function readPairs(
  { client, tableName }: Pick<TableReader, "client" | "tableName">,
  namespace: string | undefined,
  names: readonly string[],
  signal: AbortSignal,
): Promise<Pairs> {
  claim(names.length > 0 && names.length <= NAMES_PER_READ, "a transaction reads 1 to 99 names");
  const command = new TransactGetItemsCommand(pairsRequest(tableName, namespace, names));
  const { Responses = [], ConsumedCapacity = [] } = await client.send(command, { abortSignal: signal });
  const [registry, ...defaults] = Responses;
  return {
    registered: new Set(registry?.Item?.[REGISTRY_ATTRIBUTE]?.SS),
    bytes: registry?.Item === undefined ? 0 : itemSizeBytes(registry.Item),
    existing: new Set(defaults.flatMap(nameOf)),
    readUnits: ConsumedCapacity.reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0),
  };
}

/** Asks for the whole registry and for the keys of the defaults, as far as any item can have them. */
function pairsRequest(
  TableName: string,
  namespace: string | undefined,
  names: readonly string[],
): TransactGetItemsCommandInput {
  const keys = names.filter((name) => isStorableName(name, namespace)).map((name) => resourceKey(name, namespace));
  return {
    TransactItems: [
      { Get: { TableName, Key: registryKey(namespace) } },
      ...keys.map((Key) => ({
        Get: {
          TableName,
          Key,
          ProjectionExpression: "#pk, #sk",
          ExpressionAttributeNames: { "#pk": PARTITION_KEY, "#sk": SORT_KEY },
        },
      })),
    ],
    ReturnConsumedCapacity: "TOTAL",
  };
}

function nameOf({ Item }: ItemResponse): string[] {
  const address = Item && parseResourceKey(Item);
  return address === undefined ? [] : [address.resource];
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
