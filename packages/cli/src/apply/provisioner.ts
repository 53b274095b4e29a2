import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { registryKey } from "@rollcall/registry/schema";
import type { TableConnection } from "../connection/connection.ts";

/** Where the limiter's own apply keeps what it manages, beside the registry. */
const SORT_KEY_OF_PROVISIONER = "#PROVISIONER";

/**
 * The resources that the limiter's own provisioner manages, or `undefined` where it keeps no list. The list is that of
 * its last manifest: a name in it may have no default, and an empty one stays when its stack is deleted.
 */
export async function readManaged(
  { client, target: { tableName, namespace } }: TableConnection,
  signal: AbortSignal,
): Promise<ReadonlySet<string> | undefined> {
  const Key = { ...registryKey(namespace), SK: { S: SORT_KEY_OF_PROVISIONER } };
  const get = new GetItemCommand({ TableName: tableName, Key, ConsistentRead: true });
  const { Item } = await client.send(get, { abortSignal: signal });
  return Item && new Set((Item.managed_resources?.L ?? []).flatMap(({ S }) => (S === undefined ? [] : [S])));
}
