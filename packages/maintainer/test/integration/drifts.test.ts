import { PutItemCommand, UpdateTimeToLiveCommand } from "@aws-sdk/client-dynamodb";
import { type DynamoDBStreamEvent, MemoryCheckpointStore, type StreamSource } from "@rollcall/local";
import { rebuildRegistry } from "@rollcall/maintainer";
import { drifts, ForeignWriter } from "@rollcall/maintainer/drifts";
import { Registry, type RegistryDefinition, ResourceRegistry, tableDefinition } from "@rollcall/registry";
import { resources } from "@rollcall/registry/resources";
import { registryKey, resourceKey, TTL_ATTRIBUTE } from "@rollcall/registry/schema";
import { describeEachEngine } from "@rollcall/testing/dynamodb/engines";
import { limiterItems } from "@rollcall/testing/rollcall/limiter-items";
import { MaintainedTable } from "@rollcall/testing/rollcall/maintained-table";
import { replayDrift } from "@rollcall/testing/rollcall/replay";
import { describe, expect, it } from "vitest";
import { collectSuspects } from "../../src/stream/suspects.ts";
import { devices, shardedTenants, tenants } from "../fixtures/definitions.ts";
import { DRIFT_NAMES, DRIFT_OUTCOMES } from "../fixtures/drift-outcomes.ts";
import { onlyResources } from "../fixtures/namespaces.ts";

const limits = [{ name: "rpm", capacity: 5 }];

/** Definitions whose registries drift and are to heal, and scopes of theirs that live side by side. */
const cases: { of: string; definition: RegistryDefinition; scopes: [string | undefined, ...string[]] }[] = [
  { of: "resources, flat", definition: resources, scopes: [undefined, "tenant-1", "tenant-2"] },
  { of: "resources, namespaced", definition: resources, scopes: ["rcof3sHx3fY"] },
  { of: "a table with keys pk and sk", definition: tenants, scopes: [undefined] },
  { of: "a table with the key id alone", definition: devices, scopes: ["north", "south"] },
  { of: "a registry in four shards", definition: shardedTenants, scopes: [undefined] },
];

describeEachEngine("the maintainer", (context) => {
  /** A table with two names in each of the given scopes, and the writers that break them. */
  const prepared = async (definition: RegistryDefinition, ...scopes: (string | undefined)[]) => {
    const { client } = context;
    const tableName = await context.createTable(tableDefinition(definition));
    const writers = scopes.map((scope) => new ForeignWriter(client, tableName, scope, definition));
    for (const [i, scope] of scopes.entries()) {
      await using registry = new Registry({ definition, tableName, scope, client });
      await Promise.all(DRIFT_NAMES.listed.map((name) => registry.put(name, writers[i]?.itemOf(name))));
    }
    const table = await MaintainedTable.of(context, tableName, definition);
    return { table, writers, writer: writers[0] as ForeignWriter };
  };

  /** The maintainer never made anything wrong that had not been wrong before. */
  const expectNoNewDrift = async (table: MaintainedTable, definition: RegistryDefinition) => {
    const { after } = await replayDrift(table.streams, table.streamArn, definition);
    for (const [i, drift] of after.entries()) expect(drift.isSubsetOf(after[i - 1] ?? drift)).toBe(true);
    expect(after.at(-1)?.size ?? 0).toBe(0);
  };

  describe.each(cases)("of $of", ({ definition, scopes }) => {
    const [scope] = scopes;

    it.each(drifts)("heals $name", async ({ name, make }) => {
      const { table, writer } = await prepared(definition, scope);
      await using _table = table;
      await make(writer, DRIFT_NAMES);
      await table.mark();
      await using mapping = await table.map();
      await table.caughtUp();
      await mapping.stop();
      const { listed, members } = (await table.state()).get(scope) ?? {};
      expect(listed ?? []).toEqual(DRIFT_OUTCOMES[name]);
      expect(members ?? []).toEqual(DRIFT_OUTCOMES[name]);
      await expectNoNewDrift(table, definition);
    });

    it("heals all drifts concurrently while it runs, in all scopes side by side", async () => {
      const { table, writers } = await prepared(definition, ...scopes);
      await using _table = table;
      await using _mapping = await table.map();
      await Promise.all(
        writers.map(async (writer) => {
          for (const { make } of drifts) await make(writer, DRIFT_NAMES);
        }),
      );
      await table.caughtUp();
      const state = await table.state();
      for (const each of scopes) {
        const { listed, members } = state.get(each) ?? {};
        expect(listed).toEqual(members);
        expect(members?.length).toBeGreaterThan(0);
      }
    });

    it("loses no record when the mapping is stopped at any point and started again", async () => {
      const { table, writer } = await prepared(definition, scope);
      await using _table = table;
      const checkpoints = new MemoryCheckpointStore();
      for (const { make } of drifts) {
        const mapping = await table.map({ checkpoints });
        const broken = make(writer, DRIFT_NAMES);
        await mapping.stop(); // while the drift is being made
        await broken;
      }
      await using _mapping = await table.map({ checkpoints });
      await table.caughtUp();
      const { listed, members } = (await table.state()).get(scope) ?? {};
      expect(listed).toEqual(members);
    });

    it("ends the same in any order of its batches, repeated or not, with two consumers concurrently", async () => {
      const { table, writer } = await prepared(definition, scope);
      await using _table = table;
      const events: DynamoDBStreamEvent[] = [];
      {
        await using _mapping = await table.map({ onEvent: (event) => void events.push(structuredClone(event)) });
        for (const { make } of drifts) await make(writer, DRIFT_NAMES);
        await table.caughtUp();
      }
      const expected = await table.state();
      const handlers = [table.handler(), table.handler()];
      const context = { getRemainingTimeInMillis: () => 30_000 };
      const again = [...events, ...events.toReversed(), ...events];
      await Promise.all(
        handlers.map(async (handler, i) => {
          for (const event of i === 0 ? again : again.toReversed()) {
            expect(await handler(event, context)).toEqual({ batchItemFailures: [] });
          }
        }),
      );
      expect(await table.state()).toEqual(expected);
    });
  });

  it("heals a default that TTL deleted", async () => {
    const { table, writer } = await prepared(resources, undefined);
    await using _table = table;
    const { tableName: TableName } = table;
    const expired = { [TTL_ATTRIBUTE]: { N: String(Math.floor(Date.now() / 1_000) - 60) } };
    const identities: unknown[] = [];
    const onEvent = ({ Records }: DynamoDBStreamEvent) => {
      for (const { eventName, userIdentity } of Records) if (eventName === "REMOVE") identities.push(userIdentity);
    };
    if (context.engineName !== "dynoxide") {
      const TimeToLiveSpecification = { AttributeName: TTL_ATTRIBUTE, Enabled: true };
      await context.client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
      await writer.putItem("expiring", expired);
      await writer.register("expiring");
      while ((await table.get(resourceKey("expiring"))) !== undefined);
    } else {
      // dynoxide keeps expired items: its deletion is given the identity that DynamoDB's has.
      await writer.putItem("expiring", expired);
      await writer.register("expiring");
      await writer.deleteItem("expiring");
    }
    await using _mapping = await table.map({
      onEvent,
      ...(context.engineName === "dynoxide" && { streams: withTtlIdentity(table.streams) }),
    });
    await table.caughtUp();
    expect(identities).toEqual([{ type: "Service", principalId: "dynamodb.amazonaws.com" }]);
    expect((await table.state()).get(undefined)?.listed).toEqual(["kept", "other"]);
  });

  it("takes names off that no writer of ours allows, of any length", async () => {
    const { table, writer } = await prepared(resources, undefined);
    await using _table = table;
    await writer.register("gpt-4\n", "x".repeat(1_000), "y".repeat(3_000));
    await using _mapping = await table.map();
    await table.caughtUp();
    expect((await table.state()).get(undefined)?.listed).toEqual(["kept", "other"]);
  });

  it("says in one line that a registry is no string set, and heals it once it is rebuilt", async () => {
    const { table, writer } = await prepared(resources, "t1");
    await using _table = table;
    await using _mapping = await table.map();
    await table.caughtUp();
    await writer.saveInBrowser();
    await table.caughtUp();
    const line =
      "A registry is no string set, so nothing can be repaired there: rebuild it with rollcall registry repair --rebuild";
    expect(table.said).toEqual([line]);
    await writer.putItem("new");
    await table.caughtUp();
    expect(new Set(table.said)).toEqual(new Set([line]));
    const { tableName } = table;
    expect(await rebuildRegistry({ tableName, client: context.client, scope: "t1" })).toEqual({
      kind: "rebuilt",
      names: 3,
    });
    await table.caughtUp();
    expect((await table.state()).get("t1")?.listed).toEqual(["kept", "new", "other"]);
  });

  it("lets a purged namespace stay gone", async () => {
    const { table, writer } = await prepared(resources, "purged");
    await using _table = table;
    await writer.deleteItem("kept");
    await writer.deleteItem("other");
    await writer.removeRegistry();
    await using _mapping = await table.map();
    await table.caughtUp();
    expect(await table.get(registryKey("purged"))).toBeUndefined();
  });

  it("lets a namespace stay gone that is purged while it looks", async () => {
    const { table, writer } = await prepared(resources, "purged");
    await using _table = table;
    await using _mapping = await table.map();
    await writer.deleteItem("kept");
    await writer.deleteItem("other");
    await writer.removeRegistry();
    await table.caughtUp();
    expect(await table.get(registryKey("purged"))).toBeUndefined();
  });

  it("leaves neighbours alone, and never looks them up", async () => {
    const { table } = await prepared(resources);
    await using _table = table;
    const neighbours = limiterItems.filter(
      ({ kind, format }) => kind === "neighbour" || kind === "audit-event" || format === "flat-per-limit",
    );
    for (const { item } of neighbours) {
      await context.client.send(new PutItemCommand({ TableName: table.tableName, Item: item }));
    }
    let seen = 0;
    await using _mapping = await table.map({
      onEvent: ({ Records }) => {
        seen += Records.length;
      },
    });
    await table.caughtUp();
    expect(seen).toBe(1); // the test's own sentinel
    const asked = JSON.stringify(table.requests);
    for (const { item } of neighbours)
      expect(asked).not.toContain(`${JSON.stringify(item.PK)},"SK":${JSON.stringify(item.SK)}`);
    for (const { item } of neighbours) expect(await table.get({ PK: item.PK, SK: item.SK } as never)).toEqual(item);
  });

  it("writes nothing after 1,000 clean creates, and reads once a batch and 100 names", async () => {
    const { table } = await prepared(resources);
    await using _table = table;
    await using registry = new ResourceRegistry({ tableName: table.tableName, client: context.client });
    const names = Array.from({ length: 1_000 }, (_, i) => `model-${i}`);
    await Promise.all(names.map((name) => registry.setResourceDefaults(name, limits)));
    await Promise.all(
      names.slice(0, 50).map((name) => registry.updateResourceDefaults(name, [{ name: "rpm", capacity: 9 }])),
    );
    let batches = 0;
    let batchGets = 0;
    await using _mapping = await table.map({
      onEvent: ({ Records }) => {
        batches++;
        const suspects = collectSuspects(Records, onlyResources).registries[0]?.names ?? new Map();
        const relisted = [...suspects.values()].filter((suspect) => suspect.relisted).length;
        batchGets += Math.ceil(relisted / 100);
        const modified = Records.filter(({ eventName }) => eventName === "MODIFY");
        expect(JSON.stringify(modified.map(({ dynamodb }) => dynamodb?.Keys))).not.toContain("RESOURCE#"); // filtered out
      },
    });
    await table.caughtUp();
    const requests = table.requests.filter(({ input }) => !JSON.stringify(input).includes("sentinel-"));
    const of = (operation: string) => requests.filter((request) => request.operation === operation);
    expect(of("TransactWriteItems")).toEqual([]);
    expect(of("GetItem").length).toBeLessThanOrEqual(batches);
    expect(of("BatchGetItem").length).toBeLessThanOrEqual(batchGets);
    expect(requests.length).toBe(of("GetItem").length + of("BatchGetItem").length);
  });
});

/** A stream whose deletions are all by TTL. */
function withTtlIdentity(streams: StreamSource): StreamSource {
  return {
    describeStream: (input, options) => streams.describeStream(input, options),
    getShardIterator: (input, options) => streams.getShardIterator(input, options),
    async getRecords(input, options) {
      const page = await streams.getRecords(input, options);
      const userIdentity = { Type: "Service", PrincipalId: "dynamodb.amazonaws.com" };
      const Records = page.Records?.map((record) =>
        record.eventName === "REMOVE" ? { ...record, userIdentity } : record,
      );
      return { ...page, Records };
    },
  };
}
