import { PutItemCommand, UpdateTimeToLiveCommand } from "@aws-sdk/client-dynamodb";
import { type DynamoDBStreamEvent, MemoryCheckpointStore, type StreamSource } from "@rollcall/local";
import { rebuildRegistry } from "@rollcall/maintainer";
import { type DriftNames, drifts, ForeignWriter } from "@rollcall/maintainer/drifts";
import { ResourceRegistry } from "@rollcall/registry";
import { registryKey, resourceKey, TTL_ATTRIBUTE, tableDefinition } from "@rollcall/registry/schema";
import { describeEachEngine } from "@rollcall/testing/dynamodb/engines";
import { limiterItems } from "@rollcall/testing/rollcall/limiter-items";
import { MaintainedTable } from "@rollcall/testing/rollcall/maintained-table";
import { replayDrift } from "@rollcall/testing/rollcall/replay";
import { describe, expect, it } from "vitest";
import { collectSuspects } from "../../src/stream/suspects.ts";
import { onlyResources } from "../fixtures/namespaces.ts";

const limits = [{ name: "rpm", capacity: 5 }];

/** What the registry lists when a drift begins, and names it does not. */
const names: DriftNames = { listed: ["kept", "other"], fresh: ["new", "newer"] };

/** What it must list in the end, for every kind of drift. */
const expected: Record<string, readonly string[]> = {
  "an item put without the registry": ["kept", "new", "other"],
  "an item deleted without the registry": ["other"],
  "a two-call set killed between its calls": ["kept", "new", "newer", "other"],
  "a two-call delete killed between its calls": [],
  "a delete that paused between its calls while another client set the name": ["kept", "other"],
  "a set that paused between its calls while another client deleted the name": ["kept", "other"],
  "names added to the registry by hand": ["kept", "other"],
  "names removed from the registry by hand": ["kept", "other"],
  "the registry item removed": ["kept", "other"],
  "the registry emptied": ["kept", "other"],
  "a provisioner's put and delete, which know no registry": ["new", "other"],
  "the registry replaced by another Region's, where the last writer wins": ["kept", "new", "newer", "other"],
};

describeEachEngine("the maintainer", (context) => {
  /** A table with two names in each of the given namespaces, and the writers that break them. */
  const prepared = async (...namespaces: (string | undefined)[]) => {
    const tableName = await context.createTable(tableDefinition());
    for (const namespace of namespaces) {
      await using registry = new ResourceRegistry({ tableName, namespace, client: context.client });
      await Promise.all(["kept", "other"].map((name) => registry.setResourceDefaults(name, limits)));
    }
    const writers = namespaces.map((namespace) => new ForeignWriter(context.client, tableName, namespace));
    return { table: await MaintainedTable.of(context, tableName), writers, writer: writers[0] as ForeignWriter };
  };

  /** The maintainer never made anything wrong that had not been wrong before. */
  const expectNoNewDrift = async (table: MaintainedTable) => {
    const { after } = await replayDrift(table.streams, table.streamArn);
    for (const [i, drift] of after.entries()) expect(drift.isSubsetOf(after[i - 1] ?? drift)).toBe(true);
    expect(after.at(-1)?.size ?? 0).toBe(0);
  };

  describe.each([
    ["flat", undefined],
    ["namespaced", "rcof3sHx3fY"],
  ])("heals, with %s keys,", (_, namespace) => {
    it.each(drifts)("$name", async ({ name, make }) => {
      const { table, writer } = await prepared(namespace);
      await using _table = table;
      await make(writer, names);
      await table.mark();
      await using mapping = await table.map();
      await table.caughtUp();
      await mapping.stop();
      const { registered, defaults } = (await table.state()).get(namespace) ?? {};
      expect(registered ?? []).toEqual(expected[name]);
      expect(defaults ?? []).toEqual(expected[name]);
      await expectNoNewDrift(table);
    });
  });

  it("heals all of them concurrently while it runs, flat and namespaced side by side", async () => {
    const namespaces = [undefined, "tenant-1", "tenant-2"];
    const { table, writers } = await prepared(...namespaces);
    await using _table = table;
    await using _mapping = await table.map();
    await Promise.all(
      writers.map(async (writer) => {
        for (const { make } of drifts) await make(writer, names);
      }),
    );
    await table.caughtUp();
    const state = await table.state();
    for (const namespace of namespaces) {
      const { registered, defaults } = state.get(namespace) ?? {};
      expect(registered).toEqual(defaults);
      expect(defaults?.length).toBeGreaterThan(0);
    }
  });

  it("heals a default that TTL deleted", async () => {
    const { table, writer } = await prepared(undefined);
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
    expect((await table.state()).get(undefined)?.registered).toEqual(["kept", "other"]);
  });

  it("takes names off that no writer of ours allows, of any length", async () => {
    const { table, writer } = await prepared(undefined);
    await using _table = table;
    await writer.register("gpt-4\n", "x".repeat(1_000), "y".repeat(3_000));
    await using _mapping = await table.map();
    await table.caughtUp();
    expect((await table.state()).get(undefined)?.registered).toEqual(["kept", "other"]);
  });

  it("says in one line that a registry is no string set, and heals it once it is rebuilt", async () => {
    const { table, writer } = await prepared("t1");
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
    expect((await table.state()).get("t1")?.registered).toEqual(["kept", "new", "other"]);
  });

  it("lets a purged namespace stay gone", async () => {
    const { table, writer } = await prepared("purged");
    await using _table = table;
    await writer.deleteItem("kept");
    await writer.deleteItem("other");
    await writer.removeRegistry();
    await using _mapping = await table.map();
    await table.caughtUp();
    expect(await table.get(registryKey("purged"))).toBeUndefined();
  });

  it("lets a namespace stay gone that is purged while it looks", async () => {
    const { table, writer } = await prepared("purged");
    await using _table = table;
    await using _mapping = await table.map();
    await writer.deleteItem("kept");
    await writer.deleteItem("other");
    await writer.removeRegistry();
    await table.caughtUp();
    expect(await table.get(registryKey("purged"))).toBeUndefined();
  });

  it("leaves neighbours alone, and never looks them up", async () => {
    const { table } = await prepared();
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
    const { table } = await prepared();
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

  it("loses no record when the mapping is stopped at any point and started again", async () => {
    const { table, writer } = await prepared(undefined);
    await using _table = table;
    const checkpoints = new MemoryCheckpointStore();
    for (const { make } of drifts) {
      const mapping = await table.map({ checkpoints });
      const broken = make(writer, names);
      await mapping.stop(); // while the drift is being made
      await broken;
    }
    await using _mapping = await table.map({ checkpoints });
    await table.caughtUp();
    const { registered, defaults } = (await table.state()).get(undefined) ?? {};
    expect(registered).toEqual(defaults);
  });

  it("ends the same in any order of its batches, repeated or not, with two consumers concurrently", async () => {
    const { table, writer } = await prepared(undefined);
    await using _table = table;
    const events: DynamoDBStreamEvent[] = [];
    {
      await using _mapping = await table.map({ onEvent: (event) => void events.push(structuredClone(event)) });
      for (const { make } of drifts) await make(writer, names);
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
