import {
  BatchGetItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import {
  ConditionFailedError,
  defineRegistry,
  InvalidActionError,
  InvalidNameError,
  MalformedItemError,
  MemberNotFoundError,
  Registry,
  RegistryDisposedError,
  RegistryError,
  RegistryFullError,
  type RegistryOptions,
  shardOf,
} from "@rollcall/registry";
import { withTiming } from "@rollcall/registry/internal";
import { cancelled, conditionFailed, conflict } from "@rollcall/testing/dynamodb/service-errors";
import { VirtualClock } from "@rollcall/testing/dynamodb/virtual-clock";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";

const dynamodb = mockClient(DynamoDBClient);
const client = new DynamoDBClient({});

const TENANTS = defineRegistry({
  name: "tenants",
  key: { partition: "pk", sort: "sk" },
  member: { partition: "TENANT#{member}", sort: "#META" },
  registry: { partition: "SYSTEM#", sort: "#TENANTS", attribute: "tenants" },
  names: { pattern: "[a-z]+(-[a-z]+)?", maxBytes: 10 },
});
const PROJECTS = defineRegistry({
  name: "projects",
  key: { partition: "pk", sort: "sk" },
  member: { partition: "TENANT#{scope}", sort: "PROJECT#{member}" },
  registry: {
    partition: "TENANT#{scope}",
    sort: "#PROJECTS#{shard}",
    attribute: "projects",
    attributes: { kind: "projects of {scope}" },
    shards: 4,
  },
});
const KEY = { pk: { S: "TENANT#acme" }, sk: { S: "#META" } };
const REGISTRY_KEY = { pk: { S: "SYSTEM#" }, sk: { S: "#TENANTS" } };

const open = (options: Partial<RegistryOptions> = {}) =>
  new Registry({
    definition: TENANTS,
    tableName: "app",
    client,
    ...withTiming({ clock: new VirtualClock(), random: () => 1 }),
    ...options,
  } as RegistryOptions);
const projects = () => open({ definition: PROJECTS, scope: "acme" });
const transactions = () => dynamodb.commandCalls(TransactWriteItemsCommand).map(({ args }) => args[0].input);
const rejectionOf = async (call: Promise<unknown>): Promise<RegistryError> => {
  const error = await call.then(() => undefined).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(RegistryError);
  return error as RegistryError;
};

beforeEach(() => {
  dynamodb.reset();
  dynamodb.onAnyCommand().resolves({});
});

describe("Registry.put", () => {
  it.each([
    ["native", { plan: "free", seats: 5, tags: new Set(["a"]), gone: undefined }],
    ["native, with its key", { pk: "TENANT#acme", sk: "#META", plan: "free", seats: 5, tags: new Set(["a"]) }],
    ["AttributeValues", { ...KEY, plan: { S: "free" }, seats: { N: "5" }, tags: { SS: ["a"] } }],
  ])("puts the item and adds the name in one transaction: %s", async (_, item) => {
    await open().put("acme", item);
    expect(transactions()).toEqual([
      {
        ClientRequestToken: expect.any(String),
        TransactItems: [
          {
            Put: {
              TableName: "app",
              Item: { ...KEY, plan: { S: "free" }, seats: { N: "5" }, tags: { SS: ["a"] } },
            },
          },
          {
            Update: {
              TableName: "app",
              Key: REGISTRY_KEY,
              UpdateExpression: "ADD #set :members",
              ExpressionAttributeNames: { "#set": "tenants" },
              ExpressionAttributeValues: { ":members": { SS: ["acme"] } },
            },
          },
        ],
      },
    ]);
  });

  it("puts an item of nothing but its key where none is given", async () => {
    await open().put("acme");
    expect(transactions()[0]?.TransactItems?.[0]?.Put?.Item).toEqual(KEY);
  });

  it("takes an item without a key as native, though it looks like AttributeValues", async () => {
    await open().put("acme", { plan: { S: "free" } });
    expect(transactions()[0]?.TransactItems?.[0]?.Put?.Item).toEqual({ ...KEY, plan: { M: { S: { S: "free" } } } });
  });

  it("refuses an item of another member, and a value that DynamoDB has not", async () => {
    const other = await rejectionOf(open().put("acme", { pk: "TENANT#ACME", sk: "#META" }));
    expect(other).toBeInstanceOf(InvalidNameError);
    const odd = await rejectionOf(open().put("acme", { at: new Date(0) }));
    expect(odd).toBeInstanceOf(InvalidActionError);
    expect(odd.message).toMatch(/The item holds a value that DynamoDB has not/);
    expect(dynamodb.calls()).toHaveLength(0);
  });
});

describe("Registry.replace", () => {
  it("is one conditional Put", async () => {
    await open().replace("acme", { plan: "paid" });
    expect(dynamodb.calls().map(({ args }) => args[0].input)).toEqual([
      {
        TableName: "app",
        Item: { ...KEY, plan: { S: "paid" } },
        ConditionExpression: "attribute_exists(#partitionKey)",
        ExpressionAttributeNames: { "#partitionKey": "pk" },
      },
    ]);
  });

  it("is retried on a conflict", async () => {
    dynamodb.on(PutItemCommand).rejectsOnce(conflict()).resolves({});
    await open().replace("acme", {});
    expect(dynamodb.calls()).toHaveLength(2);
  });

  it("says that there is no such member, and whether it may have been written before", async () => {
    dynamodb.on(PutItemCommand).rejects(conditionFailed());
    const error = await rejectionOf(open().replace("acme", {}));
    expect(error).toBeInstanceOf(MemberNotFoundError);
    expect(error).toMatchObject({ code: "MEMBER_NOT_FOUND", member: "acme", outcome: "not-written" });
    dynamodb.on(PutItemCommand).rejects(Object.assign(conditionFailed(), { $metadata: { attempts: 2 } }));
    expect(await rejectionOf(open().replace("acme", {}))).toMatchObject({ outcome: "unknown" });
    dynamodb.reset();
    const inDoubt = Object.assign(conflict(), { $metadata: { attempts: 2 } });
    dynamodb.on(PutItemCommand).rejectsOnce(inDoubt).rejects(conditionFailed());
    expect(await rejectionOf(open().replace("acme", {}))).toMatchObject({ outcome: "unknown" });
  });
});

describe("Registry.delete", () => {
  it("deletes the item and the name in one transaction, also of a name that may not be put", async () => {
    await open().delete("Odd name");
    const [, update] = transactions()[0]?.TransactItems ?? [];
    expect(transactions()[0]?.TransactItems?.[0]).toEqual({
      Delete: { TableName: "app", Key: { pk: { S: "TENANT#Odd name" }, sk: { S: "#META" } } },
    });
    expect(update?.Update).toMatchObject({
      UpdateExpression: "DELETE #set :members",
      ConditionExpression: "attribute_exists(#partitionKey)",
    });
  });
});

describe("Registry.write", () => {
  const put = { Put: { TableName: "app", Item: { pk: "TENANT#acme", sk: "#META" }, ConditionExpression: "x" } };
  const log = { Put: { TableName: "logs", Item: { id: "1" } } };

  it("sends the caller's actions before the registry's own", async () => {
    await open().write("acme", [log, put]);
    expect(transactions()[0]?.TransactItems?.map((action) => Object.keys(action)[0])).toEqual(["Put", "Put", "Update"]);
    expect(transactions()[0]?.TransactItems?.[0]?.Put?.Item).toEqual({ id: { S: "1" } });
  });

  it("tells which of the caller's conditions was false, with the item, and spares the neighbours", async () => {
    const Item = { plan: { S: "free" } };
    const reason = { Code: "ConditionalCheckFailed", Item };
    const refusal = cancelled("None", "None", reason, "None");
    dynamodb.on(TransactWriteItemsCommand).rejectsOnce(refusal).resolves({});
    const registry = open();
    const neighbour = registry.put("zeta");
    const error = await rejectionOf(registry.write("acme", [log, put]));
    await neighbour;
    expect(error).toBeInstanceOf(ConditionFailedError);
    expect(error).toMatchObject({ code: "CONDITION_FAILED", index: 1, item: Item, cause: refusal });
    expect(transactions().map(({ TransactItems }) => TransactItems?.length)).toEqual([4, 2]);
  });

  it("rejects with DynamoDB's own error where an action is refused for something else", async () => {
    const refusal = cancelled("None", "ItemCollectionSizeLimitExceeded", "None");
    dynamodb.on(TransactWriteItemsCommand).rejects(refusal);
    await expect(open().write("acme", [log, put])).rejects.toBe(refusal);
  });

  it("lists no name that may not be put, and removes it", async () => {
    const key = { pk: "TENANT#Odd", sk: "#META" };
    const error = await rejectionOf(open().write("Odd", [{ Put: { TableName: "app", Item: key } }]));
    expect(error).toBeInstanceOf(InvalidNameError);
    await open().write("Odd", [{ Delete: { TableName: "app", Key: key } }]);
    expect(transactions()).toHaveLength(1);
  });
});

describe("Registry.action", () => {
  it("is the registry's own, unconditional, in either kind of values", () => {
    const add = projects().action("add", "web");
    const Key = { pk: { S: "TENANT#acme" }, sk: { S: `#PROJECTS#${shardOf("web", 4)}` } };
    expect(add).toEqual({
      Update: {
        TableName: "app",
        Key,
        UpdateExpression: "SET #a0 = if_not_exists(#a0, :a0) ADD #set :members",
        ExpressionAttributeNames: { "#set": "projects", "#a0": "kind" },
        ExpressionAttributeValues: { ":members": { SS: ["web"] }, ":a0": { S: "projects of acme" } },
      },
    });
    expect(projects().action("remove", "web", { native: true })).toEqual({
      Update: {
        TableName: "app",
        Key: { pk: Key.pk.S, sk: Key.sk.S },
        UpdateExpression: "DELETE #set :members",
        ExpressionAttributeNames: { "#set": "projects" },
        ExpressionAttributeValues: { ":members": new Set(["web"]) },
      },
    });
  });

  it("is refused for names that may not be put, for another change and for unknown options", () => {
    expect(() => open().action("add", "Odd")).toThrow(InvalidNameError);
    expect(open().action("remove", "Odd").Update?.ExpressionAttributeValues).toEqual({ ":members": { SS: ["Odd"] } });
    expect(() => open().action("ADD" as never, "acme")).toThrow(TypeError);
    expect(() => open().action("add", "acme", { nativ: true } as never)).toThrow(/Unknown option "nativ"/);
  });
});

describe("Registry in shards", () => {
  const NAMES = Array.from({ length: 20 }, (_, i) => `p${i}`);
  const itemOf = (shard: number, ...extra: string[]) => ({
    pk: { S: "TENANT#acme" },
    sk: { S: `#PROJECTS#${shard}` },
    projects: { SS: [...NAMES.filter((name) => shardOf(name, 4) === shard), ...extra] },
  });

  it("writes each name to its shard, and joins the writes of a shard", async () => {
    const registry = projects();
    await Promise.all(NAMES.map((name) => registry.put(name)));
    const written = transactions().map(({ TransactItems = [] }) => {
      const { Key, ExpressionAttributeValues } = TransactItems.at(-1)?.Update ?? {};
      return [Key?.sk?.S, ExpressionAttributeValues?.[":members"]?.SS];
    });
    const shards = [...new Set(NAMES.map((name) => shardOf(name, 4)))];
    expect(written).toEqual(shards.map((shard) => [`#PROJECTS#${shard}`, itemOf(shard).projects.SS]));
  });

  it("refuses a name whose shard has no room, and names the shard", async () => {
    const full = { Code: "ValidationError", Message: "Item size to update has exceeded the maximum allowed size" };
    const CancellationReasons = [{ Code: "None" }, full];
    dynamodb
      .on(TransactWriteItemsCommand)
      .rejects(new TransactionCanceledException({ message: "", $metadata: {}, CancellationReasons }));
    const SS = Array.from({ length: 400 }, (_, i) => `${i}-`.padEnd(1_023, "x"));
    dynamodb.on(GetItemCommand).resolves({ Item: { ...itemOf(0), projects: { SS } } });
    const error = await projects()
      .put("w".repeat(900))
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RegistryFullError);
    expect(error).toMatchObject({ shard: shardOf("w".repeat(900), 4), names: 400 });
    expect((error as Error).message).toMatch(
      /^Shard \d of the registry is full: .* move the registry to more shards\.$/,
    );
  });

  it("is listed by one BatchGetItem, sorted, each name once, eventually or strongly consistent", async () => {
    const wrong = NAMES.find((name) => shardOf(name, 4) !== 3) as string;
    const Responses = { app: [itemOf(3, wrong), itemOf(0, ""), itemOf(1), itemOf(2)] };
    dynamodb.on(BatchGetItemCommand).resolves({ Responses });
    expect(await projects().list()).toEqual([...NAMES].sort());
    await projects().list({ consistentRead: true });
    const requests = dynamodb.calls().map(({ args }) => (args[0].input as { RequestItems: object }).RequestItems);
    const Keys = [0, 1, 2, 3].map((shard) => ({ pk: { S: "TENANT#acme" }, sk: { S: `#PROJECTS#${shard}` } }));
    expect(requests).toEqual([{ app: { Keys } }, { app: { Keys, ConsistentRead: true } }]);
  });

  it("hands out its names shard by shard, a GetItem each when it is asked for", async () => {
    dynamodb.on(GetItemCommand).callsFake(({ Key }) => ({ Item: itemOf(Number(Key.sk.S.at(-1))) }));
    const found: string[] = [];
    for await (const name of projects().names()) {
      if (found.length === 0) expect(dynamodb.calls()).toHaveLength(1);
      found.push(name);
    }
    expect(found.sort()).toEqual([...NAMES].sort());
    expect(dynamodb.calls()).toHaveLength(4);
  });

  it("has the status of its fullest shard, and the size of each", async () => {
    dynamodb.on(BatchGetItemCommand).resolves({ Responses: { app: [itemOf(2, "x".repeat(310_000)), itemOf(0, "")] } });
    const { shards, ...status } = await projects().status();
    expect(shards.map(({ shard, names }) => [shard, names])).toEqual([
      [0, itemOf(0).projects.SS.length],
      [1, 0],
      [2, itemOf(2).projects.SS.length + 1],
      [3, 0],
    ]);
    expect(shards.map(({ bytes }) => bytes > 0)).toEqual([true, false, true, false]);
    expect(status).toMatchObject({ names: shards[2]?.names, bytes: shards[2]?.bytes, nearLimit: true, malformed: 0 });
  });

  it("is malformed where one shard is", async () => {
    const broken = { ...itemOf(1), projects: { M: {} } };
    dynamodb.on(BatchGetItemCommand).resolves({ Responses: { app: [itemOf(0), broken] } });
    await expect(projects().list()).rejects.toThrow(MalformedItemError);
    await expect(projects().list()).rejects.toThrow(/"#PROJECTS#1".*projects is of type M/);
  });
});

describe("Registry's names and scopes", () => {
  it.each([
    ["", /1 character or more/],
    ["x\ud800", /half of a character/],
    ["Acme", /takes names that match \[a-z\]/],
    ["acme-x\n", /takes names that match/],
    ["acme-acme-acme", /takes names that match/],
    ["abcdefghijk", /names of 10 bytes at most/],
    [5 as never, /use text/],
  ])("refuse to put, replace or list %j", async (name, message) => {
    for (const call of [open().put(name), open().replace(name, {})]) {
      const error = await rejectionOf(call);
      expect(error).toMatchObject({ code: "INVALID_NAME", field: "member" });
      expect(error.message).toMatch(message);
    }
    expect(() => open().action("add", name)).toThrow(InvalidNameError);
    expect(dynamodb.calls()).toHaveLength(0);
  });

  it("refuse a name whose key would be too long, for deletes too", async () => {
    const fits = "x".repeat(1_024 - "PROJECT#".length);
    await projects().delete(fits);
    expect((await rejectionOf(projects().delete(`${fits}x`))).message).toMatch(/1024 in a sort key/);
    expect((await rejectionOf(projects().delete("x\ud800"))).message).toMatch(/half of a character/);
  });

  it.each([
    ["missing", { definition: PROJECTS }, /it is missing/],
    ["superfluous", { scope: "acme" }, /have none; leave it out/],
    ["empty", { definition: PROJECTS, scope: "" }, /would not read back/],
    ["half a character", { definition: PROJECTS, scope: "\udc00" }, /would not read back/],
  ])("refuse a scope that is %s", (_, options, message) => {
    expect(() => open(options)).toThrow(InvalidNameError);
    expect(() => open(options)).toThrow(message);
  });
});

describe("Registry, used wrongly,", () => {
  it.each([
    ["an unknown option", { tabelName: "app" }, /Unknown option "tabelName"/],
    ["no table", { tableName: "" }, /tableName is missing/],
    ["a time-out that is none", { contentionTimeoutMs: -1 }, /contentionTimeoutMs must be/],
    ["a definition that is none", { definition: { ...TENANTS, member: TENANTS.registry } as never }, /definition/],
  ])("refuses %s", (_, options, message) => {
    expect(() => open(options as object)).toThrow(message);
  });

  it("refuses calls after close, and unknown options of calls", async () => {
    const registry = open();
    await expect(registry.put("acme", {}, { sginal: 1 } as never)).rejects.toThrow(/Unknown option "sginal"/);
    await expect(registry.list({ signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
    await registry.close();
    for (const call of [
      registry.put("acme"),
      registry.replace("acme", {}),
      registry.delete("acme"),
      registry.write("acme", []),
      registry.list(),
      registry.names().next(),
      registry.status(),
    ]) {
      await expect(call).rejects.toThrow(RegistryDisposedError);
    }
    await registry[Symbol.asyncDispose]();
  });
});
