import { DeleteItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { purgeLeftovers } from "@rollcall/maintainer";
import { ResourceRegistry } from "@rollcall/registry";
import { systemClock } from "@rollcall/registry/protocol";
import { namespaceIdKey, namespaceNameKey } from "@rollcall/registry/resources";
import { type ItemKey, registryKey, resourceKey, tableDefinition } from "@rollcall/registry/schema";
import { describeEachEngine } from "@rollcall/testing/dynamodb/engines";
import { meterCapacity } from "@rollcall/testing/rollcall/capacity-meter";
import { defaultItem, registryItem } from "@rollcall/testing/rollcall/drifted-table";
import { MaintainedTable } from "@rollcall/testing/rollcall/maintained-table";
import { expect, it } from "vitest";
import { reconcile } from "../../src/repair/reconcile.ts";
import { registryOf } from "../fixtures/namespaces.ts";

const ID = "H26LBx7Tvyw";
const OTHER = namespaceNameKey("other");

describeEachEngine("beside the limiter's purge", (context) => {
  const table = async (...items: PutItemCommand["input"]["Item"][]) => {
    const tableName = await context.createTable(tableDefinition());
    const put = (Item: PutItemCommand["input"]["Item"]) =>
      context.client.send(new PutItemCommand({ TableName: tableName, Item }));
    const remove = (Key: ItemKey) => context.client.send(new DeleteItemCommand({ TableName: tableName, Key }));
    for (const item of items) await put(item);
    return { tableName, put, remove };
  };
  const retry = { clock: systemClock, random: Math.random, contentionTimeoutMs: 10_000 };
  const { signal } = new AbortController();

  it("the maintainer lists what a provisioner wrote, and creates no registry for what the purge leaves of it", async () => {
    const { tableName, put, remove } = await table(OTHER, namespaceIdKey(ID));
    await using maintained = await MaintainedTable.of(context, tableName);
    await using mapping = await maintained.map();
    await using registry = new ResourceRegistry({ tableName, namespace: ID, client: context.client });
    await registry.setResourceDefaults("kept", [{ name: "rpm", capacity: 5 }]);
    const { GSI4SK, ...provisioned } = defaultItem("provisioned", ID);
    await put(provisioned);
    await maintained.caughtUp();
    expect((await maintained.state()).get(ID)?.listed).toEqual(["kept", "provisioned"]);

    await put({ ...namespaceIdKey(ID), status: { S: "purging" } });
    await remove(resourceKey("kept", ID));
    await remove(registryKey(ID));
    await maintained.caughtUp();
    await remove(namespaceIdKey(ID));
    await maintained.caughtUp();
    expect((await maintained.state()).get(ID)).toEqual({ listed: undefined, members: ["provisioned"] });

    const names = ["provisioned"];
    expect(await purgeLeftovers({ tableName, client: context.client, namespace: ID, names })).toEqual({
      kind: "purged",
    });
    await maintained.caughtUp();
    expect((await maintained.state()).get(ID)).toBeUndefined();
    await mapping.stop();
  });

  const costs = async (work: () => Promise<unknown>) => {
    using meter = meterCapacity(context.client, context.engine);
    await work();
    return [meter.requests, meter.readUnits, meter.writeUnits];
  };
  const missing = ["a", "b"];
  const repair = (tableName: string) => () =>
    reconcile(
      { client: context.client, tableName, registry: registryOf(ID), retry, wasAbsent: true },
      { missing, orphaned: [] },
      signal,
    );

  it("a registry created again costs a read unit of the directory and two write units of its entry more", async () => {
    const { tableName } = await table(OTHER, namespaceIdKey(ID), ...missing.map((name) => defaultItem(name, ID)));
    expect(await costs(repair(tableName))).toEqual([3, 1, 2 * (1 + 1 + 1) + 2 * (1 + 1)]);
  });

  it("a registry that is not created again costs two read units and no write", async () => {
    const { tableName } = await table(OTHER, ...missing.map((name) => defaultItem(name, ID)));
    expect(await costs(repair(tableName))).toEqual([2, 2, 0]);
  });

  it("leftovers cost 4 write units a name and twice their registry to purge, and 4 for the registry", async () => {
    const items = [...missing.map((name) => defaultItem(name, ID)), registryItem(missing, ID)];
    const { tableName } = await table(OTHER, ...items);
    const purge = () => purgeLeftovers({ tableName, client: context.client, namespace: ID, names: missing });
    expect(await costs(purge)).toEqual([3, 0, 2 * (4 + 2) + 4]);
  });
});
