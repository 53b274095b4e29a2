import { RegistryError } from "../protocol/errors.ts";

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
