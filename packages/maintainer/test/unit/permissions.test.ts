import { describeDeployment, type FunctionName, type PermissionStatement } from "@rollcall/maintainer/deployment";
import { defineRegistry, type RegistryDefinition } from "@rollcall/registry";
import { registryKeys, sweepKey } from "@rollcall/registry/internal";
import { resources } from "@rollcall/registry/resources";
import { describe, expect, it } from "vitest";
import { devices, shardedTenants, tenants } from "../fixtures/definitions.ts";

const key = { partition: "pk", sort: "sk" };

/** Its partitions hold what IAM takes for more than itself. */
const starred = defineRegistry({
  name: "starred",
  key,
  member: { partition: "STAR#{scope}#{member}", sort: "#META" },
  registry: { partition: "$*?#{scope}#{shard}", sort: "#STARS", attribute: "stars", shards: 2 },
});

/** Its registries stand beside what they list. */
const beside = defineRegistry({
  name: "beside",
  key,
  member: { partition: "ORG#{scope}", sort: "PROJECT#{member}" },
  registry: { partition: "ORG#{scope}", sort: "#PROJECTS", attribute: "projects" },
});

/** Whether IAM lets a request for one item pass, whose partition is given, or missing. */
function allows(statements: readonly PermissionStatement[], action: string, partition: string | undefined): boolean {
  return statements
    .filter(({ actions }) => actions.includes(`dynamodb:${action}`))
    .some(({ conditions = {} }) =>
      Object.entries(conditions).every(([operator, { "dynamodb:LeadingKeys": values = [] }]) => {
        if (operator === "Null") return values.includes(String(partition === undefined));
        if (partition === undefined) return true; // "for all values" of none
        return values.some((value) => patternOf(value, operator.endsWith("Like")).test(partition));
      }),
    );
}

/** What IAM compares with: variables that stand for a character, and wildcards where the operator knows them. */
function patternOf(value: string, hasWildcards: boolean): RegExp {
  const parts = [...value.matchAll(/\$\{([$*?])\}|([*?])|([^*?$]+|\$)/g)].map(([, literal, wildcard, text]) => {
    if (wildcard && hasWildcards) return wildcard === "*" ? ".*" : ".";
    return RegExp.escape(literal ?? wildcard ?? text ?? "");
  });
  return new RegExp(`^${parts.join("")}$`, "s");
}

const permissionsOf = (name: FunctionName, ...registries: [RegistryDefinition, ...RegistryDefinition[]]) =>
  describeDeployment({ registries }).functions[name].permissions;

describe.each<FunctionName>(["stream", "sweep"])("the permissions of the %s function", (name) => {
  it.each<[RegistryDefinition, readonly (string | undefined)[]]>([
    [resources, [undefined, "tenant-1"]],
    [tenants, [undefined]],
    [devices, ["north"]],
    [shardedTenants, [undefined]],
    [starred, ["eu"]],
  ])("reach the registries of $name, and none of their members", (definition, scopes) => {
    const statements = permissionsOf(name, definition);
    const keys = registryKeys(definition);
    const { partition } = definition.key;
    for (const scope of scopes) {
      for (let shard = 0; shard < (definition.registry.shards ?? 1); shard++) {
        expect(allows(statements, "UpdateItem", keys.registryKey(scope, shard)[partition]?.S)).toBe(true);
      }
      const member = keys.memberKey("gpt-4", scope)[partition]?.S;
      for (const action of ["UpdateItem", "PutItem"]) expect(allows(statements, action, member), action).toBe(false);
      expect(allows(statements, "ConditionCheckItem", member)).toBe(true);
    }
    for (const action of ["UpdateItem", "PutItem"]) expect(allows(statements, action, undefined), action).toBe(false);
  });

  it("take what IAM knows as wildcards for itself", () => {
    const statements = permissionsOf(name, starred);
    expect(allows(statements, "UpdateItem", "$*?#eu#0")).toBe(true);
    expect(allows(statements, "UpdateItem", "$xy#eu#0")).toBe(false);
  });

  it("reach members too where a registry stands in their partition", () => {
    const statements = permissionsOf(name, beside);
    const member = registryKeys(beside).memberKey("web", "acme");
    expect(allows(statements, "UpdateItem", member.pk?.S)).toBe(true);
  });

  it("reach the registries of every definition of the table", () => {
    const statements = permissionsOf(name, tenants, beside);
    for (const definition of [tenants, beside]) {
      const { pk } = registryKeys(definition).registryKey(definition === beside ? "acme" : undefined);
      expect(allows(statements, "UpdateItem", pk?.S)).toBe(true);
    }
  });
});

it("the sweep alone puts an item, and only its own", () => {
  const state = sweepKey(tenants.key)[tenants.key.partition]?.S;
  expect(allows(permissionsOf("sweep", tenants), "PutItem", state)).toBe(true);
  expect(allows(permissionsOf("stream", tenants), "PutItem", state)).toBe(false);
});
