import { RegistryError } from "../protocol/errors.ts";

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
