import { type DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { defineRegistry, type RegistryDefinition, shardOf } from "@rollcall/registry";
import { registryKeys } from "@rollcall/registry/internal";
import { tenants } from "./members.ts";

/** The members of the bench, in a registry of so many shards. */
export function tenantsIn(shards: number): RegistryDefinition {
  if (shards === 1) return tenants;
  return defineRegistry({ ...tenants, registry: { ...tenants.registry, sort: "#TENANTS#{shard}", shards } });
}

/** Puts a registry that names just these. */
export async function putShards(
  client: DynamoDBClient,
  TableName: string,
  definition: RegistryDefinition,
  names: readonly string[],
): Promise<void> {
  const { shards = 1, attribute } = definition.registry;
  const keys = registryKeys(definition);
  for (const [shard, listed] of Map.groupBy(names, (name) => shardOf(name, shards))) {
    const Item = { ...keys.registryKey(undefined, shard), [attribute]: { SS: listed } };
    await client.send(new PutItemCommand({ TableName, Item }));
  }
}
