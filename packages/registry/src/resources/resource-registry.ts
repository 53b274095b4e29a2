import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { MemberNotFoundError } from "../actions/errors.ts";
import { type OpenedClient, openClient } from "../client.ts";
import { KNOWN_OPTIONS as KNOWN_CALL_OPTIONS } from "../options.ts";
import { untilAborted, withOwnSignal } from "../protocol/abort.ts";
import { assertAnswered } from "../protocol/answer.ts";
import { RegistryDisposedError } from "../protocol/errors.ts";
import { assertKnownOptions } from "../protocol/known-options.ts";
import { isItemTooLarge } from "../protocol/refusal.ts";
import { timingOf, withTiming } from "../protocol/timing.ts";
import { Registry } from "../registry.ts";
import type { CallOptions, ReadOptions, RegistryItemStatus } from "../types.ts";
import { resources } from "./definition.ts";
import { InvalidLimitError, ResourceNotFoundError } from "./errors.ts";
import { completeLimits, readLimits } from "./limits.ts";
import { assertNamespace, assertResourceName, assertStorableName } from "./names.ts";
import { KNOWN_OPTIONS, type ResourceRegistryOptions } from "./options.ts";
import { defaultItem, type RegistryLocation } from "./requests.ts";
import { resourceKey } from "./schema.ts";
import type { Limit, LimitInput } from "./types.ts";

/**
 * The defaults of resources in a DynamoDB table, and the registry that lists them.
 *
 * A name is in the registry if and only if its default exists: both change in one transaction. Writes that are called
 * while a transaction is in flight are joined into the next one, so share one object between all writers of a process.
 * Calls for one resource take effect in the order they were made.
 *
 * Every call may also reject with the AWS SDK's own error, unchanged, when DynamoDB or the network refuses it. Whether
 * a write took effect can then be unknown; every write is idempotent, so call it again.
 *
 * @example
 * ```ts
 * import { ResourceRegistry } from "@rollcall/registry";
 *
 * await using registry = new ResourceRegistry({ tableName: "limits" });
 * await registry.setResourceDefaults("gpt-4", [
 *   { name: "rpm", capacity: 500 },
 *   { name: "tpm", capacity: 100_000, refillPeriodSeconds: 3_600 },
 * ]);
 * console.log(await registry.listResourcesWithDefaults()); // [ "gpt-4" ]
 * ```
 */
export class ResourceRegistry implements AsyncDisposable {
  readonly #connection: OpenedClient;
  readonly #location: RegistryLocation;
  readonly #registry: Registry;
  readonly #reads = new Set<Promise<unknown>>();
  #isClosed = false;

  /**
   * @throws TypeError for an unknown option, a missing table name, or a time-out that is none
   * @throws InvalidNameError for a namespace the limiter could not have
   */
  constructor(options: ResourceRegistryOptions) {
    assertKnownOptions(KNOWN_OPTIONS, options);
    const { tableName, namespace, contentionTimeoutMs } = options;
    if (!tableName) throw new TypeError("tableName is missing: pass the name of the table that holds the defaults.");
    if (namespace !== undefined) assertNamespace(namespace);
    this.#location = { tableName, namespace };
    this.#connection = openClient(options);
    const { client } = this.#connection;
    const scope = { definition: resources, tableName, scope: namespace };
    this.#registry = new Registry({ ...scope, client, contentionTimeoutMs, ...withTiming(timingOf(options)) });
  }

  /**
   * Creates or replaces a resource's default, the whole item, and registers its name, atomically. Idempotent. Limits that
   * are not given again are gone, and so are attributes that others keep in the item.
   *
   * Costs one transaction, shared with up to 98 other calls: 2 write units for a default of up to 1 KB, and a share of
   * 2 for every KB of the registry.
   *
   * @throws InvalidNameError, InvalidLimitError before anything is sent
   * @throws RegistryFullError when the registry has no room for the name
   * @throws ContentionError when other writers kept refusing it for `contentionTimeoutMs`
   *
   * @example
   * ```ts
   * import { ResourceRegistry } from "@rollcall/registry";
   *
   * await using registry = new ResourceRegistry({ tableName: "limits", namespace: "rcof3sHx3fY" });
   * await registry.setResourceDefaults("openai/gpt-4o", [{ name: "rpm", capacity: 500 }]);
   * ```
   */
  async setResourceDefaults(resource: string, limits: readonly LimitInput[], options: CallOptions = {}): Promise<void> {
    assertResourceName(resource);
    const item = defaultItem(this.#location.namespace, resource, completeLimits(limits));
    return this.#registry.put(resource, item, options).catch((error) => explainRefusal(resource, error));
  }

  /**
   * Replaces all limits of a resource that has some: one that is not given again is gone. The registry is not touched: 1
   * request and 1 write unit for every KB of the default, at any size of the registry.
   *
   * @throws InvalidNameError, InvalidLimitError before anything is sent
   * @throws ResourceNotFoundError when the resource has no default
   * @throws ContentionError when transactions kept refusing it for `contentionTimeoutMs`
   *
   * @example
   * ```ts
   * import { ResourceRegistry } from "@rollcall/registry";
   *
   * await using registry = new ResourceRegistry({ tableName: "limits" });
   * await registry.updateResourceDefaults("gpt-4", [{ name: "rpm", capacity: 1_000 }]);
   * ```
   */
  async updateResourceDefaults(
    resource: string,
    limits: readonly LimitInput[],
    options: CallOptions = {},
  ): Promise<void> {
    assertResourceName(resource);
    const item = defaultItem(this.#location.namespace, resource, completeLimits(limits));
    return this.#registry.replace(resource, item, options).catch((error) => explainRefusal(resource, error));
  }

  /**
   * Deletes a resource's limits and takes its name off the registry, atomically. Idempotent: a name that is not there
   * is a success and creates nothing. Any name found in the table can be deleted, also one that could not be set.
   *
   * @throws InvalidNameError for a name that no item can have, before anything is sent
   * @throws ContentionError when other writers kept refusing it for `contentionTimeoutMs`
   *
   * @example
   * ```ts
   * import { ResourceRegistry } from "@rollcall/registry";
   *
   * await using registry = new ResourceRegistry({ tableName: "limits" });
   * await registry.deleteResourceDefaults("gpt-4", { signal: AbortSignal.timeout(5_000) });
   * ```
   */
  async deleteResourceDefaults(resource: string, options: CallOptions = {}): Promise<void> {
    assertStorableName(resource, this.#location.namespace);
    return this.#registry.delete(resource, options);
  }

  /**
   * The limits of a resource, sorted by name; `[]` when it has none. One GetItem: 0.5 read units for every 4 KB, twice
   * that when strongly consistent.
   *
   * @throws MalformedItemError when the default holds something else than limits
   *
   * @example
   * ```ts
   * import { ResourceRegistry } from "@rollcall/registry";
   *
   * await using registry = new ResourceRegistry({ tableName: "limits" });
   * await registry.getResourceDefaults("gpt-4");
   * // [{ name: "rpm", capacity: 500, refillAmount: 500, refillPeriodSeconds: 60 }]
   * ```
   */
  async getResourceDefaults(resource: string, options: ReadOptions = {}): Promise<Limit[]> {
    assertStorableName(resource, this.#location.namespace);
    const key = resourceKey(resource, this.#location.namespace);
    assertKnownOptions(KNOWN_CALL_OPTIONS.read, options);
    if (this.#isClosed) throw new RegistryDisposedError();
    options.signal?.throwIfAborted();
    const get = new GetItemCommand({
      TableName: this.#location.tableName,
      Key: key,
      ...(options.consistentRead && { ConsistentRead: true }),
    });
    const read = withOwnSignal([options.signal], (signal) =>
      this.#connection.client.send(get, signal ? { abortSignal: signal } : {}),
    );
    this.#reads.add(read);
    const forget = (): boolean => this.#reads.delete(read);
    read.then(forget, forget);
    const { Item } = assertAnswered(await untilAborted(read, options.signal));
    return Item === undefined ? [] : readLimits(Item, { resource, namespace: this.#location.namespace });
  }

  /**
   * The names of all resources that have defaults, sorted by code point. One GetItem, at any size of the table:
   * 0.5 read units for every 4 KB of the registry, twice that when strongly consistent.
   *
   * @throws MalformedItemError when the registry item holds something else than a string set
   *
   * @example
   * ```ts
   * import { ResourceRegistry } from "@rollcall/registry";
   *
   * await using registry = new ResourceRegistry({ tableName: "limits" });
   * await registry.listResourcesWithDefaults({ consistentRead: true }); // [ "gpt-4", "openai/gpt-4o" ]
   * ```
   */
  async listResourcesWithDefaults(options: ReadOptions = {}): Promise<string[]> {
    return this.#registry.list(options);
  }

  /**
   * How large the registry is, how near its limit, and what a call costs at this size. One GetItem, as a listing.
   *
   * @throws MalformedItemError when the registry item holds something else than a string set
   *
   * @example
   * ```ts
   * import { ResourceRegistry } from "@rollcall/registry";
   *
   * await using registry = new ResourceRegistry({ tableName: "limits" });
   * const { names, limitShare, nearLimit } = await registry.registryStatus();
   * if (nearLimit) console.warn(`${names} names fill ${Math.round(limitShare * 100)}% of the registry`);
   * ```
   */
  async registryStatus(options: ReadOptions = {}): Promise<RegistryItemStatus> {
    const { shards, ...status } = await this.#registry.status(options);
    return status;
  }

  /**
   * Refuses new calls, waits for the requests in flight, and destroys the client if it is the registry's own. The same as
   * `Symbol.asyncDispose`, for `try … finally` on a Node that does not parse `await using`.
   *
   * @example
   * ```ts
   * import { ResourceRegistry } from "@rollcall/registry";
   *
   * const registry = new ResourceRegistry({ tableName: "limits" });
   * try {
   *   await registry.listResourcesWithDefaults();
   * } finally {
   *   await registry.close();
   * }
   * ```
   */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled([this.#registry.close(), ...this.#reads]);
    if (this.#connection.isOwn) this.#connection.client.destroy();
  }

  /** As {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** What a registry says of a member's item, in the words of resources. */
function explainRefusal(resource: string, error: unknown): never {
  if (error instanceof MemberNotFoundError) {
    throw new ResourceNotFoundError(resource, { cause: error.cause, outcome: error.outcome });
  }
  if (!isItemTooLarge(error)) throw error;
  throw new InvalidLimitError(
    `The limits of ${JSON.stringify(resource)} do not fit into one item of 400 KB; nothing was written. Give it fewer limits.`,
    { cause: error },
  );
}
