import { BatchGetItemCommand, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { parseResourceKey, REGISTRY_ATTRIBUTE, registryKey, resourceKey } from "@rollcall/registry/schema";
import { NAMESPACE } from "./items.ts";
import type { TableAddress } from "./table-address.ts";

/** BatchGetItem's most keys. */
const BATCH_KEYS = 100;

/** How many of the names are missing or orphaned, now that nobody writes. */
export async function countDrift({ client, tableName }: TableAddress, names: readonly string[]): Promise<number> {
  const { Item } = await client.send(
    new GetItemCommand({ TableName: tableName, Key: registryKey(NAMESPACE), ConsistentRead: true }),
  );
  const listed = new Set(Item?.[REGISTRY_ATTRIBUTE]?.SS);
  const existing = new Set<string>();
  for (let from = 0; from < names.length; from += BATCH_KEYS) {
    const Keys = names.slice(from, from + BATCH_KEYS).map((name) => resourceKey(name, NAMESPACE));
    const { Responses } = await client.send(
      new BatchGetItemCommand({ RequestItems: { [tableName]: { Keys, ConsistentRead: true } } }),
    );
    for (const item of Responses?.[tableName] ?? []) existing.add(parseResourceKey(item)?.resource ?? "");
  }
  return names.filter((name) => listed.has(name) !== existing.has(name)).length;
}
