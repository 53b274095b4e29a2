import { GetItemCommand, QueryCommand, type TransactWriteItem } from "@aws-sdk/client-dynamodb";
import { assertAnswered, retryRefused } from "@rollcall/registry/protocol";
import { DIRECTORY_PARTITION, isNamespaceId, namespaceIdKey } from "@rollcall/registry/resources";
import { PARTITION_KEY } from "@rollcall/registry/schema";
import type { ScopedRegistry } from "../registries/table-registries.ts";
import type { TableReader } from "../repair/membership.ts";

/** What the limiter's directory says of a namespace; it decides whether a repair may make its registry again. */
export type NamespaceState =
  /** It is no random id of the limiter's, or the table keeps no directory: a registry may be made at any time. */
  | "literal"
  /** The directory has it. One that is marked as deleted can be recovered, so it counts. */
  | "registered"
  /** A purge of it is in progress, or over: what is left of it is made no registry. */
  | "purged";

/** The namespace of a registry, where it has the form of the limiter's ids: only there a directory matters. */
export function limiterNamespace({ isResources, scope }: Pick<ScopedRegistry, "isResources" | "scope">) {
  return isResources && scope !== undefined && isNamespaceId(scope) ? scope : undefined;
}

/**
 * Looks a registry's namespace up in the directory: at most two requests, of one read unit each, strongly consistent.
 * Throws as any read of the repair.
 */
export async function readNamespaceState(
  table: TableReader,
  registry: Pick<ScopedRegistry, "isResources" | "scope">,
  signal: AbortSignal,
): Promise<NamespaceState> {
  const id = limiterNamespace(registry);
  if (id === undefined) return "literal";
  const { client, tableName, retry } = table;
  const get = new GetItemCommand({ TableName: tableName, Key: namespaceIdKey(id), ConsistentRead: true });
  const read = () => client.send(get, { abortSignal: signal });
  const { Item } = assertAnswered(await retryRefused(retry, read, signal));
  if (Item !== undefined) return Item.status?.S === "purging" ? "purged" : "registered";
  return (await hasDirectory(table, signal)) ? "purged" : "literal";
}

/** Whether the table keeps a directory of namespaces. */
async function hasDirectory({ client, tableName, retry }: TableReader, signal: AbortSignal): Promise<boolean> {
  const query = new QueryCommand({
    TableName: tableName,
    KeyConditionExpression: "#pk = :directory",
    ExpressionAttributeNames: { "#pk": PARTITION_KEY },
    ExpressionAttributeValues: { ":directory": { S: DIRECTORY_PARTITION } },
    ConsistentRead: true,
    Limit: 1,
  });
  const read = () => client.send(query, { abortSignal: signal });
  const { Items = [] } = assertAnswered(await retryRefused(retry, read, signal));
  return Items.length > 0;
}

/** The check, for a transaction that makes a registry, that its namespace is registered and no purge is in progress. */
export function registeredCheck(tableName: string, namespace: string): TransactWriteItem {
  return {
    ConditionCheck: {
      TableName: tableName,
      Key: namespaceIdKey(namespace),
      ConditionExpression: "attribute_exists(#pk) AND (attribute_not_exists(#status) OR #status <> :purging)",
      ExpressionAttributeNames: { "#pk": PARTITION_KEY, "#status": "status" },
      ExpressionAttributeValues: { ":purging": { S: "purging" } },
    },
  };
}

/** The check, for a transaction that deletes what a purge left, that the directory does not have the namespace. */
export function purgedCheck(tableName: string, namespace: string): TransactWriteItem {
  return {
    ConditionCheck: {
      TableName: tableName,
      Key: namespaceIdKey(namespace),
      ConditionExpression: "attribute_not_exists(#pk)",
      ExpressionAttributeNames: { "#pk": PARTITION_KEY },
    },
  };
}
