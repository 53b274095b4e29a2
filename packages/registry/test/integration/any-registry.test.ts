import { DynamoDBClient, GetItemCommand, paginateScan, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import {
  ConditionFailedError,
  defineRegistry,
  MemberNotFoundError,
  Registry,
  type RegistryDefinition,
  tableDefinition,
} from "@rollcall/registry";
import { registryKeys } from "@rollcall/registry/internal";
import { resources } from "@rollcall/registry/resources";
import { describeEachEngine } from "@rollcall/testing/dynamodb/engines";
import { meterCapacity } from "@rollcall/testing/rollcall/capacity-meter";
import { expect, it } from "vitest";

const TENANTS = defineRegistry({
  name: "tenants",
  key: { partition: "pk", sort: "sk" },
  member: { partition: "TENANT#{member}", sort: "#META" },
  registry: { partition: "SYSTEM#", sort: "#TENANTS", attribute: "tenants" },
});
const DEVICES = defineRegistry({
  name: "devices",
  key: { partition: "id" },
  member: { partition: "device/{member}" },
  registry: { partition: "devices", attribute: "devices" },
});
const SHARDED = defineRegistry({
  name: "projects",
  key: { partition: "pk", sort: "sk" },
  member: { partition: "TENANT#{scope}", sort: "PROJECT#{member}" },
  registry: {
    partition: "TENANT#{scope}",
    sort: "#PROJECTS#{shard}",
    attribute: "projects",
    attributes: { kind: "projects of {scope}" },
    shards: 16,
  },
});
const numbered = (count: number) => Array.from({ length: count }, (_, i) => `name-${String(i).padStart(7, "0")}`);

describeEachEngine("Registry", (context) => {
  const open = async (definition: RegistryDefinition, scope?: string) => {
    const tableName = await context.createTable(tableDefinition(definition));
    const registry = new Registry({ definition, tableName, scope, client: context.client });
    return { tableName, registry };
  };
  /** The members whose items there are, and those that any shard lists. */
  const contents = async (definition: RegistryDefinition, TableName: string) => {
    const keys = registryKeys(definition);
    const members: string[] = [];
    const listed: string[] = [];
    for await (const { Items = [] } of paginateScan({ client: context.client }, { TableName, ConsistentRead: true })) {
      for (const item of Items) {
        const key = item as Record<string, { S: string }>;
        const member = keys.readMember(key);
        if (member !== undefined) members.push(member.member);
        if (keys.readRegistry(key)) listed.push(...(item[definition.registry.attribute]?.SS ?? []));
      }
    }
    return { members: members.sort(), listed: listed.sort() };
  };

  it.each<[string, RegistryDefinition, string | undefined]>([
    ["with a sort key", TENANTS, undefined],
    ["without a sort key", DEVICES, undefined],
    ["with scopes and shards", SHARDED, "acme"],
  ])("keeps a table %s true through puts, replacements, deletes and writes", async (_, definition, scope) => {
    const { tableName, registry } = await open(definition, scope);
    const keys = registryKeys(definition);
    const names = numbered(120);
    await registry.delete("name-0000000");
    await Promise.all(names.map((name, i) => registry.put(name, { seats: i })));
    await Promise.all(names.slice(0, 40).map((name) => registry.delete(name)));
    await registry.replace("name-0000050", { seats: 500 });
    await expect(registry.replace("name-0000001", {})).rejects.toThrow(MemberNotFoundError);
    const Item = { ...keys.memberKey("name-0000060", scope), seats: { N: "1" } };
    const [partition] = Object.keys(Item);
    const refused = registry.write("name-0000060", [
      {
        Put: {
          TableName: tableName,
          Item,
          ConditionExpression: `attribute_not_exists(${partition})`,
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        },
      },
    ]);
    await expect(refused).rejects.toThrow(ConditionFailedError);
    await expect(refused).rejects.toMatchObject({ index: 0, item: { seats: { N: "60" } } });
    const left = names.slice(40);
    expect(await contents(definition, tableName)).toEqual({ members: left, listed: left });
    expect(await registry.list({ consistentRead: true })).toEqual(left);
    const streamed: string[] = [];
    for await (const name of registry.names({ consistentRead: true })) streamed.push(name);
    expect(streamed.sort()).toEqual(left);
    const { shards } = await registry.status({ consistentRead: true });
    expect(shards.reduce((sum, shard) => sum + shard.names, 0)).toBe(left.length);
    const Key = keys.memberKey("name-0000050", scope);
    const { Item: replaced } = await context.client.send(new GetItemCommand({ TableName: tableName, Key }));
    expect(replaced).toEqual({ ...Key, seats: { N: "500" } });
  });

  it("goes along in a transaction of the caller's own by its action", async () => {
    const { tableName, registry } = await open(SHARDED, "acme");
    const Key = registryKeys(SHARDED).memberKey("web", "acme");
    const put = { Put: { TableName: tableName, Item: Key } };
    await context.client.send(new TransactWriteItemsCommand({ TransactItems: [put, registry.action("add", "web")] }));
    expect(await contents(SHARDED, tableName)).toEqual({ members: ["web"], listed: ["web"] });
    const remove = { Delete: { TableName: tableName, Key } };
    await context.client.send(
      new TransactWriteItemsCommand({ TransactItems: [remove, registry.action("remove", "web")] }),
    );
    expect(await contents(SHARDED, tableName)).toEqual({ members: [], listed: [] });
  });

  it("takes the requests and units of `resources` on any definition of the same sizes", async () => {
    const costs = async (definition: RegistryDefinition) => {
      const { tableName } = await open(definition);
      const client = new DynamoDBClient(context.engine.clientConfig);
      const { partition, sort } = definition.key;
      using meter = meterCapacity(client, context.engine, sort === undefined ? [partition] : [partition, sort]);
      await using registry = new Registry({ definition, tableName, client });
      const read = () => ({ requests: meter.requests, read: meter.readUnits, write: meter.writeUnits });
      const figures: object[] = [];
      for (const step of [
        () => registry.put("first"),
        () => Promise.all(numbered(500).map((name) => registry.put(name, { note: "x".repeat(300) }))),
        () => registry.list(),
        () => registry.list({ consistentRead: true }),
        () => registry.replace("first", { note: "y" }),
        () => registry.delete("first"),
        () => Promise.all(numbered(300).map((name) => registry.delete(name))),
      ]) {
        const before = read();
        await step();
        const after = read();
        figures.push(
          Object.fromEntries(Object.entries(after).map(([k, v]) => [k, v - before[k as keyof typeof before]])),
        );
      }
      client.destroy();
      return figures;
    };
    const figures = await costs({ ...resources, names: undefined });
    expect(await costs(TENANTS)).toEqual(figures);
    expect(await costs(DEVICES)).toEqual(figures);
    expect(figures[0]).toEqual({ requests: 1, read: 0, write: 4 });
  });
});
