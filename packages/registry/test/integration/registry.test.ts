import {
  BatchWriteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateScan,
  TransactionCanceledException,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import {
  MalformedItemError,
  RegistryFullError,
  ResourceNotFoundError,
  ResourceRegistry,
  type ResourceRegistryOptions,
} from "@rollcall/registry";
import { parseResourceKey, registryKey, resourceKey, tableDefinition } from "@rollcall/registry/schema";
import { describeEachEngine } from "@rollcall/testing/dynamodb/engines";
import { meterCapacity } from "@rollcall/testing/rollcall/capacity-meter";
import { limiterItem, limiterItems } from "@rollcall/testing/rollcall/limiter-items";
import fc from "fast-check";
import { expect, it } from "vitest";
import { type Fault, injectFaults } from "./faults.ts";

const NAMESPACE = "rcof3sHx3fY";
const limits = [{ name: "rpm", capacity: 7 }];
const numbered = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, i) => `${prefix}${String(i).padStart(12 - prefix.length, "0")}`);

describeEachEngine("ResourceRegistry", (context) => {
  const open = async (options: Partial<ResourceRegistryOptions> = {}) => {
    const tableName = options.tableName ?? (await context.createTable(tableDefinition()));
    const registry = new ResourceRegistry({ tableName, client: context.client, ...options } as ResourceRegistryOptions);
    return { tableName, registry };
  };
  const get = async (TableName: string, Key: ReturnType<typeof registryKey>) =>
    (await context.client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }))).Item;

  /** The defaults there are and the names that are registered, as they lie in the table. */
  const contents = async (TableName: string, namespace?: string) => {
    const defaults: string[] = [];
    for await (const { Items = [] } of paginateScan({ client: context.client }, { TableName, ConsistentRead: true })) {
      for (const item of Items) {
        const address = parseResourceKey(item);
        if (address !== undefined && address.namespace === namespace) defaults.push(address.resource);
      }
    }
    const registered = (await get(TableName, registryKey(namespace)))?.resources?.SS ?? [];
    return { defaults: defaults.sort(), registered: [...registered].sort() };
  };
  const expectExact = async (tableName: string, namespace?: string) => {
    const { defaults, registered } = await contents(tableName, namespace);
    expect(registered).toEqual(defaults);
    return registered;
  };

  it("writes what the limiter writes, attribute for attribute", async () => {
    const { tableName, registry: flat } = await open();
    await flat.setResourceDefaults("gpt-4", limits);
    expect(await get(tableName, resourceKey("gpt-4"))).toEqual(limiterItem("resource-default", "flat"));
    expect(await get(tableName, registryKey())).toEqual(limiterItem("registry", "flat"));

    const { registry: namespaced } = await open({ tableName, namespace: NAMESPACE });
    await namespaced.setResourceDefaults("openai/gpt-4o", [
      { name: "rpm", capacity: 500, refillPeriodSeconds: 3_600 },
      { name: "tpm", capacity: 20_000, refillAmount: 10_000, refillPeriodSeconds: 300 },
    ]);
    expect(await get(tableName, resourceKey("openai/gpt-4o", NAMESPACE))).toEqual(
      limiterItem("resource-default", "namespaced", "library"),
    );
    expect(await get(tableName, registryKey(NAMESPACE))).toEqual(limiterItem("registry", "namespaced"));
  });

  it("reads what the limiter wrote, and leaves its other items alone", async () => {
    const { tableName, registry } = await open();
    for (const { item } of limiterItems) {
      await context.client.send(new PutItemCommand({ TableName: tableName, Item: item }));
    }
    const { registry: namespaced } = await open({ tableName, namespace: NAMESPACE });
    expect(await registry.listResourcesWithDefaults()).toEqual(["gpt-4"]);
    expect(await namespaced.listResourcesWithDefaults()).toEqual(["openai/gpt-4o"]);
    expect(await namespaced.getResourceDefaults("openai/gpt-4o")).toHaveLength(2);
    await registry.deleteResourceDefaults("gpt-4");
    await namespaced.deleteResourceDefaults("openai/gpt-4o");
    for (const { item, kind, format } of limiterItems) {
      const deleted =
        kind === "resource-default" && (item.PK?.S ?? "").match(/gpt-4(o)?$/) && format !== "flat-per-limit";
      if (deleted || kind === "registry") continue;
      expect(await get(tableName, { PK: item.PK, SK: item.SK } as never)).toEqual(item);
    }
  });

  it("sets, lists, updates, gets and deletes", async () => {
    const { tableName, registry } = await open();
    expect(await registry.listResourcesWithDefaults({ consistentRead: true })).toEqual([]);
    await registry.setResourceDefaults("b", limits);
    await registry.setResourceDefaults("a", limits);
    await registry.setResourceDefaults("a", limits);
    expect(await registry.listResourcesWithDefaults({ consistentRead: true })).toEqual(["a", "b"]);
    await registry.updateResourceDefaults("a", [{ name: "tpm", capacity: 9, refillAmount: 3, refillPeriodSeconds: 1 }]);
    expect(await registry.getResourceDefaults("a", { consistentRead: true })).toEqual([
      { name: "tpm", capacity: 9, refillAmount: 3, refillPeriodSeconds: 1 },
    ]);
    await registry.deleteResourceDefaults("a");
    await registry.deleteResourceDefaults("a");
    await expect(registry.updateResourceDefaults("a", limits)).rejects.toThrow(ResourceNotFoundError);
    expect(await registry.getResourceDefaults("a", { consistentRead: true })).toEqual([]);
    expect(await expectExact(tableName)).toEqual(["b"]);
    await registry.deleteResourceDefaults("b");
    expect(await registry.listResourcesWithDefaults({ consistentRead: true })).toEqual([]);
    expect(await get(tableName, registryKey())).toEqual(registryKey());
  });

  it("creates no registry when a name that is not there is deleted", async () => {
    for (const namespace of [undefined, NAMESPACE]) {
      const { tableName, registry } = await open({ namespace });
      await registry.deleteResourceDefaults("gpt-4");
      expect(await get(tableName, registryKey(namespace))).toBeUndefined();
    }
  });

  it("deletes a default whose registry is gone", async () => {
    const { tableName, registry } = await open();
    await context.client.send(
      new PutItemCommand({ TableName: tableName, Item: limiterItem("resource-default", "flat") }),
    );
    await registry.deleteResourceDefaults("gpt-4");
    expect(await get(tableName, resourceKey("gpt-4"))).toBeUndefined();
    expect(await get(tableName, registryKey())).toBeUndefined();
  });

  it("deletes correctly when another writer creates the registry meanwhile", async () => {
    const { tableName, registry: other } = await open();
    const client = new DynamoDBClient(context.engine.clientConfig);
    let transactions = 0;
    client.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          if (commandName === "TransactWriteItemsCommand" && ++transactions === 2) {
            await other.setResourceDefaults("gpt-4", limits);
            await other.setResourceDefaults("other", limits);
          }
          return next(args);
        },
      { step: "initialize" },
    );
    await new ResourceRegistry({ tableName, client }).deleteResourceDefaults("gpt-4");
    client.destroy();
    expect(transactions).toBe(3);
    expect(await expectExact(tableName)).toEqual(["other"]);
  });

  it("gives a namespaced registry its index keys on the first write, and keeps those it has", async () => {
    const { tableName, registry } = await open({ namespace: NAMESPACE });
    await context.client.send(new PutItemCommand({ TableName: tableName, Item: registryKey(NAMESPACE) }));
    await registry.setResourceDefaults("openai/gpt-4o", limits);
    expect(await get(tableName, registryKey(NAMESPACE))).toEqual(limiterItem("registry", "namespaced"));

    const foreign = { ...registryKey(NAMESPACE), GSI4PK: { S: "kept" } };
    await context.client.send(new PutItemCommand({ TableName: tableName, Item: foreign }));
    await registry.setResourceDefaults("a", limits);
    expect(await get(tableName, registryKey(NAMESPACE))).toMatchObject({
      GSI4PK: { S: "kept" },
      resources: { SS: ["a"] },
    });
  });

  it("takes 1,000 concurrent sets in 20 requests and 2.5 write units a name, at most", async () => {
    const { tableName, registry } = await open();
    const [registered, created] = [numbered("old-", 1_000), numbered("new-", 1_000)];
    await Promise.all(registered.map((name) => registry.setResourceDefaults(name, limits)));
    const client = new DynamoDBClient(context.engine.clientConfig);
    using meter = meterCapacity(client, context.engine);
    await using measured = new ResourceRegistry({ tableName, client });
    await Promise.all(created.map((name) => measured.setResourceDefaults(name, limits)));
    expect(meter.requests).toBeLessThanOrEqual(20);
    expect(meter.writeUnits).toBeLessThanOrEqual(2_500);
    client.destroy();
    expect(await expectExact(tableName)).toEqual([...created, ...registered]);
  });

  it("updates for 1 request and 1 write unit, and lists for 1 request, with 10,000 names registered", async () => {
    const { tableName, registry } = await open();
    await registry.setResourceDefaults("gpt-4", limits);
    const SS = numbered("m", 9_999);
    const Item = { ...registryKey(), resources: { SS: [...SS, "gpt-4"] } };
    await context.client.send(new PutItemCommand({ TableName: tableName, Item }));
    const client = new DynamoDBClient(context.engine.clientConfig);
    using meter = meterCapacity(client, context.engine);
    const measured = new ResourceRegistry({ tableName, client });
    await measured.updateResourceDefaults("gpt-4", [{ name: "rpm", capacity: 8 }]);
    expect({ requests: meter.requests, writeUnits: meter.writeUnits }).toEqual({ requests: 1, writeUnits: 1 });
    expect(await measured.listResourcesWithDefaults()).toHaveLength(10_000);
    expect({ requests: meter.requests, readUnits: meter.readUnits }).toEqual({ requests: 2, readUnits: 15 });
    client.destroy();
  });

  it("lets 64 writers of 8 processes through 30% of conflicts, and is exact", async () => {
    const { tableName } = await open();
    const random = seeded(20_261_122);
    const clients = Array.from({ length: 8 }, () => new DynamoDBClient(context.engine.clientConfig));
    for (const client of clients) injectFaults(client, (_, input) => conflict(random, input));
    const registries = clients.map((client) => new ResourceRegistry({ tableName, client }));
    const writers = Array.from({ length: 64 }, async (_, writer) => {
      const registry = registries[writer % registries.length] as ResourceRegistry;
      for (let i = 0; i < 4; i++) await registry.setResourceDefaults(`w${writer}-${i}`, limits);
      await registry.deleteResourceDefaults(`w${writer}-0`);
      await registry.updateResourceDefaults(`w${writer}-1`, [{ name: "rpm", capacity: 99 }]);
    });
    await Promise.all(writers);
    for (const client of clients) client.destroy();
    expect(await expectExact(tableName)).toHaveLength(64 * 3);
  });

  it("counts a write once whose answer was lost, though the SDK resends it", async () => {
    const { tableName } = await open();
    const client = new DynamoDBClient(context.engine.clientConfig);
    let tries = 0;
    const lost = Object.assign(new Error("socket hang up"), { name: "TimeoutError" });
    injectFaults(client, (command) =>
      command === "TransactWriteItemsCommand" && ++tries % 2 === 1 ? { kind: "after", error: lost } : { kind: "none" },
    );
    const registry = new ResourceRegistry({ tableName, client });
    await registry.setResourceDefaults("gpt-4", limits);
    await registry.setResourceDefaults("gpt-5", limits);
    await registry.deleteResourceDefaults("gpt-4");
    expect(tries).toBe(6);
    client.destroy();
    expect(await expectExact(tableName)).toEqual(["gpt-5"]);
  });

  it("does not undo another's later write when it resends a lost one", async () => {
    const { tableName, registry: other } = await open();
    const client = new DynamoDBClient(context.engine.clientConfig);
    let tries = 0;
    client.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          const answer = await next(args);
          if (commandName !== "TransactWriteItemsCommand" || ++tries > 1) return answer;
          await other.deleteResourceDefaults("gpt-4"); // after the set took effect, before its caller hears of it
          throw Object.assign(new Error("socket hang up"), { name: "TimeoutError" });
        },
      { step: "finalizeRequest", priority: "low" },
    );
    await new ResourceRegistry({ tableName, client }).setResourceDefaults("gpt-4", limits);
    client.destroy();
    expect(tries).toBe(2);
    expect(await expectExact(tableName)).toEqual([]);
  });

  it("refuses what a full registry has no room for, with nothing half-written, and takes the rest", async () => {
    const { tableName, registry } = await open();
    const filler = numbered("m", 34_100);
    await context.client.send(
      new PutItemCommand({ TableName: tableName, Item: { ...registryKey(), resources: { SS: filler } } }),
    );
    const { bytes, nearLimit } = await registry.registryStatus({ consistentRead: true });
    expect(bytes).toBe(34_100 * 12 + 30);
    expect(nearLimit).toBe(true);
    const free = 409_600 - bytes;
    const fitting = Array.from({ length: Math.floor(free / 20) }, (_, i) => `fits-${String(i).padStart(15, "0")}`);
    const tooMany = Array.from({ length: 5 }, (_, i) => `full-${String(i).padStart(45, "0")}`);
    const names = [...fitting, ...tooMany, filler[0] ?? ""];
    const outcomes = await Promise.allSettled(names.map((name) => registry.setResourceDefaults(name, limits)));
    const refused = names.filter((_, i) => outcomes[i]?.status === "rejected");
    expect(refused).toEqual(tooMany);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") expect(outcome.reason).toBeInstanceOf(RegistryFullError);
    }
    expect(await get(tableName, resourceKey(tooMany[0] ?? ""))).toBeUndefined();
    expect(
      (await registry.listResourcesWithDefaults({ consistentRead: true })).filter((name) => !name.startsWith("m")),
    ).toEqual(fitting);
    await registry.updateResourceDefaults(fitting[0] ?? "", limits);
    await registry.deleteResourceDefaults(filler[1] ?? "");
  });

  it("refuses limits that do not fit into one item, and takes what was set beside them", async () => {
    const { tableName, registry } = await open();
    const many = Array.from({ length: 3_000 }, (_, i) => ({
      name: `l${String(i).padStart(60, "0")}`,
      capacity: i + 1,
    }));
    const outcomes = await Promise.allSettled([
      registry.setResourceDefaults("a", limits),
      registry.setResourceDefaults("huge", many),
      registry.setResourceDefaults("b", limits),
    ]);
    expect(outcomes).toMatchObject([
      { status: "fulfilled" },
      { reason: { code: "INVALID_LIMIT" } },
      { status: "fulfilled" },
    ]);
    await expect(registry.updateResourceDefaults("a", many)).rejects.toMatchObject({ code: "INVALID_LIMIT" });
    expect(await expectExact(tableName)).toEqual(["a", "b"]);
  });

  it("says so when something else than a set is in the registry's place", async () => {
    const { tableName, registry } = await open();
    await context.client.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: registryKey(),
        UpdateExpression: "SET #set = :value",
        ExpressionAttributeNames: { "#set": "resources" },
        ExpressionAttributeValues: { ":value": { S: "gpt-4" } },
      }),
    );
    await expect(registry.listResourcesWithDefaults()).rejects.toThrow(MalformedItemError);
    await expect(registry.setResourceDefaults("gpt-4", limits)).rejects.toThrow(MalformedItemError);
    expect(await get(tableName, resourceKey("gpt-4"))).toBeUndefined();
  });

  it("finds and removes names that it would not write", async () => {
    const { tableName, registry } = await open();
    const odd = ["gpt-4\n", "ü", "a b", "x".repeat(1_000), "/", "\u{1f600}"];
    const requests = odd.map((name) => ({ PutRequest: { Item: { ...resourceKey(name), resource: { S: name } } } }));
    await context.client.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: requests } }));
    await context.client.send(
      new PutItemCommand({ TableName: tableName, Item: { ...registryKey(), resources: { SS: odd } } }),
    );
    const listed = await registry.listResourcesWithDefaults({ consistentRead: true });
    expect(new Set(listed)).toEqual(new Set(odd));
    for (const name of listed) {
      expect(await registry.getResourceDefaults(name)).toEqual([]);
      await registry.deleteResourceDefaults(name);
    }
    expect(await expectExact(tableName)).toEqual([]);
  });

  it("is the table's truth after any sequence of calls", async () => {
    const { tableName } = await open();
    let run = 0;
    const name = fc.constantFrom("a", "b", "openai/c", "d-1");
    const call = fc.record({
      kind: fc.constantFrom("set", "update", "delete"),
      name,
      capacity: fc.integer({ min: 1, max: 9 }),
      wait: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 20 }), async (calls) => {
        const namespace = `run-${run++}`;
        const registry = new ResourceRegistry({ tableName, namespace, client: context.client });
        const model = new Map<string, number>();
        const pending: Promise<unknown>[] = [];
        for (const { kind, name, capacity, wait } of calls) {
          const limits = [{ name: "rpm", capacity }];
          if (kind === "set") {
            model.set(name, capacity);
            pending.push(registry.setResourceDefaults(name, limits));
          } else if (kind === "delete") {
            model.delete(name);
            pending.push(registry.deleteResourceDefaults(name));
          } else {
            const exists = model.has(name);
            if (exists) model.set(name, capacity);
            const update = registry.updateResourceDefaults(name, limits);
            pending.push(exists ? update : expect(update).rejects.toThrow(ResourceNotFoundError));
          }
          if (wait) await Promise.all(pending);
        }
        await Promise.all(pending);
        expect(await registry.listResourcesWithDefaults({ consistentRead: true })).toEqual([...model.keys()].sort());
        for (const resource of ["a", "b", "openai/c", "d-1"]) {
          const [limit] = await registry.getResourceDefaults(resource, { consistentRead: true });
          expect(limit?.capacity).toBe(model.get(resource));
        }
        await registry[Symbol.asyncDispose]();
      }),
      { numRuns: 40 },
    );
  });
});

/** Three tries in ten are refused as a transaction that met another one, or as a write that met a transaction. */
function conflict(random: () => number, input: object): Fault {
  if (random() >= 0.3) return { kind: "none" };
  const $metadata = { httpStatusCode: 400 };
  if (!("TransactItems" in input)) {
    const message = "Transaction is ongoing for the item";
    const error = Object.assign(new Error(message), { name: "TransactionConflictException", $metadata });
    return { kind: "instead", error };
  }
  const actions = input.TransactItems as unknown[];
  const at = random() < 0.5 ? actions.length - 1 : Math.floor(random() * actions.length);
  const CancellationReasons = actions.map((_, i) => ({ Code: i === at ? "TransactionConflict" : "None" }));
  return {
    kind: "instead",
    error: new TransactionCanceledException({ message: "cancelled", $metadata, CancellationReasons }),
  };
}

/** A repeatable source of numbers from 0 up to 1 (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
