import { RegistryError } from "../protocol/errors.ts";

/**
 * A registry's definition, or a list of definitions, that cannot be kept true. Thrown when it is made, before anything
 * is read or sent. The message says which part, why, and what to change.
 *
 * @example
 * ```ts
 * import { defineRegistry, InvalidDefinitionError } from "@rollcall/registry";
 *
 * try {
 *   defineRegistry({
 *     name: "tenants",
 *     key: { partition: "pk" },
 *     member: { partition: "{member}" }, // every item of the table, the registry too
 *     registry: { partition: "TENANTS", attribute: "tenants" },
 *   });
 * } catch (error) {
 *   if (error instanceof InvalidDefinitionError) console.error(error.message);
 * }
 * ```
 */
export class InvalidDefinitionError extends RegistryError {
  override readonly name = "InvalidDefinitionError";

  constructor(problem: string, options?: ErrorOptions) {
    super("INVALID_DEFINITION", `${problem}.`, options);
  }
}

/** What has a name. */
export type NamedThing = "member" | "scope" | "resource" | "limit" | "namespace";

/** A name that cannot be used: of a member or its scope, or of a resource, limit or namespace. Thrown before anything is sent. */
export class InvalidNameError extends RegistryError {
  override readonly name = "InvalidNameError";
  /** Which name it is. */
  readonly field: NamedThing;
  /** The name as it was given. */
  readonly value: string;

  constructor(field: NamedThing, value: string, rule: string) {
    super("INVALID_NAME", `Invalid ${field} name ${JSON.stringify(value)}: ${rule}.`);
    this.field = field;
    this.value = value;
  }
}
