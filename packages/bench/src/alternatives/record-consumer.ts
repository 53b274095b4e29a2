import { GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { parseResourceKey, REGISTRY_ATTRIBUTE, registryKey, resourceKey } from "@rollcall/registry/schema";
import type { DynamoDBStreamEvent } from "aws-lambda";
import type { TableAddress } from "../tables/table-address.ts";
import { registryChange } from "./registry-change.ts";

/**
 * A stream consumer as it is usually written: for each record of a default it reads the default and the registry, and
 * writes the registry if it is wrong. It does not look at records of the registry, and what it writes may be out of
 * date by then: it can leave drift, and make it.
 *
 * @param onRepaired hears of every name whose listing it changed
 */
export function recordConsumer(
  { client, tableName: TableName }: TableAddress,
  onRepaired = (_name: string): void => {},
) {
  return async ({ Records }: DynamoDBStreamEvent): Promise<void> => {
    for (const { dynamodb } of Records) {
      const address = parseResourceKey(dynamodb?.Keys ?? {});
      if (address === undefined) continue;
      const { resource, namespace } = address;
      const read = async (Key: ReturnType<typeof resourceKey>) =>
        (await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }))).Item;
      const exists = (await read(resourceKey(resource, namespace))) !== undefined;
      const registry = await read(registryKey(namespace));
      const isListed = registry?.[REGISTRY_ATTRIBUTE]?.SS?.includes(resource) ?? false;
      if (exists === isListed) continue;
      const change = registryChange(exists ? "ADD" : "DELETE", resource);
      await client.send(new UpdateItemCommand({ TableName, Key: registryKey(namespace), ...change }));
      onRepaired(resource);
    }
  };
}
