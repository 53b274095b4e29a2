import { type CancellationReason, type ItemResponse, TransactGetItemsCommand } from "@aws-sdk/client-dynamodb";
import { Backoff } from "@rollcall/registry/protocol";
import { isStorableName } from "@rollcall/registry/resources";
import {
  PARTITION_KEY,
  parseResourceKey,
  REGISTRY_ATTRIBUTE,
  registryKey,
  resourceKey,
  SORT_KEY,
} from "@rollcall/registry/schema";
import type { TableReader } from "../repair/membership.ts";

/** Names that fit beside the registry into one TransactGetItems, which takes 100 items. Source: API reference. */
export const NAMES_PER_READ = 99;

/** A registry and defaults of its namespace, at one instant. */
export interface Pairs {
  registered: ReadonlySet<string>;
  /** Those of the names asked for that have a default. */
  existing: ReadonlySet<string>;
  /** What the read cost. */
  readUnits: number;
}

const BUSY: ReadonlySet<string | undefined> = new Set([
  "TransactionConflict",
  "ThrottlingError",
  "ProvisionedThroughputExceeded",
]);

/**
 * Reads a registry together with up to {@link NAMES_PER_READ} defaults, in one transaction.
 *
 * No order of single reads can tell drift from a busy table: between a read that finds the default and one that does not
 * find its name, a delete may have taken both away, and a third read is open to a set that brings both back. The
 * library's writers change both in one transaction, and so one transaction that reads both never sees them disagree.
 * Only clients that change them one by one show up here, while they are between their two writes.
 *
 * @throws ContentionError when writers kept the items busy for the whole of the retry policy's time
 */
export async function readPairs(
  { client, tableName, retry }: TableReader,
  namespace: string | undefined,
  names: readonly string[],
  signal: AbortSignal,
): Promise<Pairs> {
  const keys = names.filter((name) => isStorableName(name, namespace)).map((name) => resourceKey(name, namespace));
  const command = new TransactGetItemsCommand({
    TransactItems: [
      { Get: { TableName: tableName, Key: registryKey(namespace) } },
      ...keys.map((Key) => ({
        Get: {
          TableName: tableName,
          Key,
          ProjectionExpression: "#pk, #sk",
          ExpressionAttributeNames: { "#pk": PARTITION_KEY, "#sk": SORT_KEY },
        },
      })),
    ],
    ReturnConsumedCapacity: "TOTAL",
  });
  for (const backoff = new Backoff(retry); ; ) {
    try {
      const { Responses = [], ConsumedCapacity = [] } = await client.send(command, { abortSignal: signal });
      const [registry, ...defaults] = Responses;
      return {
        registered: new Set(registry?.Item?.[REGISTRY_ATTRIBUTE]?.SS),
        existing: new Set(defaults.flatMap(nameOf)),
        readUnits: ConsumedCapacity.reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0),
      };
    } catch (error) {
      if (!isBusy(error)) throw error;
      await backoff.wait(error, signal);
    }
  }
}

function nameOf({ Item }: ItemResponse): string[] {
  const address = Item && parseResourceKey(Item);
  return address === undefined ? [] : [address.resource];
}

/** Cancelled for nothing but writers that were there first, or throttling. */
function isBusy(error: unknown): boolean {
  if (!(error instanceof Error) || error.name !== "TransactionCanceledException") return false;
  const { CancellationReasons: reasons = [] } = error as { CancellationReasons?: CancellationReason[] };
  return reasons.some(({ Code }) => BUSY.has(Code)) && reasons.every(({ Code }) => Code === "None" || BUSY.has(Code));
}
