/** The stable `code` of every error this package throws itself. */
export type RegistryErrorCode =
  | "INVALID_NAME"
  | "INVALID_LIMIT"
  | "INVALID_ACTION"
  | "CONDITION_FAILED"
  | "MEMBER_NOT_FOUND"
  | "INVALID_DEFINITION"
  | "RESOURCE_NOT_FOUND"
  | "NAMESPACE_NOT_FOUND"
  | "REGISTRY_FULL"
  | "CONTENTION"
  | "MALFORMED_ITEM"
  | "REGISTRY_DISPOSED";

/**
 * What is known of a refused write: nothing of it was written; or an earlier attempt of it, whose answer was lost, may
 * have taken effect or may still do so.
 */
export type WriteOutcome = "not-written" | "unknown";

/** What was refused, for the words of the error. */
export type RefusedWork = "read" | "write";

/** Options of the errors that a refused write ends with. */
export interface RefusedWriteOptions extends ErrorOptions {
  /** Default `"not-written"`. */
  outcome?: WriteOutcome | undefined;
}

/**
 * Base of every error this package throws itself. What DynamoDB or the network refuses (no permission, no such table,
 * a time-out) comes through as the AWS SDK's own error, unchanged.
 *
 * @example
 * ```ts
 * import { RegistryError, ResourceRegistry } from "@rollcall/registry";
 *
 * await using registry = new ResourceRegistry({ tableName: "limits" });
 * try {
 *   await registry.updateResourceDefaults("gpt-4", [{ name: "rpm", capacity: 500 }]);
 * } catch (error) {
 *   if (!(error instanceof RegistryError) || error.code !== "RESOURCE_NOT_FOUND") throw error;
 *   await registry.setResourceDefaults("gpt-4", [{ name: "rpm", capacity: 500 }]);
 * }
 * ```
 */
export class RegistryError extends Error {
  override readonly name: string = "RegistryError";
  /** Which error this is; stable across releases, unlike the message. */
  readonly code: RegistryErrorCode;
  /**
   * Whether the write may have taken effect nevertheless. `"unknown"` only where a request was sent more than once, and
   * the answer to an earlier attempt was lost. Every write is idempotent: call it again.
   */
  readonly outcome: WriteOutcome;

  constructor(code: RegistryErrorCode, message: string, options: RefusedWriteOptions = {}) {
    const { outcome = "not-written", ...rest } = options;
    super(message, rest);
    this.code = code;
    this.outcome = outcome;
  }
}

/** A registry item that has no room for a name. */
interface FullRegistry {
  sizeBytes: number;
  limitBytes: number;
  names: number;
  shard?: number | undefined;
}

/** The registry item has reached DynamoDB's item size limit. Nothing was written for this name. */
export class RegistryFullError extends RegistryError {
  override readonly name = "RegistryFullError";
  /** Size of the registry item in bytes when the name was refused. */
  readonly sizeBytes: number;
  /** The largest size DynamoDB allows, in bytes. */
  readonly limitBytes: number;
  /** Names registered in that item when this one was refused. */
  readonly names: number;
  /** Which of the registry's items it is, from 0; `undefined` where there is one. */
  readonly shard: number | undefined;

  constructor(registry: FullRegistry, member: string, options?: ErrorOptions) {
    const { shard } = registry;
    super(
      "REGISTRY_FULL",
      `${shard === undefined ? "Registry" : `Shard ${shard} of the registry`} is full: adding ${JSON.stringify(member)} ` +
        `to ${registry.names} names would take it from ${registry.sizeBytes} bytes past DynamoDB's item limit of ` +
        `${registry.limitBytes}; nothing was written. Delete members that are no longer used, use shorter names, ` +
        (shard === undefined ? "or move some to another scope or namespace." : "or move the registry to more shards."),
      options,
    );
    this.sizeBytes = registry.sizeBytes;
    this.limitBytes = registry.limitBytes;
    this.names = registry.names;
    this.shard = shard;
  }
}

/**
 * Other writers or throttling refused the write for longer than the contention time-out. Nothing was written, unless
 * {@link RegistryError.outcome} is `"unknown"`.
 */
export class ContentionError extends RegistryError {
  override readonly name = "ContentionError";
  /** Requests that were refused. */
  readonly attempts: number;
  /** Milliseconds from the first refusal to the last. */
  readonly elapsedMs: number;

  constructor(
    attempts: number,
    elapsedMs: number,
    { work = "write", ...options }: RefusedWriteOptions & { work?: RefusedWork | undefined } = {},
  ) {
    const outcome =
      options.outcome === "unknown" ? "whether an earlier attempt was written is unknown" : "nothing was written";
    const advice = {
      read: "nothing was read. Retry it when there are fewer writers, or more capacity.",
      write:
        `${outcome}. Call it later, raise contentionTimeoutMs, or share one registry object between the ` +
        "writers of a process so that their writes are joined.",
    };
    super(
      "CONTENTION",
      `Timed out after ${attempts} attempts in ${elapsedMs} ms: other writers or throttling kept refusing the ${work}; ` +
        advice[work],
      options,
    );
    this.attempts = attempts;
    this.elapsedMs = elapsedMs;
  }
}

/** An item in the table has a shape that no writer of its format gives it. */
export class MalformedItemError extends RegistryError {
  override readonly name = "MalformedItemError";
  /** The item's primary key, to find it by. */
  readonly key: Readonly<Record<string, string>>;

  constructor(key: Readonly<Record<string, string>>, problem: string, options?: RefusedWriteOptions) {
    super("MALFORMED_ITEM", `Malformed item ${JSON.stringify(key)}: ${problem}.`, options);
    this.key = key;
  }
}

/** The registry object was disposed and takes no new work. */
export class RegistryDisposedError extends RegistryError {
  override readonly name = "RegistryDisposedError";

  constructor() {
    super("REGISTRY_DISPOSED", "This registry object was disposed; create a new one for further calls.");
  }
}
