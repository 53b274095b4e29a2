import { type DynamoDBClient, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import { registrySet } from "@rollcall/registry/internal";
import {
  assertAnswered,
  assertKnownOptions,
  GroupCommit,
  MemberRefusedError,
  retryRefused,
} from "@rollcall/registry/protocol";
import { isNamespaceId, resources } from "@rollcall/registry/resources";
import { REGISTRY_ATTRIBUTE, registryKey, resourceKey } from "@rollcall/registry/schema";
import type { TableReader } from "../repair/membership.ts";
import { withTable } from "../repair/with-table.ts";
import { purgedCheck } from "./namespace-state.ts";

/** Options of {@link purgeLeftovers}. */
export interface PurgeOptions {
  /** Name or ARN of the table. */
  tableName: string;
  /** A client to use. It stays yours. Default: one with the SDK's own configuration, for the time of the call. */
  client?: Pick<DynamoDBClient, "send"> | undefined;
  /** Id of the namespace that was purged. */
  namespace: string;
  /** Names whose defaults to delete, as an audit reports them. */
  names: readonly string[];
  /** Ends the call early: it rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** What became of the leftovers of a namespace. */
export type Purge =
  /** Their defaults are gone, and the registry too if it listed no other name. */
  | { kind: "purged" }
  /** The directory has the namespace: what it holds are no leftovers. So many names were deleted before it had it. */
  | { kind: "registered"; deleted: number };

const KNOWN_OPTIONS = {
  tableName: true,
  client: true,
  namespace: true,
  names: true,
  signal: true,
} satisfies Record<keyof PurgeOptions, true>;

/**
 * Deletes what the limiter's purge left of a namespace: the defaults of these names, and the registry where it lists no
 * other name. Each deletion checks in its own transaction that the limiter's directory does not have the namespace, and
 * keeps the registry, where there is one, in step. Deleting a name that has gone succeeds.
 *
 * Whether the table has a directory at all is not asked: pass what an {@link audit} reports as leftovers.
 *
 * @throws ContentionError, MalformedItemError for a registry that is no string set, the signal's reason, or the SDK's own
 *   error; TypeError for an unknown option, a missing one, or a namespace that is no id of the limiter's
 *
 * @example
 * ```ts
 * import { audit, purgeLeftovers } from "@rollcall/maintainer";
 *
 * for (const { scope, leftovers } of await audit({ tableName: "limits", allScopes: true })) {
 *   if (scope !== null && leftovers.length > 0) {
 *     await purgeLeftovers({ tableName: "limits", namespace: scope, names: leftovers });
 *   }
 * }
 * ```
 */
export async function purgeLeftovers(options: PurgeOptions): Promise<Purge> {
  assertKnownOptions(KNOWN_OPTIONS, options);
  const { tableName, namespace, names, signal = new AbortController().signal } = options;
  if (!tableName) throw new TypeError("tableName is missing: pass the name of the leftovers' table.");
  if (typeof namespace !== "string" || !isNamespaceId(namespace)) {
    throw new TypeError(`namespace is ${JSON.stringify(namespace)}; use an id as the limiter makes them.`);
  }
  const isPurged = purgedCheck(tableName, namespace);
  const set = registrySet({ definition: resources, tableName, scope: namespace });
  return await withTable(options, async (table): Promise<Purge> => {
    const commit = new GroupCommit(table.client, set, table.retry);
    for (const [deleted, member] of names.entries()) {
      const item = { Delete: { TableName: tableName, Key: resourceKey(member, namespace) } };
      const isGone = await commit.submit({ member, change: "remove", actions: [item, isPurged] }, signal).then(
        () => true,
        (error: unknown) => isPurgedAfter(error),
      );
      if (!isGone) return { kind: "registered", deleted };
    }
    await deleteEmptyRegistry(table, namespace, signal);
    return { kind: "purged" };
  });
}

/** Returns `false` for the refusal that says that the namespace is registered, and throws any other. */
function isPurgedAfter(error: unknown): false {
  if (error instanceof MemberRefusedError && error.reason.Code === "ConditionalCheckFailed") return false;
  throw error;
}

/** Deletes the registry's item if it lists nothing. One that lists something, or a namespace that is back, is left alone. */
async function deleteEmptyRegistry(table: TableReader, namespace: string, signal: AbortSignal): Promise<void> {
  const { client, tableName, retry } = table;
  const deletion = {
    TableName: tableName,
    Key: registryKey(namespace),
    ConditionExpression: "attribute_not_exists(#set)",
    ExpressionAttributeNames: { "#set": REGISTRY_ATTRIBUTE },
  };
  const command = new TransactWriteItemsCommand({
    TransactItems: [{ Delete: deletion }, purgedCheck(tableName, namespace)],
  });
  try {
    assertAnswered(await retryRefused(retry, () => client.send(command, { abortSignal: signal }), signal));
  } catch (error) {
    const { CancellationReasons: reasons = [] } = error as { CancellationReasons?: { Code?: string }[] };
    if (!reasons.some(({ Code }) => Code === "ConditionalCheckFailed")) throw error;
  }
}
