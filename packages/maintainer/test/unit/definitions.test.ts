import { audit, backfill, type PassOptions, streamFilters } from "@rollcall/maintainer";
import { drifts, ForeignWriter } from "@rollcall/maintainer/drifts";
import { type RegistryDefinition, shardOf } from "@rollcall/registry";
import { registryKeys, withTiming } from "@rollcall/registry/internal";
import { VirtualClock } from "@rollcall/testing/dynamodb/virtual-clock";
import { describe, expect, it } from "vitest";
import { DefinedTable, devices, shardedTenants, tenants } from "../fixtures/definitions.ts";
import { DRIFT_NAMES, DRIFT_OUTCOMES } from "../fixtures/drift-outcomes.ts";

const cases: [title: string, definition: RegistryDefinition, scope: string | undefined][] = [
  ["keys pk and sk", tenants, undefined],
  ["id alone, in a scope", devices, "north"],
  ["four shards", shardedTenants, undefined],
];

/** What each shard is to list. */
function inShards({ registry: { shards = 1 } }: RegistryDefinition, names: readonly string[]): string[][] {
  return Array.from({ length: shards }, (_, shard) => names.filter((name) => shardOf(name, shards) === shard).sort());
}

const passOf = ({ tableName, client, registries }: DefinedTable): PassOptions => ({
  tableName,
  client,
  registries,
  allScopes: true,
  ...withTiming({ clock: new VirtualClock() }),
});

const ways: [title: string, heal: (table: DefinedTable) => Promise<unknown>][] = [
  ["the stream", (table) => table.heal()],
  ["a backfill", (table) => backfill(passOf(table))],
];

describe.each(ways)("drift is healed by %s", (_way, heal) => {
  describe.each(cases)("with %s:", (_title, definition, scope) => {
    it.each(drifts)("$name", async ({ name, make }) => {
      const table = new DefinedTable(definition);
      for (const listed of DRIFT_NAMES.listed) {
        await table.put(definition, listed, scope);
        await table.change(definition, "ADD", listed, { scope });
      }
      table.takeRecords();
      await make(new ForeignWriter(table.client, table.tableName, scope, definition), DRIFT_NAMES);
      await heal(table);
      expect(await table.listed(definition, scope)).toEqual(inShards(definition, DRIFT_OUTCOMES[name] ?? []));
      expect(table.requests).not.toContain("PutItem");
    });
  });

  it.each([
    ["of a member is moved home", async (table: DefinedTable) => table.put(shardedTenants, "moved"), ["moved"]],
    ["without an item is taken off", async () => {}, []],
    [
      "that is listed at home besides is taken off",
      async (table: DefinedTable) => {
        await table.put(shardedTenants, "moved");
        await table.change(shardedTenants, "ADD", "moved");
      },
      ["moved"],
    ],
  ])("a name in the wrong shard %s", async (_title, prepare, names) => {
    const table = new DefinedTable(shardedTenants);
    await prepare(table);
    table.takeRecords();
    const wrong = (shardOf("moved", 4) + 1) % 4;
    await table.change(shardedTenants, "ADD", "moved", { shard: wrong });
    await heal(table);
    expect(await table.listed(shardedTenants)).toEqual(inShards(shardedTenants, names));
  });

  it("one item that two registries list is maintained in both, and neither is judged by the other's", async () => {
    const table = new DefinedTable(tenants, shardedTenants);
    for (const name of ["a", "b", "c"]) await table.put(tenants, name);
    await table.change(tenants, "ADD", "ghost");
    await table.change(shardedTenants, "ADD", "spectre");
    await heal(table);
    expect(await table.listed(tenants)).toEqual([["a", "b", "c"]]);
    expect(await table.listed(shardedTenants)).toEqual(inShards(shardedTenants, ["a", "b", "c"]));
  });
});

it("an audit reports by registry and scope, and counts the names of all shards", async () => {
  const table = new DefinedTable(tenants, shardedTenants);
  for (const name of ["a", "b", "c"]) {
    await table.put(tenants, name);
    await table.change(shardedTenants, "ADD", name);
  }
  expect(await audit(passOf(table))).toMatchObject([
    { registry: "tenants", scope: null, defaults: 3, registered: 0, missing: ["a", "b", "c"], orphaned: [] },
    { registry: "tenants-4", scope: null, defaults: 3, registered: 3, missing: [], orphaned: [] },
  ]);
});

it("a pass of other registries is not resumed", async () => {
  const table = new DefinedTable(tenants, shardedTenants);
  let saved: PassOptions["resume"];
  const onSave: PassOptions["onSave"] = (pass) => {
    saved = structuredClone(pass);
  };
  await audit({ ...passOf(table), onSave });
  expect(await audit({ ...passOf(table), resume: saved })).toEqual([]);
  const other = audit({ ...passOf(table), registries: [tenants], resume: saved });
  await expect(other).rejects.toThrow("it is about other registries");
});

describe("streamFilters", () => {
  it("are those of the limiter's keys for resources, and say what they let through", () => {
    expect(streamFilters()).toEqual([
      {
        pattern: '{"eventName":["INSERT","REMOVE"],"dynamodb":{"Keys":{"SK":{"S":["#CONFIG"]}}}}',
        letsThrough: 'INSERT, REMOVE where SK is "#CONFIG"',
      },
      {
        pattern: '{"eventName":["INSERT","MODIFY","REMOVE"],"dynamodb":{"Keys":{"SK":{"S":["#RESOURCES"]}}}}',
        letsThrough: 'INSERT, MODIFY, REMOVE where SK is "#RESOURCES"',
      },
    ]);
  });

  it("are five at most, and ask of both keys what the definitions say", () => {
    const many = Array.from({ length: 12 }, (_, i) => ({
      name: `r${i}`,
      key: tenants.key,
      member: { partition: `KIND${i}#{member}`, sort: "#META" },
      registry: { partition: "SYSTEM#", sort: `#R${i}`, attribute: `r${i}` },
    }));
    const filters = streamFilters(many);
    expect(filters.length).toBeLessThanOrEqual(5);
    for (const { pattern } of filters) expect(JSON.parse(pattern)).toHaveProperty("dynamodb.Keys.sk");
    expect(registryKeys(many[0] as RegistryDefinition).memberKey("a")).toEqual({
      pk: { S: "KIND0#a" },
      sk: { S: "#META" },
    });
  });
});
