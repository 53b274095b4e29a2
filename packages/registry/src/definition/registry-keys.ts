import { MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES } from "./constants.ts";
import { haveCommonText, type ScopeRule } from "./overlap.ts";
import type { RegistryDefinition } from "./registry-definition.ts";
import { buildText, type Pattern, parseTemplate, readPattern, type Template, type Values } from "./template.ts";

/** A primary key as DynamoDB takes it: the definition's key attributes, all of them text. */
export type StringKey = Record<string, { S: string }>;

/** The part of a primary key that is read: an SDK item, an SDK key or the `Keys` of a Lambda stream record. */
export type KeyLike = Readonly<Record<string, { readonly S?: string | undefined } | undefined>>;

/** Where a member item belongs. */
export interface MemberAddress {
  /** The scope, or `undefined` where there is none. */
  scope: string | undefined;
  /** The name, exactly as it is stored. Empty when the key names none. */
  member: string;
}

/** Where a registry item belongs. */
export interface RegistryAddress {
  /** The scope, or `undefined` where there is none. */
  scope: string | undefined;
  /** Which part of the registry the item holds, from 0. */
  shard: number;
}

/** The templates of one item's key: those of the member items or of the registry items. */
interface KeyTemplates {
  readonly partition: Template;
  readonly sort: Template | undefined;
}

/** One way in which a key can be written. */
export interface KeyForm {
  readonly partition: Pattern;
  /** `undefined` where the table has no sort key. */
  readonly sort: Pattern | undefined;
}

/** A canonical number of a shard: no sign, no leading zero. */
const SHARD = /^(?:0|[1-9]\d{0,2})$/;

/**
 * Builds and reads the keys that a definition describes. Building and reading are inverse for any name and for any
 * scope that {@link isScope} accepts.
 */
export class RegistryKeys {
  /** The names of the table's key attributes. */
  readonly key: RegistryDefinition["key"];
  readonly #shards: number;
  readonly #scopePattern: RegExp | undefined;
  /** Keys of one scope are read in a row, as a rule. */
  #lastScope: { readonly scope: string; readonly isAccepted: boolean } | undefined;
  readonly #attributes: readonly (readonly [string, Template])[];
  /** In the order in which they are tried: without a scope first. */
  readonly member: readonly KeyForm[];
  readonly registry: readonly KeyForm[];

  constructor({ key, member, registry, scopes }: RegistryDefinition) {
    this.key = key;
    this.#shards = registry.shards ?? 1;
    this.#scopePattern = scopes?.pattern === undefined ? undefined : new RegExp(scopes.pattern);
    this.#attributes = Object.entries(registry.attributes ?? {}).map(([name, text]) => [
      name,
      parseTemplate(text, `registry.attributes.${name}`),
    ]);
    this.member = formsOf(templatesOf(member, "member"));
    this.registry = formsOf(templatesOf(registry, "registry"));
  }

  /** The key of a member's item. */
  memberKey(member: string, scope?: string): StringKey {
    return this.#build(this.member, { member }, scope);
  }

  /** The key of a registry's item. */
  registryKey(scope?: string, shard = 0): StringKey {
    return this.#build(this.registry, { shard: String(shard) }, scope);
  }

  /** Whose item a key is, or `undefined` for any other. */
  readMember(key: KeyLike): MemberAddress | undefined {
    const values = this.#read(this.member, key);
    if (values === undefined || !this.#isAccepted(values.scope)) return undefined;
    return { scope: values.scope, member: values.member ?? "" };
  }

  /** Which registry's item a key is, or `undefined` for any other. */
  readRegistry(key: KeyLike): RegistryAddress | undefined {
    const values = this.#read(this.registry, key);
    if (values === undefined || !this.#isAccepted(values.scope)) return undefined;
    const shard = values.shard ?? "0";
    return SHARD.test(shard) && Number(shard) < this.#shards
      ? { scope: values.scope, shard: Number(shard) }
      : undefined;
  }

  /** Whether keys can be made with this scope, or without one: they read back, and the definition's own rule holds. */
  isScope(scope: string | undefined): boolean {
    return (scope === undefined ? !this.isScopeRequired : this.mayHaveScope) && this.#isAccepted(scope);
  }

  /** Whether no key can be made without a scope. */
  get isScopeRequired(): boolean {
    return !this.member.some(isWithoutScope);
  }

  /** Whether keys can have a scope. */
  get mayHaveScope(): boolean {
    return !this.member.every(isWithoutScope);
  }

  /** Whether the key that a name makes is one that DynamoDB takes. */
  fits(member: string, scope?: string): boolean {
    const { partition, sort } = this.key;
    const key = this.memberKey(member, scope);
    return (
      isWithin(key[partition]?.S, MAX_PARTITION_KEY_BYTES) &&
      (sort === undefined || isWithin(key[sort]?.S, MAX_SORT_KEY_BYTES))
    );
  }

  /** What a registry's item carries besides its key and its set. */
  registryAttributes(scope?: string, shard = 0): StringKey {
    const values = { shard: String(shard), ...(scope !== undefined && { scope }) };
    return Object.fromEntries(
      this.#attributes.flatMap(([name, { scoped, flat }]) => {
        const pattern = scope === undefined ? flat : scoped;
        return pattern === undefined ? [] : [[name, { S: buildText(pattern, values) }]];
      }),
    );
  }

  #isAccepted(scope: string | undefined): boolean {
    if (scope === undefined) return true;
    if (this.#lastScope?.scope !== scope) this.#lastScope = { scope, isAccepted: this.#readsBack(scope) };
    return this.#lastScope.isAccepted;
  }

  #readsBack(scope: string): boolean {
    if (this.#scopePattern !== undefined && !this.#scopePattern.test(scope)) return false;
    // Which name and which shard stand in the key makes no difference to whether its scope reads back.
    const member = this.#read(this.member, this.#build(this.member, { member: "" }, scope));
    const registry = this.#read(this.registry, this.#build(this.registry, { shard: "0" }, scope));
    return member?.scope === scope && registry?.scope === scope;
  }

  #build(forms: readonly KeyForm[], values: Values, scope: string | undefined): StringKey {
    // With a scope the last form is right: the only one, or the one behind the form without.
    const form = scope === undefined ? forms[0] : forms.at(-1);
    const { partition, sort } = this.key;
    const all = scope === undefined ? values : { ...values, scope };
    const text = (pattern: Pattern | undefined) => ({ S: pattern === undefined ? "" : buildText(pattern, all) });
    return { [partition]: text(form?.partition), ...(sort !== undefined && { [sort]: text(form?.sort) }) };
  }

  #read(forms: readonly KeyForm[], key: KeyLike): Values | undefined {
    const { partition, sort } = this.key;
    for (const form of forms) {
      const ofPartition = readText(form.partition, key[partition]);
      if (ofPartition === undefined) continue;
      const ofSort = sort === undefined ? {} : form.sort && readText(form.sort, key[sort]);
      if (ofSort !== undefined) return { ...ofPartition, ...ofSort };
    }
    return undefined;
  }
}

/** Whether some key can be written in both forms. */
export function haveCommonKey(a: KeyForm, b: KeyForm, rule?: ScopeRule): boolean {
  if (!haveCommonText(a.partition, b.partition, rule)) return false;
  return a.sort === undefined || b.sort === undefined || haveCommonText(a.sort, b.sort, rule);
}

/** What a scope cannot hold, as far as the key of its members tells: the literal behind it, or before it. */
export function scopeRuleOf(forms: readonly KeyForm[]): ScopeRule | undefined {
  const { partition, sort } = forms.at(-1) ?? {};
  const pattern = [partition, sort].find((found) => found?.placeholders.includes("scope"));
  const position = pattern?.placeholders.indexOf("scope") ?? 0;
  const behind = pattern?.literals[position + 1];
  if (behind) return { avoids: behind, endsThere: true };
  const before = position > 0 ? pattern?.literals[position] : undefined;
  return before ? { avoids: before, endsThere: false } : undefined;
}

/** Records come from outside, and types promise nothing there: a key that is no text belongs to nothing. */
function readText(pattern: Pattern, value: KeyLike[string]): Values | undefined {
  const text: unknown = value?.S;
  return typeof text === "string" ? readPattern(pattern, text) : undefined;
}

function templatesOf({ partition, sort }: { partition: string; sort?: string | undefined }, where: string) {
  return {
    partition: parseTemplate(partition, `${where}.partition`),
    sort: sort === undefined ? undefined : parseTemplate(sort, `${where}.sort`),
  };
}

function formsOf({ partition, sort }: KeyTemplates): KeyForm[] {
  const scoped = { partition: partition.scoped, sort: sort?.scoped };
  if (partition.flat === undefined || (sort !== undefined && sort.flat === undefined)) return [scoped];
  const flat = { partition: partition.flat, sort: sort?.flat };
  return isWithoutScope(scoped) ? [flat] : [flat, scoped];
}

function isWithoutScope({ partition, sort }: KeyForm): boolean {
  return !partition.placeholders.includes("scope") && !sort?.placeholders.includes("scope");
}

/** DynamoDB takes no empty key. */
function isWithin(text: string | undefined, bytes: number): boolean {
  return text !== undefined && text !== "" && Buffer.byteLength(text) <= bytes;
}
