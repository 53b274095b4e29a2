import type { TransactWriteItem } from "@aws-sdk/client-dynamodb";
import type { ActionInput } from "./actions/action.ts";
import { type MemberPlace, memberActions } from "./actions/member-actions.ts";
import { type ItemInput, memberItem } from "./actions/member-item.ts";
import { registryAction, toNativeUpdate } from "./actions/registry-action.ts";
import { type OpenedClient, openClient } from "./client.ts";
import { registryKeys } from "./definition/define-registry.ts";
import { assertFoundName, assertScope, assertWritableName } from "./definition/member-names.ts";
import { shardOf } from "./definition/shards.ts";
import { MemberWrites } from "./member-writes.ts";
import { type ActionOptions, KNOWN_OPTIONS, type RegistryOptions, readContentionTimeout } from "./options.ts";
import { RegistryDisposedError } from "./protocol/errors.ts";
import { assertKnownOptions } from "./protocol/known-options.ts";
import { timingOf } from "./protocol/timing.ts";
import { RegistryReader } from "./registry-reader.ts";
import { type RegistryPlace, registrySet, registrySets } from "./registry-set.ts";
import { sortByCodePoint, withoutRepeats } from "./sort-by-code-point.ts";
import { registryStatus } from "./status.ts";
import type { CallOptions, ReadOptions, RegistryStatus } from "./types.ts";

/**
 * The members of one definition, in one scope of one table: their items, and the registry that names them.
 *
 * A name is in the registry if and only if its item exists: both change in one transaction. Writes that are called
 * while a transaction is in flight are joined into the next one, so share one object between all writers of a process.
 * Calls for one member take effect in the order they were made.
 *
 * Every call may also reject with the AWS SDK's own error, unchanged, when DynamoDB or the network refuses it. Whether
 * a write took effect can then be unknown; every write is idempotent, so call it again.
 *
 * @example
 * ```ts
 * import { defineRegistry, Registry } from "@rollcall/registry";
 *
 * const tenants = defineRegistry({
 *   name: "tenants",
 *   key: { partition: "pk", sort: "sk" },
 *   member: { partition: "TENANT#{member}", sort: "#META" },
 *   registry: { partition: "SYSTEM#", sort: "#TENANTS", attribute: "tenants" },
 * });
 * const registry = new Registry({ definition: tenants, tableName: "app" });
 * await registry.put("acme", { plan: "free" });
 * console.log(await registry.list()); // [ "acme" ]
 * await registry.close();
 * ```
 */
export class Registry implements AsyncDisposable {
  readonly #connection: OpenedClient;
  readonly #place: RegistryPlace;
  readonly #writes: MemberWrites;
  readonly #reader: RegistryReader;
  #isClosed = false;

  /**
   * @throws TypeError for an unknown option, a missing table name, or a time-out that is none
   * @throws InvalidDefinitionError for a definition whose registry could not be kept true
   * @throws InvalidNameError for a scope that is missing or superfluous, or whose keys would not read back
   */
  constructor(options: RegistryOptions) {
    assertKnownOptions(KNOWN_OPTIONS.constructor, options);
    const { definition, tableName, scope } = options;
    const retry = { ...timingOf(options), contentionTimeoutMs: readContentionTimeout(options) };
    if (!tableName)
      throw new TypeError("tableName is missing: pass the name of the table that holds the members' items.");
    assertScope(registryKeys(definition), scope);
    this.#place = { definition, tableName, scope };
    this.#connection = openClient(options);
    const sets = registrySets(this.#place);
    this.#writes = new MemberWrites(this.#connection.client, sets, retry);
    this.#reader = new RegistryReader(this.#connection.client, sets, retry);
  }

  /**
   * Creates or replaces a member's item and lists its name, atomically. Idempotent.
   *
   * Costs one transaction, shared with up to 98 other calls: 2 write units for every KB of the item, and a share of 2
   * for every KB of the registry.
   *
   * @param item the item's attributes: native values, or AttributeValues with their key. Default: none but the key
   * @throws InvalidNameError, InvalidActionError before anything is sent
   * @throws RegistryFullError when the registry has no room for the name
   * @throws ContentionError when other writers kept refusing it for `contentionTimeoutMs`
   *
   * @example
   * ```ts
   * import { Registry, type RegistryDefinition } from "@rollcall/registry";
   *
   * declare const tenants: RegistryDefinition;
   * await using registry = new Registry({ definition: tenants, tableName: "app" });
   * await registry.put("acme", { plan: "free", seats: 5 });
   * ```
   */
  async put(member: string, item: ItemInput = {}, options: CallOptions = {}): Promise<void> {
    this.#assertUsable(KNOWN_OPTIONS.write, options);
    const Item = memberItem(this.#memberPlace(member, "written"), item);
    const actions = [{ Put: { TableName: this.#place.tableName, Item } }] as const;
    return this.#writes.commit({ member, change: "add", actions }, options.signal);
  }

  /**
   * Replaces the item of a member that has one. Membership does not change, so the registry is not touched: 1 request
   * and 1 write unit for every KB of the item, at any size of the registry.
   *
   * @throws InvalidNameError, InvalidActionError before anything is sent
   * @throws MemberNotFoundError when there is no item
   * @throws ContentionError when transactions kept refusing it for `contentionTimeoutMs`
   *
   * @example
   * ```ts
   * import { Registry, type RegistryDefinition } from "@rollcall/registry";
   *
   * declare const tenants: RegistryDefinition;
   * await using registry = new Registry({ definition: tenants, tableName: "app" });
   * await registry.replace("acme", { plan: "paid", seats: 50 });
   * ```
   */
  async replace(member: string, item: ItemInput, options: CallOptions = {}): Promise<void> {
    this.#assertUsable(KNOWN_OPTIONS.write, options);
    const { tableName: TableName, definition } = this.#place;
    const input = {
      TableName,
      Item: memberItem(this.#memberPlace(member, "written"), item),
      ConditionExpression: "attribute_exists(#partitionKey)",
      ExpressionAttributeNames: { "#partitionKey": definition.key.partition },
    };
    return this.#writes.replace(member, input, options.signal);
  }

  /**
   * Deletes a member's item and takes its name off the registry, atomically. Idempotent: a name that is not there is a
   * success and creates nothing. Any name found in the table can be deleted, also one that could not be put.
   *
   * @throws InvalidNameError for a name that no item can have, before anything is sent
   * @throws ContentionError when other writers kept refusing it for `contentionTimeoutMs`
   *
   * @example
   * ```ts
   * import { Registry, type RegistryDefinition } from "@rollcall/registry";
   *
   * declare const tenants: RegistryDefinition;
   * await using registry = new Registry({ definition: tenants, tableName: "app" });
   * await registry.delete("acme", { signal: AbortSignal.timeout(5_000) });
   * ```
   */
  async delete(member: string, options: CallOptions = {}): Promise<void> {
    this.#assertUsable(KNOWN_OPTIONS.write, options);
    const { keys, tableName: TableName, scope } = this.#memberPlace(member, "found");
    const actions = [{ Delete: { TableName, Key: keys.memberKey(member, scope) } }] as const;
    return this.#writes.commit({ member, change: "remove", actions }, options.signal);
  }

  /**
   * Writes a member's item by actions of your own, with your conditions and with other items beside it: they share a
   * transaction with the registry's. One of them puts, updates or deletes the member's item, which decides whether the
   * name is added or removed.
   *
   * @param actions 1 to 99 actions as TransactWriteItems has them, each in native values or in AttributeValues
   * @throws InvalidActionError, InvalidNameError before anything is sent, where the actions would introduce drift
   * @throws ConditionFailedError when one of your conditions was false; other calls are not affected
   * @throws RegistryFullError, ContentionError as {@link put}
   *
   * @example
   * ```ts
   * import { Registry, type RegistryDefinition } from "@rollcall/registry";
   *
   * declare const tenants: RegistryDefinition;
   * await using registry = new Registry({ definition: tenants, tableName: "app" });
   * const key = { pk: "TENANT#acme", sk: "#META" };
   * await registry.write("acme", [
   *   { Put: { TableName: "app", Item: { ...key, plan: "free" }, ConditionExpression: "attribute_not_exists(pk)" } },
   * ]);
   * ```
   */
  async write(member: string, actions: readonly ActionInput[], options: CallOptions = {}): Promise<void> {
    this.#assertUsable(KNOWN_OPTIONS.write, options);
    const write = { member, ...memberActions(this.#memberPlace(member, "found"), actions) };
    if (write.change === "add") this.#memberPlace(member, "written");
    return this.#writes.commit(write, options.signal);
  }

  /**
   * The registry's own action, to go along in a transaction that you, or a table library, send: together with the Put or
   * the Delete of the member's item. It does without what the library does besides: joining, retries, and leaving no empty
   * registry item behind a removal.
   *
   * @throws InvalidNameError
   *
   * @example
   * ```ts
   * import { Registry, type RegistryDefinition } from "@rollcall/registry";
   *
   * declare const tenants: RegistryDefinition;
   * await using registry = new Registry({ definition: tenants, tableName: "app" });
   * const listed = registry.action("add", "acme", { native: true }); // for DocumentClient's TransactWriteCommand
   * ```
   */
  action(change: "add" | "remove", member: string, options: ActionOptions = {}): TransactWriteItem {
    assertKnownOptions(KNOWN_OPTIONS.action, options);
    if (change !== "add" && change !== "remove") throw new TypeError('A registry\'s action is "add" or "remove".');
    this.#memberPlace(member, change === "add" ? "written" : "found");
    const { shards = 1 } = this.#place.definition.registry;
    const action = registryAction(registrySet(this.#place, shardOf(member, shards)), change, member);
    return options.native ? toNativeUpdate(action) : action;
  }

  /**
   * The names of all members, sorted by code point. One GetItem, at any size of the table: 0.5 read units for every
   * 4 KB of the registry, twice that when strongly consistent. A registry in shards: one BatchGetItem for every 100.
   *
   * @throws MalformedItemError when a registry item holds something else than a string set
   *
   * @example
   * ```ts
   * import { Registry, type RegistryDefinition } from "@rollcall/registry";
   *
   * declare const tenants: RegistryDefinition;
   * await using registry = new Registry({ definition: tenants, tableName: "app" });
   * await registry.list({ consistentRead: true }); // [ "acme", "zeta" ]
   * ```
   */
  async list(options: ReadOptions = {}): Promise<string[]> {
    this.#assertUsable(KNOWN_OPTIONS.read, options);
    const shards = await this.#reader.readAll(options);
    return withoutRepeats(sortByCodePoint(shards.flatMap(({ names }) => names)));
  }

  /**
   * The names of all members, unsorted, shard by shard: one GetItem each, and no more than one shard in memory. A name
   * that another writer put into a wrong shard besides comes twice.
   *
   * @throws MalformedItemError when a registry item holds something else than a string set
   *
   * @example
   * ```ts
   * import { Registry, type RegistryDefinition } from "@rollcall/registry";
   *
   * declare const tenants: RegistryDefinition;
   * await using registry = new Registry({ definition: tenants, tableName: "app" });
   * for await (const name of registry.names()) console.log(name);
   * ```
   */
  async *names(options: ReadOptions = {}): AsyncGenerator<string, void, void> {
    this.#assertUsable(KNOWN_OPTIONS.read, options);
    for await (const shard of this.#reader.readEach(options)) yield* shard.names;
  }

  /**
   * How large the registry is, how near its limit, and what a call costs at this size. Reads as {@link list}.
   *
   * @throws MalformedItemError when a registry item holds something else than a string set
   *
   * @example
   * ```ts
   * import { Registry, type RegistryDefinition } from "@rollcall/registry";
   *
   * declare const tenants: RegistryDefinition;
   * await using registry = new Registry({ definition: tenants, tableName: "app" });
   * const { limitShare, shards } = await registry.status();
   * console.log(`${shards.length} shards, the fullest at ${Math.round(limitShare * 100)}%`);
   * ```
   */
  async status(options: ReadOptions = {}): Promise<RegistryStatus> {
    this.#assertUsable(KNOWN_OPTIONS.read, options);
    return registryStatus(await this.#reader.readAll(options));
  }

  /**
   * Refuses new calls, waits for the requests in flight, and destroys the client if it is the registry's own. The same as
   * `Symbol.asyncDispose`, for `try … finally` on a Node that does not parse `await using`.
   */
  async close(): Promise<void> {
    this.#isClosed = true;
    // The SDK takes a connection that is cut by destroy() for a fault of the network, and sends the request again.
    await Promise.allSettled([this.#writes.idle(), this.#reader.idle()]);
    if (this.#connection.isOwn) this.#connection.client.destroy();
  }

  /** As {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Where a member's item belongs. Any name that an item can have may be found, and not all of them written. */
  #memberPlace(member: string, use: "found" | "written"): MemberPlace {
    const { definition, tableName, scope } = this.#place;
    const keys = registryKeys(definition);
    if (use === "written") assertWritableName(definition, keys, member, scope);
    else assertFoundName(keys, member, scope);
    return { keys, tableName, member, scope };
  }

  #assertUsable(known: Readonly<Record<string, true>>, options: CallOptions): void {
    assertKnownOptions(known, options);
    if (this.#isClosed) throw new RegistryDisposedError();
    options.signal?.throwIfAborted();
  }
}
