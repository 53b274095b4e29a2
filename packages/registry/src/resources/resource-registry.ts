import { type AttributeValue, DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { type ItemKey, REGISTRY_ATTRIBUTE, registryKey, resourceKey } from "../definition/schema.ts";
import { untilAborted } from "../protocol/abort.ts";
import { Backoff, type RetryPolicy } from "../protocol/backoff.ts";
import { DEFAULT_CONTENTION_TIMEOUT_MS } from "../protocol/constants.ts";
import { MalformedItemError, RegistryDisposedError } from "../protocol/errors.ts";
import { GroupCommit } from "../protocol/group-commit.ts";
import { KeyedOrder } from "../protocol/keyed-order.ts";
import { assertKnownOptions } from "../protocol/known-options.ts";
import type { MemberWrite } from "../protocol/member-set.ts";
import { isConditionFailure, isConflict, isItemTooLarge, MemberRefusedError } from "../protocol/refusal.ts";
import { timingOf } from "../protocol/timing.ts";
import { describeRegistry } from "../status.ts";
import type { CallOptions, ReadOptions, RegistryStatus } from "../types.ts";
import { InvalidLimitError, ResourceNotFoundError } from "./errors.ts";
import { completeLimits, readLimits } from "./limits.ts";
import { assertNamespace, assertResourceName, assertStorableName } from "./names.ts";
import { KNOWN_OPTIONS, type ResourceRegistryOptions } from "./options.ts";
import {
  deleteDefaultWrite,
  type RegistryLocation,
  registrySet,
  setDefaultWrite,
  updateDefaultInput,
} from "./requests.ts";
import type { Limit, LimitInput } from "./types.ts";

/**
 * The defaults of resources in a DynamoDB table, and the registry that lists them.
 *
 * A name is in the registry if and only if its default exists: both change in one transaction. Writes that are called
 * while a transaction is under way are joined into the next one, so share one object between all writers of a process.
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
  readonly #client: DynamoDBClient;
  readonly #ownsClient: boolean;
  readonly #location: RegistryLocation;
  readonly #retry: RetryPolicy;
  readonly #commits: GroupCommit;
  readonly #order = new KeyedOrder();
  readonly #reads = new Set<Promise<unknown>>();
  #disposed = false;

  /**
   * @throws TypeError for an unknown option or a missing table name
   * @throws InvalidNameError for a namespace the limiter could not have
   */
  constructor(options: ResourceRegistryOptions) {
    assertKnownOptions(KNOWN_OPTIONS.constructor, options);
    const { tableName, namespace, client, clientConfig } = options;
    const { contentionTimeoutMs = DEFAULT_CONTENTION_TIMEOUT_MS } = options;
    if (!tableName) throw new TypeError("tableName is missing: pass the name of the table that holds the defaults.");
    if (client && clientConfig) throw new TypeError("Pass either client or clientConfig, not both.");
    if (!(contentionTimeoutMs >= 0))
      throw new TypeError("contentionTimeoutMs must be a number of milliseconds from 0.");
    if (namespace !== undefined) assertNamespace(namespace);
    this.#client = client ?? new DynamoDBClient(clientConfig ?? {});
    this.#ownsClient = client === undefined;
    this.#location = { tableName, namespace };
    this.#retry = { ...timingOf(options), contentionTimeoutMs };
    this.#commits = new GroupCommit(this.#client, registrySet(this.#location), this.#retry);
  }

  /**
   * Creates or replaces a resource's limits and registers its name, atomically. Idempotent.
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
    await this.#commit(setDefaultWrite(this.#location, resource, completeLimits(limits)), options);
  }

  /**
   * Replaces the limits of a resource that has some. The registry is not touched: 1 request and 1 write unit for every
   * KB of the default, whatever the registry's size.
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
    const put = new PutItemCommand(updateDefaultInput(this.#location, resource, completeLimits(limits)));
    await this.#write(resource, options, async () => {
      for (const backoff = new Backoff(this.#retry); ; ) {
        try {
          await this.#client.send(put, sendOptions(options));
          return;
        } catch (error) {
          if (isConditionFailure(error)) throw new ResourceNotFoundError(resource, { cause: error });
          if (!isConflict(error)) throw error;
          await backoff.wait(error, options.signal);
        }
      }
    });
  }

  /**
   * Deletes a resource's limits and takes its name off the registry, atomically. Idempotent: a name that is not there
   * is a success and creates nothing. Any name found in the table can be deleted, also one that could not be set.
   *
   * @throws InvalidNameError for an empty name, before anything is sent
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
    await this.#commit(deleteDefaultWrite(this.#location, resource), options);
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
    const item = await this.#read(key, options);
    return item === undefined ? [] : readLimits(item, plainKey(key));
  }

  /**
   * The names of all resources that have defaults, sorted by code point. One GetItem, whatever else the table holds:
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
    const item = await this.#read(registryKey(this.#location.namespace), options);
    return sortByCodePoint(this.#storedNames(item).filter((name) => name !== ""));
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
  async registryStatus(options: ReadOptions = {}): Promise<RegistryStatus> {
    const item = await this.#read(registryKey(this.#location.namespace), options);
    return describeRegistry(item, this.#storedNames(item));
  }

  /** Refuses new calls, waits for those that are under way, and destroys the client if it is the registry's own. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    await Promise.allSettled([this.#order.idle(), ...this.#reads]);
    if (this.#ownsClient) this.#client.destroy();
  }

  async #commit(write: MemberWrite, options: CallOptions): Promise<void> {
    await this.#write(write.member, options, async () => {
      await this.#commits.submit(write, options.signal);
    });
  }

  /** Runs a write after earlier ones of its resource. An abort is heard at once, but keeps its place in that order. */
  async #write(resource: string, options: CallOptions, write: () => Promise<void>): Promise<void> {
    assertKnownOptions(KNOWN_OPTIONS.write, options);
    this.#assertUsable(options);
    const done = this.#order.run(resource, async () => {
      options.signal?.throwIfAborted();
      await write();
    });
    try {
      await untilAborted(done, options.signal);
    } catch (error) {
      if (error instanceof MemberRefusedError) throw error.cause;
      if (!isItemTooLarge(error)) throw error;
      throw new InvalidLimitError(
        `The limits of ${JSON.stringify(resource)} do not fit into one item of 400 KB; nothing was written. Give it fewer limits.`,
        { cause: error },
      );
    }
  }

  async #read(key: ItemKey, options: ReadOptions): Promise<Record<string, AttributeValue> | undefined> {
    assertKnownOptions(KNOWN_OPTIONS.read, options);
    this.#assertUsable(options);
    const get = new GetItemCommand({
      TableName: this.#location.tableName,
      Key: key,
      ...(options.consistentRead && { ConsistentRead: true }),
    });
    const read = this.#client.send(get, sendOptions(options));
    this.#reads.add(read);
    try {
      const { Item } = await untilAborted(read, options.signal);
      return Item;
    } finally {
      this.#reads.delete(read);
    }
  }

  #storedNames(item: Record<string, AttributeValue> | undefined): readonly string[] {
    const set = item?.[REGISTRY_ATTRIBUTE];
    if (set === undefined) return [];
    if (set.SS !== undefined) return set.SS;
    throw new MalformedItemError(
      plainKey(registryKey(this.#location.namespace)),
      `its attribute ${REGISTRY_ATTRIBUTE} is of type ${Object.keys(set).join()} and not a string set; ` +
        "remove that attribute, then fill the registry again",
    );
  }

  #assertUsable({ signal }: CallOptions): void {
    if (this.#disposed) throw new RegistryDisposedError();
    signal?.throwIfAborted();
  }
}

function sendOptions({ signal }: CallOptions): { abortSignal?: AbortSignal } {
  return signal ? { abortSignal: signal } : {};
}

function plainKey({ PK, SK }: ItemKey): Record<string, string> {
  return { PK: PK.S, SK: SK.S };
}

/** UTF-16 order differs from code point order only where a name has characters beyond the basic plane. */
function sortByCodePoint(names: string[]): string[] {
  const beyond = names.some((name) => /[\u{10000}-\u{10ffff}]/u.test(name));
  return beyond ? names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))) : names.sort();
}
