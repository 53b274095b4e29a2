import { crc32 } from "node:zlib";
import type { Item } from "@rollcall/memory-dynamodb";
import type { RegistryDefinition } from "@rollcall/registry";

/** One item of a registry: of one definition, in one scope, one of its shards. */
export interface ListPlace {
  readonly definition: RegistryDefinition;
  readonly scope: string | undefined;
  readonly shard: number;
}

/** A name, and the item that is to list it. */
export interface NamePlace extends ListPlace {
  readonly name: string;
}

/** The ways in which a key of one kind can be written, those without a scope first. */
type KeyForms = readonly { readonly partition: RegExp; readonly sort: RegExp | undefined }[];

/** A definition whose keys can be read. */
interface ReadableDefinition {
  readonly definition: RegistryDefinition;
  readonly member: KeyForms;
  readonly registry: KeyForms;
  readonly scopes: RegExp | undefined;
}

/** Reads keys by the definitions' templates. It does so by itself: code on trial is no judge. */
export class KeyReader {
  readonly #definitions: readonly ReadableDefinition[];

  constructor(definitions: readonly RegistryDefinition[]) {
    this.#definitions = definitions.map((definition) => ({
      definition,
      member: formsOf(definition.member),
      registry: formsOf(definition.registry),
      scopes: definition.scopes?.pattern === undefined ? undefined : new RegExp(definition.scopes.pattern),
    }));
  }

  /** Which name's item a key is, to each definition that lists such items. */
  members(key: Item): NamePlace[] {
    return this.#definitions.flatMap((readable) => {
      const found = read(readable, readable.member, key);
      if (found === undefined) return [];
      const { definition } = readable;
      const { scope, member: name = "" } = found;
      return [{ definition, scope, name, shard: homeShard(definition, name) }];
    });
  }

  /** Which registry's item a key is. */
  list(key: Item): ListPlace | undefined {
    for (const readable of this.#definitions) {
      const found = read(readable, readable.registry, key);
      if (found === undefined) continue;
      const { definition } = readable;
      const shard = Number(found.shard ?? "0");
      if (shard < shardCount(definition)) return { definition, scope: found.scope, shard };
    }
    return undefined;
  }

  /** The names in a registry's item; none where it is no set. */
  names(item: Item | undefined): readonly string[] {
    const place = item && this.list(item);
    return (place && item?.[place.definition.registry.attribute]?.SS) ?? [];
  }
}

/** The shard where a name belongs: CRC-32 of its UTF-8 bytes modulo their number. */
export function homeShard(definition: RegistryDefinition, name: string): number {
  return crc32(Buffer.from(name, "utf8")) % shardCount(definition);
}

export function shardCount({ registry }: RegistryDefinition): number {
  return registry.shards ?? 1;
}

/** The same for the same item. */
export function keyText({ definition, scope, shard }: ListPlace): string {
  return JSON.stringify([definition.name, scope, shard]);
}

type Groups = { readonly scope?: string; readonly member?: string; readonly shard?: string };

function read({ definition, scopes }: ReadableDefinition, forms: KeyForms, key: Item): Groups | undefined {
  const { partition, sort } = definition.key;
  for (const form of forms) {
    const first = form.partition.exec(key[partition]?.S ?? "");
    const second = sort === undefined ? undefined : form.sort?.exec(key[sort]?.S ?? "");
    if (first === null || second === null) continue;
    const groups: Groups = { ...first.groups, ...second?.groups };
    return groups.scope !== undefined && scopes?.test(groups.scope) === false ? undefined : groups;
  }
  return undefined;
}

function formsOf({ partition, sort }: { readonly partition: string; readonly sort?: string | undefined }): KeyForms {
  const isOptional = `${partition} ${sort}`.includes("[");
  const variants = isOptional ? [withoutBrackets, withBrackets] : [withBrackets];
  return variants.map((variant) => ({
    partition: patternOf(variant(partition)),
    sort: sort === undefined ? undefined : patternOf(variant(sort)),
  }));
}

function withBrackets(template: string): string {
  return template.replaceAll(/[[\]]/g, "");
}

function withoutBrackets(template: string): string {
  return template.replace(/\[.*\]/, "");
}

/** A scope ends where the text behind it occurs first, and a member takes all that is left. */
function patternOf(template: string): RegExp {
  const parts = template.split(/(\{\w+\})/);
  const source = parts.map((part, i) => {
    if (part === "{member}") return "(?<member>[^]*)";
    if (part === "{shard}") return "(?<shard>0|[1-9][0-9]*)";
    if (part !== "{scope}") return RegExp.escape(part);
    const avoided = parts[i + 1] || parts[i - 1];
    return avoided ? `(?<scope>(?:(?!${RegExp.escape(avoided)})[^])+)` : "(?<scope>[^]+)";
  });
  return new RegExp(`^${source.join("")}$`);
}
