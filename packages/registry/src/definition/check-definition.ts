import { MAX_PARTITION_KEY_BYTES } from "./constants.ts";
import { InvalidDefinitionError } from "./errors.ts";
import { unusedCharacter } from "./overlap.ts";
import type { RegistryDefinition } from "./registry-definition.ts";
import { haveCommonKey, RegistryKeys, scopeRuleOf } from "./registry-keys.ts";
import { CHANGE_ATTRIBUTE, SWEEP_ATTRIBUTES, sweepKey } from "./reserved.ts";
import { MAX_SHARDS } from "./shards.ts";
import { type Placeholder, parseTemplate, type Template } from "./template.ts";

const NAME = /^[a-zA-Z][a-zA-Z0-9_-]{0,63}$/;

/** What each part of a definition may hold: a misspelt field must not pass for a setting. */
const FIELDS = {
  "": ["name", "key", "member", "registry", "names", "scopes"],
  key: ["partition", "sort"],
  member: ["partition", "sort"],
  registry: ["partition", "sort", "attribute", "attributes", "shards"],
  names: ["pattern", "maxBytes"],
  scopes: ["pattern"],
} as const;

/**
 * Refuses a definition whose registry could not be kept true.
 *
 * @throws InvalidDefinitionError
 */
export function assertDefinition(definition: RegistryDefinition): void {
  assertFields(definition);
  assertAttributes(definition);
  assertRules(definition);
  assertPlaceholders(definition);
  assertReadable(definition);
}

function assertFields(definition: RegistryDefinition): void {
  const parts: Record<string, unknown> = { "": definition, ...definition };
  for (const [part, known] of Object.entries(FIELDS)) {
    const value = parts[part];
    const isOptional = part === "names" || part === "scopes";
    if (value === undefined && isOptional) continue;
    const where = part === "" ? "it" : part;
    if (typeof value !== "object" || value === null || Array.isArray(value)) fail(`${where} is not an object`);
    for (const field of Object.keys(value as object)) {
      if (!(known as readonly string[]).includes(field)) {
        fail(`${where} has an unknown field ${JSON.stringify(field)}; known are ${known.join(", ")}`);
      }
    }
  }
  const { name } = definition;
  if (typeof name !== "string" || !NAME.test(name)) {
    fail(`name is ${JSON.stringify(name)}: use 1 to 64 letters, digits, "_" and "-", first a letter`);
  }
}

/** Names of attributes are there, and none has two meanings. */
function assertAttributes({ key, member, registry }: RegistryDefinition): void {
  assertText("key.partition", key.partition);
  if (key.sort !== undefined) assertText("key.sort", key.sort);
  if (key.sort === key.partition) fail("key.sort is the same attribute as key.partition");
  for (const [where, name] of Object.entries(key)) {
    if (name !== CHANGE_ATTRIBUTE && !(SWEEP_ATTRIBUTES as readonly unknown[]).includes(name)) continue;
    const whose = name === CHANGE_ATTRIBUTE ? "registries" : "sweeps";
    fail(`key.${where} is ${JSON.stringify(name)}, an attribute of the items of ${whose}: such a table cannot be kept`);
  }
  for (const [where, templates] of [["member", member] as const, ["registry", registry] as const]) {
    assertText(`${where}.partition`, templates.partition);
    if (key.sort !== undefined) assertText(`${where}.sort`, templates.sort);
    else if (templates.sort !== undefined) fail(`${where}.sort is given, but key.sort is not: name the sort key there`);
  }
  assertText("registry.attribute", registry.attribute);
  const taken = [key.partition, key.sort, CHANGE_ATTRIBUTE];
  if (taken.includes(registry.attribute)) {
    fail(`registry.attribute is ${JSON.stringify(registry.attribute)}, which has another use; take another name`);
  }
  for (const [name, template] of Object.entries(registry.attributes ?? {})) {
    assertText(`registry.attributes.${name}`, template);
    if (name === "" || name === registry.attribute || taken.includes(name)) {
      fail(`registry.attributes.${name} has another use; leave it out`);
    }
  }
}

function assertRules({ registry: { shards = 1 }, names, scopes }: RegistryDefinition): void {
  if (!Number.isInteger(shards) || shards < 1 || shards > MAX_SHARDS) {
    fail(`registry.shards is ${JSON.stringify(shards)}: use a whole number from 1 to ${MAX_SHARDS}`);
  }
  const { maxBytes } = names ?? {};
  if (maxBytes !== undefined && !(Number.isInteger(maxBytes) && maxBytes > 0 && maxBytes <= MAX_PARTITION_KEY_BYTES)) {
    fail(`names.maxBytes is ${JSON.stringify(maxBytes)}: use a whole number from 1 to ${MAX_PARTITION_KEY_BYTES}`);
  }
  for (const [where, pattern] of [["names", names?.pattern] as const, ["scopes", scopes?.pattern] as const]) {
    if (pattern === undefined) continue;
    try {
      new RegExp(pattern);
    } catch (error) {
      fail(`${where}.pattern is no regular expression: ${(error as Error).message}`, error);
    }
  }
}

/** Each placeholder stands where it is needed, once, and apart from the next. */
function assertPlaceholders({ member, registry }: RegistryDefinition): void {
  const shards = registry.shards ?? 1;
  const ofMember = placeholdersOf("member", member);
  const ofRegistry = placeholdersOf("registry", registry);
  const count = (list: readonly Placeholder[], name: Placeholder) => list.filter((found) => found === name).length;
  if (count(ofMember, "member") !== 1) fail("member must hold {member} once, in its partition or its sort key");
  if (count(ofRegistry, "member") > 0)
    fail("registry holds {member}, but one registry lists many members; take it out");
  if (count(ofMember, "shard") > 0) fail("member holds {shard}, which only a registry has; take it out");
  if (count(ofMember, "scope") > 1 || count(ofRegistry, "scope") > 1)
    fail("{scope} stands twice in one key; once is enough");
  if (count(ofMember, "scope") !== count(ofRegistry, "scope")) {
    fail("{scope} stands in only one of member and registry: every scope has a registry of its own, so put it in both");
  }
  if (shards > 1 && count(ofRegistry, "shard") !== 1) {
    fail(`registry.shards is ${shards}: registry must hold {shard} once, in its partition or its sort key`);
  }
  if (shards === 1 && count(ofRegistry, "shard") > 0)
    fail("registry holds {shard}, but registry.shards is not above 1");
  if (isScopeOptional(member) !== isScopeOptional(registry)) {
    fail("{scope} stands in square brackets in only one of member and registry: it is optional in both or in neither");
  }
}

/** Every key reads back, a registry never reads as a member, and the sweep's own item is neither. */
function assertReadable(definition: RegistryDefinition): void {
  const keys = new RegistryKeys(definition);
  const used = new Set(JSON.stringify(definition));
  const probe = unusedCharacter(used);
  const relaxed = new RegistryKeys({ ...definition, scopes: undefined });
  if (keys.mayHaveScope && !relaxed.isScope(probe)) {
    fail(
      "a key with a scope would read as one without, or as another scope's: put text between {scope} and what follows",
    );
  }
  for (const registry of keys.registry) {
    for (const member of keys.member) {
      if (haveCommonKey(registry, member, scopeRuleOf(keys.member))) {
        fail("a registry's key can read as a member's: give the registry a key that no member can have");
      }
    }
  }
  const sweep = sweepKey(definition.key);
  if (keys.readMember(sweep) !== undefined || keys.readRegistry(sweep) !== undefined) {
    fail(
      `the key ${JSON.stringify(sweep)}, where sweeps keep their place, reads as a member or a registry; change the templates`,
    );
  }
}

type KeyTexts = { readonly partition: string; readonly sort?: string | undefined };

function templatesOf(where: string, { partition, sort }: KeyTexts): Template[] {
  const templates = [parseTemplate(partition, `${where}.partition`)];
  if (sort !== undefined) templates.push(parseTemplate(sort, `${where}.sort`));
  return templates;
}

function placeholdersOf(where: string, texts: KeyTexts): Placeholder[] {
  return templatesOf(where, texts).flatMap(({ scoped, flat }) => {
    for (const pattern of [scoped, ...(flat === undefined ? [] : [flat])]) {
      if (pattern.literals.join("") === "" && pattern.placeholders.length === 0)
        fail(`${where} has an empty key without a scope`);
      if (pattern.literals.slice(1, -1).includes("")) {
        fail(
          `${where}: two placeholders stand side by side, so nothing tells where the first one ends; put text between`,
        );
      }
    }
    return scoped.placeholders;
  });
}

function isScopeOptional(texts: KeyTexts): boolean {
  const templates = templatesOf("", texts);
  const isScoped = templates.some(({ scoped }) => scoped.placeholders.includes("scope"));
  return isScoped && templates.every(({ flat }) => flat !== undefined);
}

function assertText(where: string, value: unknown): void {
  if (typeof value !== "string" || value === "") fail(`${where} is missing`);
}

function fail(problem: string, cause?: unknown): never {
  throw new InvalidDefinitionError(`Invalid registry definition: ${problem}`, cause === undefined ? {} : { cause });
}
