import { type DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { MalformedItemError, RegistryFullError } from "@rollcall/registry";
import {
  GroupCommit,
  isConditionFailure,
  MemberRefusedError,
  type MemberWrite,
  type RetryPolicy,
  retryRefused,
} from "@rollcall/registry/protocol";
import { isStorableName, registrySet } from "@rollcall/registry/resources";
import { PARTITION_KEY, REGISTRY_ATTRIBUTE, registryKey, resourceKey } from "@rollcall/registry/schema";

/** Names that look wrong in one namespace. */
export interface Drift {
  /** Their default was there, and the registry did not list them. */
  missing: readonly string[];
  /** The registry listed them, and there was no default. */
  orphaned: readonly string[];
}

/** What became of a suspect. */
export type Repair =
  /** The registry was wrong about it, and is not any more. */
  | { kind: "repaired" }
  /** The truth is newer than the suspicion: there was nothing to repair. */
  | { kind: "dropped" }
  /** It can never be repaired as things are: a full registry, or one that is no set. */
  | { kind: "unrepairable"; error: unknown }
  /** It was not repaired this time. */
  | { kind: "failed"; error: unknown };

/** A table, and how refused requests are retried there. */
export interface ReconcileTarget {
  client: Pick<DynamoDBClient, "send">;
  tableName: string;
  namespace: string | undefined;
  retry: RetryPolicy;
}

/**
 * Decides suspects, and repairs those that are drift. Every repair checks in its own transaction that it is still
 * called for: that the default exists for a name it adds, that there is none for a name it removes, and then only from
 * a registry that exists, so that a purged namespace stays purged. Any number of them may run concurrently, at any time.
 * Never rejects.
 */
export async function reconcile(
  target: ReconcileTarget,
  drift: Drift,
  signal: AbortSignal,
): Promise<Map<string, Repair>> {
  const { client, tableName, namespace, retry } = target;
  const commits = new GroupCommit(client, registrySet({ tableName, namespace }), retry);
  const check = (member: string, change: MemberWrite["change"]): MemberWrite => ({
    member,
    change,
    actions: [
      {
        ConditionCheck: {
          TableName: tableName,
          Key: resourceKey(member, namespace),
          ConditionExpression: change === "add" ? "attribute_exists(#pk)" : "attribute_not_exists(#pk)",
          ExpressionAttributeNames: { "#pk": PARTITION_KEY },
        },
      },
    ],
  });
  const outcomes = new Map<string, Repair>();
  const decide = async (name: string, change: MemberWrite["change"]): Promise<void> => {
    try {
      const { setExists } = await commits.submit(check(name, change), signal);
      outcomes.set(name, { kind: change === "remove" && !setExists ? "dropped" : "repaired" });
    } catch (error) {
      outcomes.set(name, judge(error));
    }
  };
  const decideUnstorable = async (names: string[]): Promise<void> => {
    const outcome = await removeUnstorable(target, names, signal).catch(judge);
    for (const name of names) outcomes.set(name, outcome);
  };
  const { storable = [], unstorable = [] } = Object.groupBy(drift.orphaned, (name) =>
    isStorableName(name, namespace) ? "storable" : "unstorable",
  );
  await Promise.all([
    ...drift.missing.map((name) => decide(name, "add")),
    ...storable.map((name) => decide(name, "remove")),
    ...(unstorable.length > 0 ? [decideUnstorable(unstorable)] : []),
  ]);
  return outcomes;
}

function judge(error: unknown): Repair {
  if (error instanceof MemberRefusedError) {
    return error.reason.Code === "ConditionalCheckFailed" ? { kind: "dropped" } : { kind: "unrepairable", error };
  }
  const isPermanent =
    error instanceof RegistryFullError ||
    error instanceof MalformedItemError ||
    (error instanceof Error && error.name === "ValidationException");
  return { kind: isPermanent ? "unrepairable" : "failed", error };
}

/**
 * Takes names off the registry that are too long for any default to have: nothing needs to be checked but the registry.
 * All go in one request, for each costs as much as the registry is large; the item limit keeps them small enough.
 */
async function removeUnstorable(
  { client, tableName, namespace, retry }: ReconcileTarget,
  names: string[],
  signal: AbortSignal,
): Promise<Repair> {
  const update = new UpdateItemCommand({
    TableName: tableName,
    Key: registryKey(namespace),
    UpdateExpression: "DELETE #set :members",
    ConditionExpression: "attribute_exists(#pk)",
    ExpressionAttributeNames: { "#set": REGISTRY_ATTRIBUTE, "#pk": PARTITION_KEY },
    ExpressionAttributeValues: { ":members": { SS: names } },
  });
  try {
    await retryRefused(retry, () => client.send(update, { abortSignal: signal }), signal);
    return { kind: "repaired" };
  } catch (error) {
    if (isConditionFailure(error)) return { kind: "dropped" };
    throw error;
  }
}
