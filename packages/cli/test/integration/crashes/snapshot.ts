import {
  type DynamoDBClient,
  type ItemResponse,
  TransactGetItemsCommand,
  TransactionCanceledException,
} from "@aws-sdk/client-dynamodb";
import { registryKey, resourceKey } from "@rollcall/registry/schema";

/** No drift, as a snapshot and `readDrift` have it. */
export const NO_DRIFT = { missing: [], orphaned: [] };

/** A registry and its defaults at one instant. */
export interface Snapshot {
  /** The capacity of the limit `rpm` of every name that has a default. */
  capacities: Map<string, number>;
  drift: { missing: string[]; orphaned: string[] };
}

/**
 * Reads the registry and all the names a test writes in one transaction: right at any instant, beside any writer,
 * which a Scan is not.
 */
export async function takeSnapshot(
  client: DynamoDBClient,
  TableName: string,
  names: readonly string[],
  namespace?: string,
): Promise<Snapshot> {
  const keys = [registryKey(namespace), ...names.map((name) => resourceKey(name, namespace))];
  const TransactItems = keys.map((Key) => ({ Get: { TableName, Key } }));
  const Responses = await readUnheld(client, new TransactGetItemsCommand({ TransactItems }));
  const [registry, ...defaults] = Responses.map(({ Item }) => Item);
  const registered = new Set(registry?.resources?.SS);
  const capacities = new Map<string, number>();
  for (const [i, name] of names.entries()) {
    const item = defaults[i];
    if (item !== undefined) capacities.set(name, Number(item.l_rpm_cp?.N));
  }
  const existing = new Set(capacities.keys());
  return {
    capacities,
    drift: { missing: [...existing.difference(registered)], orphaned: [...registered.difference(existing)] },
  };
}

/** What a writer's transaction holds at the moment cannot be read in one: it is read again. */
async function readUnheld(client: DynamoDBClient, command: TransactGetItemsCommand): Promise<ItemResponse[]> {
  for (;;) {
    try {
      return (await client.send(command)).Responses ?? [];
    } catch (error) {
      const reasons = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
      if (!reasons.some(({ Code }) => Code === "TransactionConflict")) throw error;
    }
  }
}
