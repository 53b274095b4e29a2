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
