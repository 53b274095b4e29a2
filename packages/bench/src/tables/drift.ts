import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { batchRead, systemClock } from "@rollcall/registry/protocol";
import { parseResourceKey, REGISTRY_ATTRIBUTE, registryKey, resourceKey } from "@rollcall/registry/schema";
import { NAMESPACE } from "./items.ts";
import type { TableAddress } from "./table-address.ts";

const retry = { clock: systemClock, random: Math.random, contentionTimeoutMs: 10_000 };

/** How many of the names are missing or orphaned, now that no writer runs. */
export async function countDrift({ client, tableName }: TableAddress, names: readonly string[]): Promise<number> {
  const { Item } = await client.send(
    new GetItemCommand({ TableName: tableName, Key: registryKey(NAMESPACE), ConsistentRead: true }),
  );
  const listed = new Set(Item?.[REGISTRY_ATTRIBUTE]?.SS);
  const existing = new Set<string>();
  const keys = names.map((name) => resourceKey(name, NAMESPACE));
  for await (const items of batchRead(client, { tableName, keys, retry })) {
    for (const item of items) existing.add(parseResourceKey(item)?.resource ?? "");
  }
  return names.filter((name) => listed.has(name) !== existing.has(name)).length;
}
