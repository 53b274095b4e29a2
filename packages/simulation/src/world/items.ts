import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { RegistryDefinition } from "@rollcall/registry";
import { registryKeys } from "@rollcall/registry/internal";
import { itemSizeBytes } from "@rollcall/registry/protocol";
import { homeShard, shardCount } from "../layout/key-reader.ts";
import { type Layout, scopesOf } from "../layout/layout.ts";
import type { Backlog, Crowd, Setting } from "../plan/setting.ts";
import type { Random } from "../timeline/random.ts";

type Attributes = Record<string, AttributeValue>;

/** The most an item may weigh. Source: Developer Guide, "Constraints". */
export const MAX_ITEM_BYTES = 409_600;
/** Names that fill a registry quickly: nearly as long as a key may be. */
const FILLER_BYTES = 2_000;
const SORT_FILLER_BYTES = 1_000;

/** Where the first items of one registry go. */
interface Place {
  readonly definition: RegistryDefinition;
  readonly scope: string | undefined;
}

/**
 * What every table of a setting begins with. A crowd fills the first shard of the first definition's registries. An item
 * that two definitions list stands there once.
 */
export function firstItems({ layout, ...setting }: Setting, random: Random): Attributes[] {
  const items = layout.definitions.flatMap((definition, i) =>
    scopesOf(definition, setting.scopes).flatMap((scope) => {
      const crowd = i === 0 ? setting.crowd : undefined;
      return firstItemsOf({ definition, scope }, { ...setting, crowd, layout }, random);
    }),
  );
  const { partition, sort = partition } = (layout.definitions[0] as RegistryDefinition).key;
  return [...new Map(items.map((item) => [`${item[partition]?.S}\n${item[sort]?.S}`, item])).values()];
}

function firstItemsOf(place: Place, setting: Setting, random: Random): Attributes[] {
  const { layout, names, crowd, backlog, isRestored } = setting;
  const { definition } = place;
  const ballast = backlog?.ballastBytes ? { note: { S: "x".repeat(backlog.ballastBytes) } } : {};
  const [withItem, registered] = isRestored ? [random.some(names), random.some(names)] : [[], []];
  const waiting = backlog === undefined ? [] : backlogNames(definition, backlog);
  const listed = [...registered, ...(backlog?.isListed ? waiting : [])];
  const fillers = crowd === undefined ? [] : fillersBeside(place, layout, crowd, listed);
  const lists = Array.from({ length: shardCount(definition) }, (_, shard) => {
    const here = [...fillers, ...listed].filter((name) => homeShard(definition, name) === shard);
    const more = crowd?.hasIndexKeys ? moreAttributes(place, shard) : {};
    return here.length > 0 || random.chance(0.5) ? [{ ...registryItem(place, shard, here), ...more }] : [];
  });
  return [
    ...lists.flat(),
    ...[...fillers, ...withItem].map((name) => memberItem(place, name)),
    ...waiting.map((name) => ({ ...memberItem(place, name), ...ballast })),
  ];
}

/** Names of a backlog: as long as it wants them, as far as keys let them be, and all different. */
function backlogNames(definition: RegistryDefinition, { count, nameBytes: [least, most] }: Backlog): string[] {
  const longest = fillerBytes(definition);
  return Array.from({ length: count }, (_, i) =>
    `b${i}-`.padEnd(Math.min(longest, least + ((i * 7) % (most - least + 1))), "x"),
  );
}

/** The first name that fills a registry's first shard: writers add it and take it off, so that room comes and is gone. */
export function fillerName({ definitions }: Layout, index: number): string {
  return nthFiller(definitions[0] as RegistryDefinition, index);
}

const fillers = new WeakMap<RegistryDefinition, string[]>();

/** Names that belong into the first shard. */
function nthFiller(definition: RegistryDefinition, index: number): string {
  const known = fillers.get(definition) ?? [];
  fillers.set(definition, known);
  for (let i = known.length === 0 ? 0 : Number(known.at(-1)?.slice(1).split("-")[0]) + 1; known.length <= index; i++) {
    const name = `f${i}-`.padEnd(fillerBytes(definition), "x");
    if (homeShard(definition, name) === 0) known.push(name);
  }
  return known[index] as string;
}

function fillerBytes({ member }: RegistryDefinition): number {
  return member.sort?.includes("{member}") ? SORT_FILLER_BYTES : FILLER_BYTES;
}

/** Names that leave as much room in the first shard as a crowd wants. */
function fillersBeside(
  place: Place,
  layout: Layout,
  { freeBytes, hasIndexKeys }: Crowd,
  listed: readonly string[],
): string[] {
  const { definition } = place;
  const here = listed.filter((name) => homeShard(definition, name) === 0);
  const item = { ...registryItem(place, 0, ["x", ...here]), ...(hasIndexKeys ? moreAttributes(place, 0) : {}) };
  const left = MAX_ITEM_BYTES - (itemSizeBytes(item) - 1) - freeBytes;
  const bytes = fillerBytes(definition);
  const names = Array.from({ length: Math.floor(left / bytes) - 1 }, (_, i) => fillerName(layout, i));
  // The last two share what is left: both are long enough to belong where they are to.
  const rest = left - names.length * bytes;
  const half = Math.floor(rest / 2);
  return [...names, lastFiller(definition, "g", half), lastFiller(definition, "h", rest - half)];
}

function lastFiller(definition: RegistryDefinition, letter: string, bytes: number): string {
  for (let i = 0; ; i++) {
    const name = `${letter}${i}-`.padEnd(bytes, "x");
    if (homeShard(definition, name) === 0) return name;
  }
}

/** A member's item as any writer may have written it. */
function memberItem({ definition, scope }: Place, name: string): Attributes {
  const limits = { l_rpm_cp: { N: "5" }, l_rpm_ra: { N: "5" }, l_rpm_rp: { N: "60" } };
  return { ...registryKeys(definition).memberKey(name, scope), resource: { S: name }, ...limits };
}

function registryItem({ definition, scope }: Place, shard: number, names: readonly string[]): Attributes {
  const set = names.length > 0 ? { [definition.registry.attribute]: { SS: [...names] } } : {};
  return { ...registryKeys(definition).registryKey(scope, shard), ...set };
}

function moreAttributes({ definition, scope }: Place, shard: number): Attributes {
  return registryKeys(definition).registryAttributes(scope, shard);
}

/** An item of no registry's. */
export function itemBeside({ key }: RegistryDefinition, name: string): Attributes {
  return { [key.partition]: { S: name }, ...(key.sort !== undefined && { [key.sort]: { S: "#BESIDE" } }) };
}
