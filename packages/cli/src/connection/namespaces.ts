import { type AttributeValue, GetItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import { NamespaceNotFoundError, namespaceId } from "@rollcall/registry";
import {
  DIRECTORY_PARTITION,
  isGone,
  NAMESPACE_NAME_PREFIX,
  namespaceIdKey,
  namespaceNameKey,
} from "@rollcall/registry/resources";
import { type ItemKey, PARTITION_KEY, registryKey, SORT_KEY } from "@rollcall/registry/schema";
import { printable, quoted } from "../terminal/printable.ts";
import type { TableConnection } from "./connection.ts";

/** The limiter's index of everything that a namespace has. */
const NAMESPACE_INDEX = "GSI4";

type Table = Pick<TableConnection, "client" | "target">;

/**
 * The id of a namespace by its name, or `undefined` where the table keeps no directory of names at all.
 *
 * @throws NamespaceNotFoundError where the directory has no such name
 */
export async function idInDirectory(table: Table, name: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    return await namespaceId(table.client, table.target.tableName, name, { signal });
  } catch (error) {
    if (!(error instanceof NamespaceNotFoundError) || (await hasDirectory(table, signal))) throw error;
    return undefined;
  }
}

/** The name of the namespace at hand, where it has one in the limiter's directory. */
export async function nameInDirectory(table: Table, signal: AbortSignal): Promise<string | undefined> {
  const { namespace } = table.target;
  const entry = namespace === undefined ? undefined : await read(table, namespaceIdKey(namespace), signal);
  return entry === undefined || isGone(entry) ? undefined : entry.namespace_name?.S;
}

/**
 * What a user should know of the keys at hand, on a table whose limiter keeps a directory of namespaces: that nothing
 * else reads flat keys there, or that an id is none. Never rejects: it is advice, and what refuses these reads, for want
 * of permission say, is no reason to end a command that needs none of them.
 */
export async function namespaceWarnings(table: Table, signal: AbortSignal): Promise<string[]> {
  try {
    if (!(await hasDirectory(table, signal))) return [];
    const { tableName, namespace } = table.target;
    if (namespace !== undefined) return await warnOfId(table, namespace, signal);
    return [
      `Warning: table ${tableName} keeps a directory of namespaces, and there the limiter reads no flat keys: pass ` +
        "--namespace-name NAME, or --namespace ID.",
    ];
  } catch {
    return [];
  }
}

async function warnOfId(table: Table, id: string, signal: AbortSignal): Promise<string[]> {
  const [byId, byName, registry, isIndexed] = await Promise.all([
    read(table, namespaceIdKey(id), signal),
    read(table, namespaceNameKey(id), signal),
    read(table, registryKey(id), signal),
    hasIndexed(table, id, signal),
  ]);
  if (byId !== undefined && isGone(byId)) {
    return [`Warning: namespace ${printable(id)} is ${byId.status?.S} in the limiter's directory.`];
  }
  if (byId !== undefined || registry !== undefined || isIndexed) return [];
  const what = `Warning: table ${table.target.tableName} has no namespace with the id ${quoted(id)}`;
  const named = byName !== undefined && !isGone(byName) ? byName.namespace_id?.S : undefined;
  if (named === undefined) return [`${what}: keys hold ids; for a namespace by its name, pass --namespace-name NAME.`];
  return [
    `${what}; one has it as its name: pass --namespace-name ${printable(id)}, or --namespace ${printable(named)}.`,
  ];
}

async function hasDirectory({ client, target }: Table, signal: AbortSignal): Promise<boolean> {
  const query = new QueryCommand({
    TableName: target.tableName,
    KeyConditionExpression: "#pk = :directory AND begins_with(#sk, :names)",
    ExpressionAttributeNames: { "#pk": PARTITION_KEY, "#sk": SORT_KEY },
    ExpressionAttributeValues: { ":directory": { S: DIRECTORY_PARTITION }, ":names": { S: NAMESPACE_NAME_PREFIX } },
    Limit: 1,
  });
  const { Items = [] } = await client.send(query, { abortSignal: signal });
  return Items.length > 0;
}

async function read(
  { client, target }: Table,
  Key: ItemKey,
  signal: AbortSignal,
): Promise<Record<string, AttributeValue> | undefined> {
  const { Item } = await client.send(new GetItemCommand({ TableName: target.tableName, Key }), { abortSignal: signal });
  return Item;
}

/** Whether the index has something of a namespace. A table need not have it, nor a user permission to read it. */
async function hasIndexed({ client, target }: Table, id: string, signal: AbortSignal): Promise<boolean> {
  const query = new QueryCommand({
    TableName: target.tableName,
    IndexName: NAMESPACE_INDEX,
    KeyConditionExpression: "#pk = :id",
    ExpressionAttributeNames: { "#pk": `${NAMESPACE_INDEX}PK` },
    ExpressionAttributeValues: { ":id": { S: id } },
    Limit: 1,
  });
  const found = client.send(query, { abortSignal: signal });
  return found.then(({ Items = [] }) => Items.length > 0).catch(() => false);
}
