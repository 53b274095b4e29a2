import { type DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { assertAnswered, assertKnownOptions, isConditionFailure, retryRefused } from "@rollcall/registry/protocol";
import { namespaceIndexKeys, PARTITION_KEY, resourceKey } from "@rollcall/registry/schema";
import { withTable } from "../repair/with-table.ts";

/** Options of {@link restoreIndexKeys}. */
export interface RestoreIndexKeysOptions {
  /** Name or ARN of the table. */
  tableName: string;
  /** A client to use. It stays yours. Default: one with the SDK's own configuration, for the time of the call. */
  client?: Pick<DynamoDBClient, "send"> | undefined;
  /** Id of the namespace. */
  namespace: string;
  /** Names whose defaults lack the keys, as an audit that inspects them reports. */
  names: readonly string[];
  /** Ends the call early: it rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

const KNOWN_OPTIONS = { tableName: true, client: true, namespace: true, names: true, signal: true } satisfies Record<
  keyof RestoreIndexKeysOptions,
  true
>;

/**
 * Gives defaults of a namespace the keys of the limiter's index GSI4 that they lack, so that its purge and its lists find
 * them: the limiter's provisioner writes none. One UpdateItem a name, on condition that the default is there: 1 write
 * unit for every KB of it, and 1 of the index, where the table has one.
 *
 * @returns the names whose defaults have the keys now; the others have no default any more
 * @throws ContentionError, the signal's reason, or the SDK's own error; TypeError for an unknown or a missing option
 *
 * @example
 * ```ts
 * import { audit, restoreIndexKeys } from "@rollcall/maintainer";
 *
 * for (const { scope, flaws } of await audit({ tableName: "limits", allScopes: true, inspect: true })) {
 *   if (scope === null || flaws === undefined) continue;
 *   await restoreIndexKeys({ tableName: "limits", namespace: scope, names: flaws.unindexed });
 * }
 * ```
 */
export async function restoreIndexKeys(options: RestoreIndexKeysOptions): Promise<string[]> {
  assertKnownOptions(KNOWN_OPTIONS, options);
  const { tableName, namespace, names, signal = new AbortController().signal } = options;
  if (!tableName) throw new TypeError("tableName is missing: pass the name of the defaults' table.");
  if (!namespace) throw new TypeError("namespace is missing: flat defaults have no keys of the index.");
  return await withTable(options, async ({ client, retry }) => {
    const restored: string[] = [];
    for (const name of names) {
      const update = new UpdateItemCommand(indexKeysUpdate(tableName, name, namespace));
      try {
        assertAnswered(await retryRefused(retry, () => client.send(update, { abortSignal: signal }), signal));
        restored.push(name);
      } catch (error) {
        if (!isConditionFailure(error)) throw error;
      }
    }
    return restored;
  });
}

function indexKeysUpdate(TableName: string, name: string, namespace: string) {
  const Key = resourceKey(name, namespace);
  const keys = Object.entries(namespaceIndexKeys(Key, namespace));
  return {
    TableName,
    Key,
    UpdateExpression: `SET ${keys.map((_, i) => `#k${i} = :k${i}`).join(", ")}`,
    ConditionExpression: "attribute_exists(#pk)",
    ExpressionAttributeNames: {
      "#pk": PARTITION_KEY,
      ...Object.fromEntries(keys.map(([attribute], i) => [`#k${i}`, attribute])),
    },
    ExpressionAttributeValues: Object.fromEntries(keys.map(([, value], i) => [`:k${i}`, value])),
  };
}
