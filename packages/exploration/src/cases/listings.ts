import { defineRegistry } from "@rollcall/registry";
import type { Listing } from "../storage/listing.ts";

const key = { partition: "pk", sort: "sk" };
const member = { partition: "TENANT#{member}", sort: "#META" };

const tenants = defineRegistry({
  name: "tenants",
  key,
  member,
  registry: { partition: "SYSTEM#", sort: "#TENANTS", attribute: "tenants" },
});
const tenantsInShards = defineRegistry({
  name: "tenants-2",
  key,
  member,
  registry: { partition: "SYSTEM#", sort: "#TENANTS#{shard}", attribute: "tenants2", shards: 2 },
});
const devices = defineRegistry({
  name: "devices",
  key: { partition: "id" },
  member: { partition: "{scope}/device:{member}" },
  registry: { partition: "{scope}/devices", attribute: "devices" },
});
const rooms = defineRegistry({
  name: "rooms",
  key,
  member: { partition: "ROOM#{member}@{scope}", sort: "#META" },
  registry: { partition: "ROOMS@{scope}", sort: "#LIST", attribute: "rooms" },
});

/** Definitions of one's own. */
export interface OwnListing {
  readonly name: string;
  readonly listing: Listing;
  /** Two names for them: the second of more than one byte a character, or like another key. */
  readonly names: readonly [string, string];
}

export const LISTINGS: readonly OwnListing[] = [
  { name: "no sort key, the scope first", listing: { definitions: [devices], scope: "t" }, names: ["a", "t/device:a"] },
  { name: "the scope last", listing: { definitions: [rooms], scope: "t" }, names: ["a", "a@t"] },
  { name: "two shards", listing: { definitions: [tenantsInShards] }, names: ["a", "\u00e9"] },
  { name: "one item in two registries", listing: { definitions: [tenants, tenantsInShards] }, names: ["a", "\u00e9"] },
  {
    name: "one item in two registries, one transaction",
    listing: { definitions: [tenants, tenantsInShards], keepsAll: true },
    names: ["a", "\u00e9"],
  },
];
