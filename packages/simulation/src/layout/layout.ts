import { defineRegistry, type RegistryDefinition } from "@rollcall/registry";
import { resources } from "@rollcall/registry/resources";
import type { Random } from "../timeline/random.ts";

/** What a table's registries list, and how producers write them. */
export interface Layout {
  /** All of one table. */
  readonly definitions: readonly RegistryDefinition[];
  /**
   * What producers keep: `each` registry by its own calls; the `first` of two that list the same items, where the
   * maintainer alone keeps the other; or `both` of them, in one transaction.
   */
  readonly kept: "each" | "first" | "both";
  /** Whether producers use `ResourceRegistry`. */
  readonly isFacade: boolean;
}

const RESOURCES: Layout = { definitions: [resources], kept: "each", isFacade: true };

const key = { partition: "pk", sort: "sk" };

/** A table without a sort key. */
const DEVICES = defineRegistry({
  name: "devices",
  key: { partition: "id" },
  member: { partition: "[site:{scope}:]device:{member}" },
  registry: { partition: "[site:{scope}:]devices", attribute: "devices" },
});

/** The scope comes first, and a filter can ask for the sort key alone. */
const PROJECTS = defineRegistry({
  name: "projects",
  key,
  member: { partition: "{scope}/PROJECT", sort: "#{member}" },
  registry: { partition: "{scope}/PROJECTS", sort: "#LIST", attribute: "projects" },
});

/** The scope comes last, behind a character that names have too. */
const ROOMS = defineRegistry({
  name: "rooms",
  key,
  member: { partition: "ROOM#{member}@{scope}", sort: "#META" },
  registry: { partition: "ROOMS@{scope}", sort: "#LIST", attribute: "names" },
});

const TENANTS = defineRegistry({
  name: "tenants",
  key,
  member: { partition: "TENANT#{member}", sort: "#META" },
  registry: { partition: "SYSTEM#", sort: "#TENANTS", attribute: "tenants" },
});

/** The same items in several shards, with an attribute beside. */
const SHARDED_TENANTS = defineRegistry({
  name: "tenants-3",
  key,
  member: TENANTS.member,
  registry: {
    partition: "SYSTEM#",
    sort: "#TENANTS#{shard}",
    attribute: "tenants3",
    attributes: { kind: "tenants/{shard}" },
    shards: 3,
  },
});

/** Shards of every scope. */
const USERS = defineRegistry({
  name: "users",
  key,
  member: { partition: "TENANT#{scope}", sort: "USER#{member}" },
  registry: { partition: "TENANT#{scope}", sort: "USERS#{shard}", attribute: "users", shards: 2 },
});

/** Every layout, and how often it is drawn in relation to the others. */
const LAYOUTS: readonly (readonly [weight: number, layout: Layout])[] = [
  [10, RESOURCES],
  [2, { ...RESOURCES, isFacade: false }],
  [2, { definitions: [DEVICES], kept: "each", isFacade: false }],
  [2, { definitions: [PROJECTS], kept: "each", isFacade: false }],
  [2, { definitions: [ROOMS], kept: "each", isFacade: false }],
  [2, { definitions: [SHARDED_TENANTS], kept: "each", isFacade: false }],
  [2, { definitions: [TENANTS, USERS], kept: "each", isFacade: false }],
  [1, { definitions: [TENANTS, SHARDED_TENANTS], kept: "first", isFacade: false }],
  [1, { definitions: [TENANTS, SHARDED_TENANTS], kept: "both", isFacade: false }],
];

/** Layouts whose registries have attributes that a change completes: what a nearly full one must survive. */
const CROWDED: readonly Layout[] = [
  RESOURCES,
  { ...RESOURCES, isFacade: false },
  { definitions: [SHARDED_TENANTS], kept: "each", isFacade: false },
];

/** Draws a layout. */
export function drawLayout(random: Random, isCrowded: boolean): Layout {
  if (isCrowded) return random.pick(CROWDED);
  const list = LAYOUTS.flatMap(([weight, layout]) => Array.from({ length: weight }, () => layout));
  return random.pick(list);
}

/** The scopes, of those that a setting has, in which a definition has a registry. */
export function scopesOf({ member }: RegistryDefinition, scopes: readonly (string | undefined)[]) {
  const templates = `${member.partition} ${member.sort}`;
  if (!templates.includes("{scope}")) return [undefined];
  const named = scopes.filter((scope) => scope !== undefined);
  if (templates.includes("[")) return scopes;
  return named.length > 0 ? named : ["t1"];
}

/** The registries that producers keep by calls of their own. */
export function writtenDefinitions({ definitions, kept }: Layout): readonly RegistryDefinition[] {
  return kept === "each" ? definitions : definitions.slice(0, 1);
}
