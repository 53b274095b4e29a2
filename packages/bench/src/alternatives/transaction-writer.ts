import { TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import { registryKey, resourceKey } from "@rollcall/registry/schema";
import { defaultItem, NAMESPACE } from "../tables/items.ts";
import type { TableAddress } from "../tables/table-address.ts";
import { registryChange } from "./registry-change.ts";
import type { Writer } from "./writer.ts";

/** A transaction for every write, and nothing else: the SDK does not retry one that met a conflict, and neither does this. */
export function transactionWriter({ client, tableName: TableName }: TableAddress): Writer {
  const Key = registryKey(NAMESPACE);
  const set = (name: string) =>
    client.send(
      new TransactWriteItemsCommand({
        TransactItems: [
          { Put: { TableName, Item: defaultItem(name) } },
          { Update: { TableName, Key, ...registryChange("ADD", name) } },
        ],
      }),
    );
  return {
    create: set,
    update: set,
    delete: (name) =>
      client.send(
        new TransactWriteItemsCommand({
          TransactItems: [
            { Delete: { TableName, Key: resourceKey(name, NAMESPACE) } },
            { Update: { TableName, Key, ...registryChange("DELETE", name) } },
          ],
        }),
      ),
  };
}
