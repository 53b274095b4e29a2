import { registryKeys } from "./define-registry.ts";
import { InvalidDefinitionError } from "./errors.ts";
import type { RegistryDefinition } from "./registry-definition.ts";
import { haveCommonKey, type KeyForm } from "./registry-keys.ts";

/**
 * Refuses a list of definitions that one reader of one table could not tell apart. Two registries may list the same
 * items, as they do while a registry moves to more shards: then their member templates are identical.
 *
 * @throws InvalidDefinitionError
 *
 * @example
 * ```ts
 * import { checkRegistries, defineRegistry } from "@rollcall/registry";
 *
 * const key = { partition: "pk", sort: "sk" };
 * const tenants = defineRegistry({
 *   name: "tenants",
 *   key,
 *   member: { partition: "TENANT#{member}", sort: "#META" },
 *   registry: { partition: "SYSTEM#", sort: "#TENANTS", attribute: "tenants" },
 * });
 * const projects = defineRegistry({
 *   name: "projects",
 *   key,
 *   member: { partition: "TENANT#{scope}", sort: "PROJECT#{member}" },
 *   registry: { partition: "TENANT#{scope}", sort: "#PROJECTS", attribute: "projects" },
 * });
 * checkRegistries([tenants, projects]);
 * ```
 */
export function checkRegistries(registries: readonly RegistryDefinition[]): void {
  if (registries.length === 0) throw new InvalidDefinitionError("There is no registry; name at least one");
  for (const [i, a] of registries.entries()) {
    for (const b of registries.slice(i + 1)) {
      assertApart(a, b);
    }
  }
}

function assertApart(a: RegistryDefinition, b: RegistryDefinition): void {
  const [of, other] = [registryKeys(a), registryKeys(b)];
  const pair = `Registries ${JSON.stringify(a.name)} and ${JSON.stringify(b.name)}`;
  const fail = (problem: string): never => {
    throw new InvalidDefinitionError(`${pair} ${problem}`);
  };
  if (a.name === b.name) fail("have the same name; give one another");
  if (a.key.partition !== b.key.partition || a.key.sort !== b.key.sort) {
    fail("have different key attributes, so they are not of one table");
  }
  if (a.registry.attribute === b.registry.attribute) {
    fail(`have the same attribute ${JSON.stringify(a.registry.attribute)}; give one another`);
  }
  if (meet(of.registry, other.registry)) fail("can have the same registry item; give one another key");
  if (meet(of.registry, other.member)) fail(`mix: a registry of the first reads as a member of the second`);
  if (meet(other.registry, of.member)) fail(`mix: a registry of the second reads as a member of the first`);
  const areSame = a.member.partition === b.member.partition && a.member.sort === b.member.sort;
  if (!areSame && meet(of.member, other.member)) {
    fail("can read one item as a member of both: make their member templates differ, or make them identical");
  }
}

function meet(a: readonly KeyForm[], b: readonly KeyForm[]): boolean {
  return a.some((one) => b.some((another) => haveCommonKey(one, another)));
}
