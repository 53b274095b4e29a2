import assert from "node:assert/strict"; // in long loops, faster than `expect`
import { checkRegistries, defineRegistry, InvalidDefinitionError, type RegistryDefinition } from "@rollcall/registry";
import { runs } from "@rollcall/testing/dynamodb/only-in-ci";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { registryKeys } from "../../../src/definition/define-registry.ts";

const TENANTS = {
  name: "tenants",
  key: { partition: "pk", sort: "sk" },
  member: { partition: "TENANT#{member}", sort: "#META" },
  registry: { partition: "SYSTEM#", sort: "#TENANTS", attribute: "tenants" },
} satisfies RegistryDefinition;
const PROJECTS = {
  name: "projects",
  key: { partition: "pk", sort: "sk" },
  member: { partition: "TENANT#{scope}", sort: "PROJECT#{member}" },
  registry: { partition: "TENANT#{scope}", sort: "#PROJECTS", attribute: "projects" },
} satisfies RegistryDefinition;
/** A table without a sort key. */
const SINGLE_KEY = {
  name: "devices",
  key: { partition: "id" },
  member: { partition: "site:{scope}:device:{member}" },
  registry: { partition: "site:{scope}:devices", attribute: "devices" },
} satisfies RegistryDefinition;
const RESOURCES = {
  name: "resources",
  key: { partition: "PK", sort: "SK" },
  member: { partition: "[{scope}/]RESOURCE#{member}", sort: "#CONFIG" },
  registry: {
    partition: "[{scope}/]SYSTEM#",
    sort: "#RESOURCES",
    attribute: "resources",
    attributes: { GSI4PK: "{scope}", GSI4SK: "{scope}/SYSTEM#" },
  },
  scopes: { pattern: "^[^#]+$" },
} satisfies RegistryDefinition;

type DefinitionChange = Record<string, unknown>;
const problemOf = (definition: RegistryDefinition, change: DefinitionChange = {}): string => {
  try {
    defineRegistry({ ...definition, ...change } as RegistryDefinition);
  } catch (error) {
    if (error instanceof InvalidDefinitionError && error.code === "INVALID_DEFINITION") return error.message;
    throw error;
  }
  return "";
};

describe("defineRegistry", () => {
  it.each([TENANTS, PROJECTS, SINGLE_KEY, RESOURCES])("takes $name, as a frozen copy that survives JSON", (given) => {
    const definition = defineRegistry(given);
    expect(definition).toEqual(given);
    expect(Object.isFrozen(definition.registry)).toBe(true);
    expect(defineRegistry(JSON.parse(JSON.stringify(definition)) as RegistryDefinition)).toEqual(definition);
  });

  const { member, registry } = TENANTS;
  it.each<[what: string, change: DefinitionChange, problem: RegExp]>([
    ["an unknown field", { shards: 4 }, /it has an unknown field "shards"; known are name/],
    ["a misspelt field of a part", { registry: { ...registry, shard: 4 } }, /registry has an unknown field "shard"/],
    ["a part that is no object", { key: "pk" }, /key is not an object/],
    ["a name that is none", { name: "my tenants" }, /name is "my tenants": use 1 to 64/],
    ["no partition key", { key: { partition: "" } }, /key.partition is missing/],
    ["one attribute for both keys", { key: { partition: "pk", sort: "pk" } }, /key.sort is the same attribute/],
    ["a sort key without a template", { member: { partition: "T#{member}" } }, /member.sort is missing/],
    ["a template without a sort key", { key: { partition: "pk" } }, /member.sort is given, but key.sort is not/],
    ["a key in a sweep's place", { key: { partition: "pk", sort: "version" } }, /key.sort is "version", .* sweeps/],
    [
      "a key in the change's place",
      { key: { partition: "rollcall_change", sort: "sk" } },
      /of the items of registries/,
    ],
    ["no set", { registry: { ...registry, attribute: undefined } }, /registry.attribute is missing/],
    ["a set in a key", { registry: { ...registry, attribute: "sk" } }, /registry.attribute is "sk", which has another/],
    ["a set in the change's place", { registry: { ...registry, attribute: "rollcall_change" } }, /has another use/],
    ["an attribute over the set", { registry: { ...registry, attributes: { tenants: "x" } } }, /has another use/],
    ["no {member}", { member: { ...member, partition: "TENANT#" } }, /member must hold \{member\} once/],
    ["{member} in both keys", { member: { partition: "T#{member}", sort: "{member}" } }, /must hold \{member\} once/],
    ["{member} in the registry", { registry: { ...registry, sort: "{member}" } }, /registry holds \{member\}/],
    ["{shard} in a member", { member: { ...member, sort: "{shard}" } }, /member holds \{shard\}/],
    ["an unknown placeholder", { member: { ...member, sort: "{tenant}" } }, /\{tenant\} is unknown; known are/],
    ["a brace alone", { member: { ...member, sort: "a}" } }, /a brace opens or closes no placeholder/],
    ["a bracket alone", { member: { ...member, sort: "[a" } }, /a "\[" is never closed/],
    ["a bracket that was never opened", { member: { ...member, sort: "a]" } }, /a "\]" closes no bracket/],
    ["brackets without a scope", { member: { ...member, sort: "[a]b" } }, /must hold \{scope\}/],
    ["a scope that has no registry", { member: { ...member, sort: "{scope}" } }, /\{scope\} stands in only one/],
    [
      "a scope that is optional in one place",
      { member: { ...member, sort: "[{scope}]#" }, registry: { ...registry, sort: "{scope}" } },
      /square brackets in only one/,
    ],
    ["shards without {shard}", { registry: { ...registry, shards: 4 } }, /registry must hold \{shard\} once/],
    ["{shard} without shards", { registry: { ...registry, sort: "#T{shard}" } }, /registry.shards is not above 1/],
    ["too many shards", { registry: { ...registry, sort: "#T{shard}", shards: 1_001 } }, /from 1 to 1000/],
    ["half a shard", { registry: { ...registry, sort: "#T{shard}", shards: 1.5 } }, /registry.shards is 1.5/],
    ["no regular expression", { names: { pattern: "(" } }, /names.pattern is no regular expression/],
    ["names of no length", { names: { maxBytes: 0 } }, /names.maxBytes is 0/],
    [
      "a registry that reads as a member",
      { registry: { ...registry, partition: "TENANT#", sort: "#META" } },
      /can read/,
    ],
    ["a sweep that reads as a member", { member: { partition: "{member}", sort: "#ROLLCALL#SWEEP" } }, /sweeps keep/],
  ])("refuses %s", (_, change, problem) => {
    expect(problemOf(TENANTS, change)).toMatch(problem);
  });

  it.each<[what: string, member: string, registry: string]>([
    ["a scope that ends nowhere", "{scope}{member}", "{scope}#LIST"],
    ["an optional scope that reads as a name", "[{scope}]T#{member}", "[{scope}]#LIST"],
    ["an optional scope behind any name", "{member}[@{scope}]", "#LIST[@{scope}]"],
    ["a key that is empty without a scope", "T#{member}[#{scope}]", "[{scope}]"],
    ["a registry that is a member of another scope", "{scope}ab{member}", "{scope}bX"],
    ["a registry that is a member of any scope", "{scope}#{member}", "{scope}#LIST"],
    ["a registry that is the member with the empty name", "T#{member}", "T#"],
  ])("refuses %s", (_, member, registry) => {
    const change = { key: { partition: "id" }, member: { partition: member } };
    expect(problemOf(TENANTS, { ...change, registry: { partition: registry, attribute: "names" } })).not.toBe("");
  });
});

describe("checkRegistries", () => {
  const moved = { ...TENANTS, name: "tenants-2" };
  const elsewhere = { partition: "SYSTEM#", sort: "#TENANTS-2", attribute: "tenants2" };

  it("takes registries of different items, and one item listed twice", () => {
    checkRegistries([TENANTS, PROJECTS, { ...moved, registry: elsewhere }]);
  });

  it.each<[what: string, other: RegistryDefinition, problem: RegExp]>([
    ["the same name", { ...moved, name: "tenants", registry: elsewhere }, /have the same name/],
    ["the same item", { ...moved, registry: { ...elsewhere, sort: "#TENANTS" } }, /the same registry item/],
    ["the same attribute", { ...moved, registry: { ...elsewhere, attribute: "tenants" } }, /attribute "tenants"/],
    ["other keys", { ...moved, key: { partition: "PK", sort: "SK" }, registry: elsewhere }, /not of one table/],
    [
      "members that overlap",
      { ...moved, member: { partition: "TENANT#eu-{member}", sort: "#META" }, registry: elsewhere },
      /as a member of both/,
    ],
    [
      "a registry that is the other's member",
      {
        ...moved,
        member: { partition: "SYSTEM#", sort: "#T{member}" },
        registry: { ...elsewhere, partition: "LISTS#" },
      },
      /a registry of the first reads as a member of the second/,
    ],
  ])("refuses two with %s", (_, other, problem) => {
    expect(() => checkRegistries([TENANTS, other])).toThrow(problem);
    expect(() => checkRegistries([TENANTS, other])).toThrow(InvalidDefinitionError);
  });

  it("refuses an empty list", () => {
    expect(() => checkRegistries([])).toThrow("There is no registry");
  });
});

/** At least as many names are read back. */
const NAMES = runs(100_000);
/** Few characters, so that literals, names and scopes run into one another. */
const literal = fc.string({ unit: fc.constantFrom("a", "b", "#", "/"), maxLength: 3 });
const anyText = fc.oneof(
  fc.string({ unit: fc.constantFrom("a", "b", "#", "/"), maxLength: 8 }),
  fc.string({ unit: "binary", maxLength: 12 }),
);
const template = (placeholder: string) =>
  fc.oneof(
    fc.tuple(literal, literal).map(([a, b]) => `${a}${placeholder}${b}`),
    fc.tuple(literal, literal, literal).map(([a, b, c]) => `${a}{scope}${b}${placeholder}${c}`),
    fc.tuple(literal, literal, literal).map(([a, b, c]) => `${a}${placeholder}${b}{scope}${c}`),
    fc.tuple(literal, literal, literal, literal).map(([a, b, c, d]) => `${a}[${b}{scope}${c}]${d}${placeholder}`),
    fc.tuple(literal, literal, literal, literal).map(([a, b, c, d]) => `${placeholder}${a}[${b}{scope}${c}]${d}`),
  );
const anyDefinition = fc
  .record({
    member: template("{member}"),
    registry: fc.oneof(template(""), template("{shard}")),
    memberSort: fc.option(fc.oneof(literal, template("")), { nil: undefined }),
    registrySort: fc.oneof(literal, template("")),
    isSwapped: fc.boolean(),
  })
  .map(({ member, registry, memberSort, registrySort, isSwapped }): RegistryDefinition => {
    const shards = registry.includes("{shard}") ? 12 : 1;
    const sorted = memberSort !== undefined;
    const keys = (one: string, other: string | undefined) =>
      sorted
        ? isSwapped
          ? { partition: other ?? "", sort: one }
          : { partition: one, sort: other }
        : { partition: one };
    return {
      name: "any",
      key: sorted ? { partition: "pk", sort: "sk" } : { partition: "pk" },
      member: keys(member, memberSort) as RegistryDefinition["member"],
      registry: { ...(keys(registry, registrySort) as { partition: string }), attribute: "names", shards },
    };
  })
  .filter((definition) => problemOf(definition) === "");

const address = fc.record({ member: anyText, scope: fc.option(anyText, { nil: undefined }), shard: fc.nat(11) });

describe("keys of any definition", { timeout: 120_000 }, () => {
  it("read back as the name, scope and shard that they were built from, for any text", () => {
    let cases = 0;
    const addresses = fc.array(address, { minLength: 15, maxLength: 15 });
    fc.assert(
      fc.property(anyDefinition, addresses, (definition, given) => {
        const keys = registryKeys(definition);
        for (const { member, scope, shard } of given) {
          if (!keys.isScope(scope)) continue;
          cases++;
          const k = definition.registry.shards === 1 ? 0 : shard;
          assert.deepEqual(keys.readMember(keys.memberKey(member, scope)), { scope, member });
          assert.deepEqual(keys.readRegistry(keys.registryKey(scope, k)), { scope, shard: k });
          assert.equal(keys.readMember(keys.registryKey(scope, k)), undefined);
        }
      }),
      { numRuns: NAMES / 8 },
    );
    expect(cases).toBeGreaterThan(NAMES);
  });
});

describe("keys of a definition", () => {
  const resources = registryKeys(defineRegistry(RESOURCES));

  it("are tried without a scope first", () => {
    expect(resources.readMember({ PK: { S: "RESOURCE#a/RESOURCE#b" }, SK: { S: "#CONFIG" } })).toEqual({
      scope: undefined,
      member: "a/RESOURCE#b",
    });
  });

  it("belong to nothing where the scope breaks the definition's rule", () => {
    expect(resources.readMember({ PK: { S: "a#b/RESOURCE#c" }, SK: { S: "#CONFIG" } })).toBeUndefined();
    expect(resources.readRegistry({ PK: { S: "a#b/SYSTEM#" }, SK: { S: "#RESOURCES" } })).toBeUndefined();
    expect(resources.isScope("a#b")).toBe(false);
    expect(resources.isScope("RESOURCE")).toBe(true);
  });

  it("of another type than string belong to nothing", () => {
    expect(resources.readMember({ PK: { N: "1" } as never, SK: { S: "#CONFIG" } })).toBeUndefined();
    expect(resources.readMember({})).toBeUndefined();
  });

  it("carry the attributes that need no scope, and the others where there is one", () => {
    expect(resources.registryAttributes()).toEqual({});
    expect(resources.registryAttributes("t1")).toEqual({ GSI4PK: { S: "t1" }, GSI4SK: { S: "t1/SYSTEM#" } });
  });

  it("number shards from 0, unpadded, below the definition's number", () => {
    const registry = { partition: "SYSTEM#", sort: "#TENANTS#{shard}", attribute: "tenants", shards: 12 };
    const keys = registryKeys(defineRegistry({ ...TENANTS, registry }));
    const read = (shard: string) => keys.readRegistry({ pk: { S: "SYSTEM#" }, sk: { S: `#TENANTS#${shard}` } });
    expect(keys.registryKey(undefined, 11)).toEqual({ pk: { S: "SYSTEM#" }, sk: { S: "#TENANTS#11" } });
    expect(read("11")).toEqual({ scope: undefined, shard: 11 });
    for (const foreign of ["12", "01", "-1", "1.0", "", "x"]) expect(read(foreign)).toBeUndefined();
  });

  it("fit DynamoDB's limits or do not", () => {
    const projects = registryKeys(defineRegistry(PROJECTS));
    expect(projects.fits("p".repeat(1_016), "acme")).toBe(true);
    expect(projects.fits("p".repeat(1_017), "acme")).toBe(false);
    expect(projects.fits("p", "t".repeat(2_042))).toBe(false);
  });
});
