/** The stable `code` of every error this package throws itself. */
export type RegistryErrorCode =
  | "INVALID_NAME"
  | "INVALID_LIMIT"
  | "RESOURCE_NOT_FOUND"
  | "REGISTRY_FULL"
  | "CONTENTION"
  | "MALFORMED_ITEM"
  | "REGISTRY_DISPOSED";

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

  constructor(code: RegistryErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A resource, limit or namespace name that must not be written. Thrown before anything is sent. */
export class InvalidNameError extends RegistryError {
  override readonly name = "InvalidNameError";
  /** Which name it is. */
  readonly field: "resource" | "limit" | "namespace";
  /** The name as it was given. */
  readonly value: string;

  constructor(field: "resource" | "limit" | "namespace", value: string, rule: string) {
    super("INVALID_NAME", `Invalid ${field} name ${JSON.stringify(value)}: ${rule}.`);
    this.field = field;
    this.value = value;
  }
}

/** Limits that must not be written: none at all, a number out of range, one name twice. Thrown before anything is sent. */
export class InvalidLimitError extends RegistryError {
  override readonly name = "InvalidLimitError";

  constructor(message: string, options?: ErrorOptions) {
    super("INVALID_LIMIT", message, options);
  }
}

/** An update named a resource that has no default. Nothing was written. */
export class ResourceNotFoundError extends RegistryError {
  override readonly name = "ResourceNotFoundError";
  /** The resource that was to be updated. */
  readonly resource: string;

  constructor(resource: string, options?: ErrorOptions) {
    super(
      "RESOURCE_NOT_FOUND",
      `Resource ${JSON.stringify(resource)} has no defaults to update; create them with setResourceDefaults().`,
      options,
    );
    this.resource = resource;
  }
}

/** The registry item has reached DynamoDB's item size limit. Nothing was written for this name. */
export class RegistryFullError extends RegistryError {
  override readonly name = "RegistryFullError";
  /** Size of the registry item in bytes when the name was refused. */
  readonly sizeBytes: number;
  /** The largest size DynamoDB allows, in bytes. */
  readonly limitBytes: number;
  /** Names registered when this one was refused. */
  readonly names: number;

  constructor(
    registry: { sizeBytes: number; limitBytes: number; names: number },
    member: string,
    options?: ErrorOptions,
  ) {
    super(
      "REGISTRY_FULL",
      `Registry is full: adding ${JSON.stringify(member)} to ${registry.names} names would take it from ` +
        `${registry.sizeBytes} bytes past DynamoDB's item limit of ${registry.limitBytes}; nothing was written. ` +
        "Delete defaults that are no longer used, use shorter names, or move some to another namespace.",
      options,
    );
    this.sizeBytes = registry.sizeBytes;
    this.limitBytes = registry.limitBytes;
    this.names = registry.names;
  }
}

/** Other writers held the item for longer than the contention time-out. Nothing was written. */
export class ContentionError extends RegistryError {
  override readonly name = "ContentionError";
  /** Requests sent before giving up. */
  readonly attempts: number;
  /** Milliseconds from the first refusal to giving up. */
  readonly elapsedMs: number;

  constructor(attempts: number, elapsedMs: number, options?: ErrorOptions) {
    super(
      "CONTENTION",
      `Gave up after ${attempts} attempts in ${elapsedMs} ms: other writers or throttling kept refusing the write; ` +
        "nothing was written. Try again later, raise contentionTimeoutMs, or share one ResourceRegistry between the " +
        "writers of a process so that their writes are joined.",
      options,
    );
    this.attempts = attempts;
    this.elapsedMs = elapsedMs;
  }
}

/** An item in the table has a shape that neither this library nor the limiter writes. */
export class MalformedItemError extends RegistryError {
  override readonly name = "MalformedItemError";
  /** The item's primary key, for whoever has to look at it. */
  readonly key: Readonly<Record<string, string>>;

  constructor(key: Readonly<Record<string, string>>, problem: string, options?: ErrorOptions) {
    super("MALFORMED_ITEM", `Malformed item ${JSON.stringify(key)}: ${problem}.`, options);
    this.key = key;
  }
}

/** The registry object was disposed and takes no new work. */
export class RegistryDisposedError extends RegistryError {
  override readonly name = "RegistryDisposedError";

  constructor() {
    super("REGISTRY_DISPOSED", "This ResourceRegistry was disposed; create a new one for further calls.");
  }
}
