import { DeleteItemCommand, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { registryKey, resourceKey } from "@rollcall/registry/schema";
import { defaultItem, NAMESPACE } from "../tables/items.ts";
import type { TableAddress } from "../tables/table-address.ts";
import { registryChange } from "./registry-change.ts";
import type { Writer } from "./writer.ts";

/**
 * The default first and its name after it, as the limiter does: what ends between the two calls leaves drift permanently.
 * An update is a set again, for it does not know whether the name is listed.
 */
export function twoCallWriter({ client, tableName: TableName }: TableAddress): Writer {
  const list = (action: "ADD" | "DELETE", name: string) =>
    client.send(new UpdateItemCommand({ TableName, Key: registryKey(NAMESPACE), ...registryChange(action, name) }));
  const set = async (name: string) => {
    await client.send(new PutItemCommand({ TableName, Item: defaultItem(name) }));
    await list("ADD", name);
  };
  return {
    create: set,
    update: set,
    async delete(name) {
      await client.send(new DeleteItemCommand({ TableName, Key: resourceKey(name, NAMESPACE) }));
      await list("DELETE", name);
    },
  };
}
