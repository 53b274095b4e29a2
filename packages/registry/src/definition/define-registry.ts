import { assertDefinition } from "./check-definition.ts";
import type { RegistryDefinition } from "./registry-definition.ts";
import { RegistryKeys } from "./registry-keys.ts";

const compiled = new WeakMap<RegistryDefinition, RegistryKeys>();

/**
 * Checks a definition and returns a frozen copy of it.
 *
 * @throws InvalidDefinitionError when the registry it describes could not be kept true: two readings of one key, a
 * registry that reads as a member, a placeholder that is missing
 *
 * @example
 * ```ts
 * import { defineRegistry } from "@rollcall/registry";
 *
 * export const tenants = defineRegistry({
 *   name: "tenants",
 *   key: { partition: "pk", sort: "sk" },
 *   member: { partition: "TENANT#{member}", sort: "#META" },
 *   registry: { partition: "SYSTEM#", sort: "#TENANTS", attribute: "tenants" },
 * });
 * ```
 */
export function defineRegistry(definition: RegistryDefinition): RegistryDefinition {
  const copy = deepFreeze(structuredClone(definition));
  registryKeys(copy);
  return copy;
}

/**
 * What builds and reads the keys of a definition; made once for each definition. One that was not made by
 * {@link defineRegistry}, such as one that was read from JSON, is checked first.
 *
 * @throws InvalidDefinitionError
 */
export function registryKeys(definition: RegistryDefinition): RegistryKeys {
  const known = compiled.get(definition);
  if (known !== undefined) return known;
  assertDefinition(definition);
  const keys = new RegistryKeys(definition);
  compiled.set(definition, keys);
  return keys;
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  for (const part of Object.values(value)) deepFreeze(part);
  return Object.freeze(value);
}
