import { type DynamoDBClient, type TransactWriteItem, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { MalformedItemError, RegistryFullError } from "@rollcall/registry";
import { registrySet } from "@rollcall/registry/internal";
import {
  GroupCommit,
  isConditionFailure,
  MemberRefusedError,
  type MemberWrite,
  type RetryPolicy,
  retryRefused,
  SetAbsentError,
} from "@rollcall/registry/protocol";
import { limiterNamespace, readNamespaceState, registeredCheck } from "../limiter/namespace-state.ts";
import { homeShard, isStorable, type ScopedRegistry } from "../registries/table-registries.ts";

/** Names that look wrong in one registry. */
export interface Drift {
  /** Their item was there, and the registry did not list them. */
  missing: readonly string[];
  /** The registry listed them, and there was no item. */
  orphaned: readonly string[];
}

/** Names by the shard that lists them and that should never list them. */
export type StrayNames = ReadonlyMap<number, readonly string[]>;

/** What became of a suspect. */
export type Repair =
  /** The registry was wrong about it, and is not any more. */
  | { kind: "repaired" }
  /** The truth is newer than the suspicion: there was nothing to repair. */
  | { kind: "dropped" }
  /** It can never be repaired as things are: a full registry, or one that is no set. */
  | { kind: "unrepairable"; error: unknown }
  /** Its item is what the limiter's purge left of a namespace. The registry is gone permanently, so it stays unlisted. */
  | { kind: "leftover" }
  /** It was not repaired this time. */
  | { kind: "failed"; error: unknown };

/** A registry of a table, and how refused requests are retried there. */
export interface ReconcileTarget {
  client: Pick<DynamoDBClient, "send">;
  tableName: string;
  registry: ScopedRegistry;
  retry: RetryPolicy;
  /** Whether the registry was not there when it was last read: it spares an attempt, and decides nothing. Default `false`. */
  wasAbsent?: boolean | undefined;
}

/**
 * Decides suspects, and repairs those that are drift, each in the shard where its name belongs. Every repair checks in
 * its own transaction that it is still called for: that the item exists for a name it adds, that there is none for a name
 * it removes, and then only from a registry that exists, so that a purged scope stays purged. In a namespace of the
 * limiter's, names are added to a registry that exists, too, and it is created again only if the directory has the namespace:
 * see {@link recreateRegistry}. Any number of them may run concurrently, at any time. Never rejects.
 */
export async function reconcile(
  target: ReconcileTarget,
  drift: Drift,
  signal: AbortSignal,
): Promise<Map<string, Repair>> {
  const { registry } = target;
  const mustExist = limiterNamespace(registry) !== undefined;
  const commitsOf = groupCommits(target, mustExist);
  const outcomes = new Map<string, Repair>();
  const unlisted: string[] = mustExist && target.wasAbsent ? [...drift.missing] : [];
  const decide = async (name: string, change: MemberWrite["change"]): Promise<void> => {
    const outcome = await decideName(commitsOf(name), checkedChange(target, name, change), signal);
    if (outcome.kind === "absent") unlisted.push(name);
    else outcomes.set(name, outcome);
  };
  const decideUnstorable = async (names: readonly string[]): Promise<void> => {
    const strays = Map.groupBy(names, (name) => homeShard(registry, name));
    for (const [name, outcome] of await removeStrays(target, strays, signal)) outcomes.set(name, outcome);
  };
  const { storable = [], unstorable = [] } = Object.groupBy(drift.orphaned, (name) =>
    isStorable(registry, name) ? "storable" : "unstorable",
  );
  await Promise.all([
    ...(unlisted.length > 0 ? [] : drift.missing.map((name) => decide(name, "add"))),
    ...storable.map((name) => decide(name, "remove")),
    ...(unstorable.length > 0 ? [decideUnstorable(unstorable)] : []),
  ]);
  if (unlisted.length > 0) await recreateRegistry(target, unlisted, outcomes, signal);
  return outcomes;
}

/** Decides one name. `absent`: it is to be added to a registry that must exist, and does not. */
async function decideName(
  commit: GroupCommit,
  write: MemberWrite,
  signal: AbortSignal,
): Promise<Repair | { kind: "absent" }> {
  try {
    const { setExists } = await commit.submit(write, signal);
    return { kind: write.change === "remove" && !setExists ? "dropped" : "repaired" };
  } catch (error) {
    return error instanceof SetAbsentError ? { kind: "absent" } : judge(error);
  }
}

/**
 * Adds names whose registry is not there, if what the limiter's directory says allows it to be made. What it says is
 * checked in the transaction that makes it, so that a purge which begins meanwhile is not undone; the further names go
 * the way of any registry that exists.
 */
async function recreateRegistry(
  target: ReconcileTarget,
  names: readonly string[],
  outcomes: Map<string, Repair>,
  signal: AbortSignal,
): Promise<void> {
  const { tableName, registry } = target;
  const setRest = (from: number, outcome: Repair): void => {
    for (const name of names.slice(from)) outcomes.set(name, outcome);
  };
  const commitsOf = groupCommits(target, false);
  const add = (name: string, ...also: TransactWriteItem[]) => {
    const { actions, ...write } = checkedChange(target, name, "add");
    return decideName(commitsOf(name), { ...write, actions: [...actions, ...also] }, signal) as Promise<Repair>;
  };
  const state = await readNamespaceState(target, registry, signal).catch((error: unknown) => judge(error));
  if (state === "purged") return setRest(0, { kind: "leftover" });
  if (state === "literal") {
    await Promise.all(names.map(async (name) => outcomes.set(name, await add(name))));
    return;
  }
  if (state !== "registered") return setRest(0, state);
  const isRegistered = registeredCheck(tableName, registry.scope as string);
  for (const [i, name] of names.entries()) {
    const outcome = await add(name, isRegistered);
    outcomes.set(name, outcome);
    if (outcome.kind === "leftover" || outcome.kind === "failed") return setRest(i, outcome);
    if (outcome.kind !== "repaired") continue;
    const rest = { missing: names.slice(i + 1), orphaned: [] };
    for (const [each, repair] of await reconcile({ ...target, wasAbsent: false }, rest, signal))
      outcomes.set(each, repair);
    return;
  }
}

/** Takes names off shards in which they can never be right. Never rejects. */
export async function removeStrays(
  target: ReconcileTarget,
  strays: StrayNames,
  signal: AbortSignal,
): Promise<Map<string, Repair>> {
  const outcomes = new Map<string, Repair>();
  const removals = [...strays].map(async ([shard, names]) => {
    const outcome = await removeNames(target, shard, names, signal).catch(judge);
    for (const name of names) outcomes.set(name, worse(outcomes.get(name), outcome));
  });
  await Promise.all(removals);
  return outcomes;
}

/** One group commit for every shard that is written. */
function groupCommits(
  { client, tableName, registry, retry }: ReconcileTarget,
  mustExist: boolean,
): (name: string) => GroupCommit {
  const { definition, scope } = registry;
  const commits = new Map<number, GroupCommit>();
  return (name) => {
    const shard = homeShard(registry, name);
    const known = commits.get(shard);
    if (known !== undefined) return known;
    const commit = new GroupCommit(
      client,
      { ...registrySet({ definition, tableName, scope }, shard), mustExist },
      retry,
    );
    commits.set(shard, commit);
    return commit;
  };
}

/** A change of the list on condition that it is right. */
function checkedChange(
  { tableName, registry: { keys, scope } }: ReconcileTarget,
  member: string,
  change: MemberWrite["change"],
): MemberWrite {
  const check = {
    TableName: tableName,
    Key: keys.memberKey(member, scope),
    ConditionExpression: change === "add" ? "attribute_exists(#pk)" : "attribute_not_exists(#pk)",
    ExpressionAttributeNames: { "#pk": keys.key.partition },
  };
  return { member, change, actions: [{ ConditionCheck: check }] };
}

function judge(error: unknown): Repair {
  if (error instanceof MemberRefusedError) {
    if (error.reason.Code !== "ConditionalCheckFailed") return { kind: "unrepairable", error };
    return { kind: error.index === 0 ? "dropped" : "leftover" }; // of the item itself, or of its namespace
  }
  const isPermanent =
    error instanceof RegistryFullError ||
    error instanceof MalformedItemError ||
    (error instanceof Error && error.name === "ValidationException");
  return { kind: isPermanent ? "unrepairable" : "failed", error };
}

const BY_SEVERITY = ["dropped", "leftover", "repaired", "unrepairable", "failed"] satisfies Repair["kind"][];

/** Of a name that several shards list, what is still to be done counts. */
function worse(one: Repair | undefined, another: Repair): Repair {
  if (one === undefined) return another;
  return BY_SEVERITY.indexOf(one.kind) > BY_SEVERITY.indexOf(another.kind) ? one : another;
}

/**
 * Takes names off one shard that are too long for any item to have, or that belong into another: nothing needs to be
 * checked but that the registry's item is there. All go in one request, for each costs as much as that item is large;
 * the item limit keeps them small enough.
 */
async function removeNames(
  { client, tableName, registry, retry }: ReconcileTarget,
  shard: number,
  names: readonly string[],
  signal: AbortSignal,
): Promise<Repair> {
  const { definition, keys, scope } = registry;
  const update = new UpdateItemCommand({
    TableName: tableName,
    Key: keys.registryKey(scope, shard),
    UpdateExpression: "DELETE #set :members",
    ConditionExpression: "attribute_exists(#pk)",
    ExpressionAttributeNames: { "#set": definition.registry.attribute, "#pk": keys.key.partition },
    ExpressionAttributeValues: { ":members": { SS: [...names] } },
  });
  try {
    await retryRefused(retry, () => client.send(update, { abortSignal: signal }), signal);
    return { kind: "repaired" };
  } catch (error) {
    if (isConditionFailure(error)) return { kind: "dropped" };
    throw error;
  }
}
