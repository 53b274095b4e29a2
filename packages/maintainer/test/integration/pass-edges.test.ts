import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { audit, backfill, sweepStateKey } from "@rollcall/maintainer";
import { namespaceIdKey } from "@rollcall/registry/resources";
import { parseRegistryKey, parseResourceKey, registryKey } from "@rollcall/registry/schema";
import { describeEachEngine } from "@rollcall/testing/dynamodb/engines";
import { putAll } from "@rollcall/testing/dynamodb/put-all";
import { createQuietTable, defaultItem, readDrift, registryItem } from "@rollcall/testing/rollcall/drifted-table";
import { limiterItems } from "@rollcall/testing/rollcall/limiter-items";
import { beforeEach, expect, it } from "vitest";

describeEachEngine("a pass, at the edges", (context) => {
  let tableName: string;

  beforeEach(async () => {
    tableName = await createQuietTable(context);
  });

  it("knows the limiter's items from their neighbours, and counts those of old", async () => {
    const items = limiterItems.map(({ item }) => item);
    await putAll(context.client, tableName, [...items, namespaceIdKey("H26LBx7Tvyw")]);
    const reports = await audit({ tableName, client: context.client, allScopes: true });
    expect(reports.map(({ scope, missing }) => [scope, missing])).toEqual([
      [null, []],
      ["H26LBx7Tvyw", ["prov1"]],
      ["beiZrD9wgEE", []],
      ["rcof3sHx3fY", []],
    ]);
    expect(reports[0]).toMatchObject({ legacyLimits: 1, defaults: 1, registered: 1 });
  });

  it("compares one namespace alone when asked to", async () => {
    await putAll(context.client, tableName, [
      defaultItem("a", undefined),
      defaultItem("b", "t1"),
      registryItem(["c"], "t1"),
    ]);
    const client = context.client;
    expect(await audit({ tableName, client })).toMatchObject([{ scope: null, missing: ["a"], orphaned: [] }]);
    expect(await audit({ tableName, client, scope: "t1" })).toMatchObject([
      { scope: "t1", missing: ["b"], orphaned: ["c"], defaults: 1, registered: 1 },
    ]);
    expect(await audit({ tableName, client, scope: "t2" })).toMatchObject([{ scope: "t2", defaults: 0 }]);
  });

  it("counts an empty name and leaves it alone", async () => {
    await putAll(context.client, tableName, [defaultItem("", undefined), defaultItem("a", undefined)]);
    const [report] = await backfill({ tableName, client: context.client });
    expect(report).toMatchObject({ malformed: 1, added: ["a"], removed: [], unrepaired: [] });
  });

  it("lists what does not fit into a full registry, and does the rest", async () => {
    const long = (prefix: string) => prefix.padEnd(2_000, "x");
    const listed = Array.from({ length: 203 }, (_, i) => long(`listed-${i}-`)); // 406,000 bytes of 409,600
    const items = [...listed, long("y1-"), long("y2-"), "tiny"].map((name) => defaultItem(name, undefined));
    await putAll(context.client, tableName, [...items, registryItem(listed, undefined)]);
    const [report] = await backfill({ tableName, client: context.client });
    expect(report?.added).toHaveLength(2);
    expect(report?.added).toContain("tiny");
    expect(report?.unrepaired).toEqual([
      { name: expect.stringMatching(/^y[12]-/), reason: expect.stringContaining("409600") },
    ]);
  });

  it("gives names that found no room the room of orphans", async () => {
    const long = (prefix: string) => prefix.padEnd(2_000, "x");
    const listed = Array.from({ length: 203 }, (_, i) => long(`listed-${i}-`));
    const [orphan, ...kept] = listed;
    const items = [...kept, long("y1-"), long("y2-")].map((name) => defaultItem(name, undefined));
    await putAll(context.client, tableName, [...items, registryItem(listed, undefined)]);
    const [report] = await backfill({ tableName, client: context.client });
    expect(report).toMatchObject({ added: [long("y1-"), long("y2-")], removed: [orphan], unrepaired: [] });
    expect(await readDrift(context.client, tableName)).toEqual({ missing: [], orphaned: [] });
  });

  it("lists names that cannot be registered because the registry is no set", async () => {
    const broken = { ...registryKey(), resources: { S: "gpt-4" } };
    await putAll(context.client, tableName, [broken, defaultItem("a", undefined)]);
    const [report] = await backfill({ tableName, client: context.client });
    expect(report?.unrepaired).toEqual([{ name: "a", reason: expect.stringContaining("not a string set") }]);
  });

  it("removes a listed name that is too long for any default", async () => {
    const name = "x".repeat(2_100);
    await putAll(context.client, tableName, [registryItem([name], undefined)]);
    const [report] = await backfill({ tableName, client: context.client });
    expect(report).toMatchObject({ removed: [name] });
  });

  it("does not bring a purged namespace back to life", async () => {
    await putAll(context.client, tableName, [defaultItem("a", "t1")]);
    await backfill({ tableName, client: context.client, scope: "t2" });
    const { Item } = await context.client.send(new GetItemCommand({ TableName: tableName, Key: registryKey("t2") }));
    expect(Item).toBeUndefined();
  });

  it("takes the sweeps' own item for no default and no registry", () => {
    expect(parseRegistryKey(sweepStateKey())).toBeUndefined();
    expect(parseResourceKey(sweepStateKey())).toBeUndefined();
  });
});
