import { type RefusedWriteOptions, RegistryError } from "../protocol/errors.ts";

/** Limits that must not be written: none at all, a number out of range, one name twice. Thrown before anything is sent. */
export class InvalidLimitError extends RegistryError {
  override readonly name = "InvalidLimitError";

  constructor(message: string, options?: ErrorOptions) {
    super("INVALID_LIMIT", message, options);
  }
}

/**
 * An update named a resource that has no default. Nothing was written, unless {@link RegistryError.outcome} is
 * `"unknown"`: an attempt whose answer was lost may have updated a default that was deleted since.
 */
export class ResourceNotFoundError extends RegistryError {
  override readonly name = "ResourceNotFoundError";
  /** The resource that was to be updated. */
  readonly resource: string;

  constructor(resource: string, options?: RefusedWriteOptions) {
    super(
      "RESOURCE_NOT_FOUND",
      `Resource ${JSON.stringify(resource)} has no defaults to update; create them with setResourceDefaults().`,
      options,
    );
    this.resource = resource;
  }
}

/** The limiter's directory in the table has no namespace of a name, or has it as deleted. */
export class NamespaceNotFoundError extends RegistryError {
  override readonly name = "NamespaceNotFoundError";
  /** The name that was looked up. */
  readonly namespaceName: string;

  /** @param status what the directory says of it; `undefined` where it does not have the name */
  constructor(namespaceName: string, status?: string) {
    const state = status === undefined ? "is not in the table's directory" : `is ${status}`;
    super(
      "NAMESPACE_NOT_FOUND",
      `Namespace ${JSON.stringify(namespaceName)} ${state}; correct the name, or register it with the limiter first.`,
    );
    this.namespaceName = namespaceName;
  }
}
