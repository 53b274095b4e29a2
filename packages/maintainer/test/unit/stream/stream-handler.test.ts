import {
  type AttributeValue,
  BatchGetItemCommand,
  DynamoDBClient,
  DynamoDBServiceException,
  GetItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { createStreamHandler, type MaintainerEvent, type StreamHandlerOptions } from "@rollcall/maintainer";
import { RegistryFullError } from "@rollcall/registry";
import { type Timing, withTiming } from "@rollcall/registry/internal";
import { registryKey, resourceKey } from "@rollcall/registry/schema";
import { VirtualClock } from "@rollcall/testing/dynamodb/virtual-clock";
import { created, deleted, record, relisted } from "@rollcall/testing/rollcall/records";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";

const dynamodb = mockClient(DynamoDBClient);
const client = new DynamoDBClient({});
const plentyOfTime = { getRemainingTimeInMillis: () => 60_000 };
const metrics: Record<string, number> = {};
const said: [string, unknown][] = [];
let published = 0;
/** A clock on which no time passes. */
const stopped = { now: () => 0, sleep: () => Promise.withResolvers<void>().promise };

function handlerWith(options: Partial<StreamHandlerOptions> = {}, timing: Partial<Timing> = { clock: stopped }) {
  return createStreamHandler({
    tableName: "limits",
    client,
    logger: {
      info: (message: unknown, extra: unknown) => said.push([String(message), extra]),
      warn: (message: unknown, extra: unknown) => said.push([String(message), extra]),
      error: (message: unknown, extra: unknown) => said.push([String(message), extra]),
    } as never,
    metrics: {
      addMetric: (name: string, _: unknown, value: number) => {
        metrics[name] = (metrics[name] ?? 0) + value;
      },
      publishStoredMetrics: () => void published++,
    } as never,
    ...withTiming(timing),
    ...options,
  });
}

/** Puts a registry and defaults into the mocked table. */
function tableHolds(registered: string[], defaults: string[]) {
  dynamodb.on(GetItemCommand).resolves({ Item: { resources: { SS: registered } } });
  dynamodb.on(BatchGetItemCommand).callsFake(({ RequestItems }) => {
    const keys: { PK: { S: string } }[] = RequestItems.limits.Keys;
    return { Responses: { limits: keys.filter(({ PK }) => defaults.includes(PK.S.replace("RESOURCE#", ""))) } };
  });
}

const transactions = () =>
  dynamodb.commandCalls(TransactWriteItemsCommand).map(({ args }) => args[0].input.TransactItems);
const networkDown = Object.assign(new Error("socket hang up"), { name: "TimeoutError" });
const cancelled = (...codes: string[]) =>
  new TransactionCanceledException({
    message: "",
    $metadata: {},
    CancellationReasons: codes.map((Code) => ({ Code })),
  });

beforeEach(() => {
  dynamodb.reset();
  dynamodb.onAnyCommand().resolves({});
  for (const name of Object.keys(metrics)) delete metrics[name];
  said.length = 0;
  published = 0;
});

describe("the stream handler, on a batch without drift", () => {
  const names = Array.from({ length: 100 }, (_, i) => `model-${i}`);
  const relistings = names.map((_, i) => relisted(names.slice(0, i), names.slice(0, i + 1)));
  const asked = () => dynamodb.calls().map(({ args }) => args[0].constructor.name);

  it("costs one strong read of the registry and no write, where both records of every set are in it", async () => {
    tableHolds(names, names);
    const records = names.flatMap((name, i) => [created(name), ...relistings.slice(i, i + 1)]);
    expect(await handlerWith()({ Records: records }, plentyOfTime)).toEqual({ batchItemFailures: [] });
    expect(asked()).toEqual(["GetItemCommand"]);
    expect(dynamodb.call(0).args[0].input).toMatchObject({ ConsistentRead: true });
    expect(metrics).toMatchObject({ NamesChecked: 100 });
  });

  it("costs one BatchGetItem more, where the items' records came in another", async () => {
    tableHolds(names, names);
    expect(await handlerWith()({ Records: relistings }, plentyOfTime)).toEqual({ batchItemFailures: [] });
    expect(asked()).toEqual(["GetItemCommand", "BatchGetItemCommand"]);
    expect(dynamodb.call(1).args[0].input).toMatchObject({ RequestItems: { limits: { ConsistentRead: true } } });
    expect(metrics).toMatchObject({ NamesChecked: 100 });
  });

  it("reads an item whose own record does not agree with the registry, before it takes it for drift", async () => {
    tableHolds([], []);
    await handlerWith()({ Records: [created("a"), relisted([], ["a"])] }, plentyOfTime);
    expect(asked()).toEqual(["GetItemCommand", "BatchGetItemCommand"]);
  });

  it("asks for no item where event and registry agree", async () => {
    tableHolds(["a"], ["a"]);
    await handlerWith()({ Records: [created("a"), deleted("b")] }, plentyOfTime);
    expect(dynamodb.calls()).toHaveLength(1);
  });

  it("costs nothing where all records are foreign", async () => {
    const foreign = created("a");
    if (foreign.dynamodb) foreign.dynamodb.Keys = { PK: { S: "ENTITY#1" }, SK: { S: "#META" } };
    await handlerWith()({ Records: [foreign] }, plentyOfTime);
    expect(dynamodb.calls()).toHaveLength(0);
  });

  it("requests keys once more that were not processed", async () => {
    tableHolds(["a"], ["a"]);
    dynamodb
      .on(BatchGetItemCommand)
      .resolvesOnce({ UnprocessedKeys: { limits: { Keys: [resourceKey("a")] } } })
      .resolves({ Responses: { limits: [resourceKey("a")] } });
    const clock = { now: () => 0, sleep: async (ms: number) => (ms > 5_000 ? new Promise<void>(() => {}) : undefined) };
    await handlerWith({}, { clock })({ Records: [relisted([], ["a"])] }, plentyOfTime);
    expect(dynamodb.commandCalls(BatchGetItemCommand)).toHaveLength(2);
    expect(transactions()).toEqual([]);
  });
});

describe("the stream handler, on drift", () => {
  it("adds a missing name on condition that the default exists", async () => {
    tableHolds([], ["a"]);
    await handlerWith()({ Records: [created("a")] }, plentyOfTime);
    expect(transactions()).toEqual([
      [
        {
          ConditionCheck: {
            TableName: "limits",
            Key: resourceKey("a"),
            ConditionExpression: "attribute_exists(#pk)",
            ExpressionAttributeNames: { "#pk": "PK" },
          },
        },
        expect.objectContaining({ Update: expect.objectContaining({ UpdateExpression: "ADD #set :members" }) }),
      ],
    ]);
    expect(metrics).toMatchObject({ NamesMissing: 1, NamesOrphaned: 0, NamesRepaired: 1 });
  });

  it("removes an orphaned name on condition that there is no default, from a registry that exists", async () => {
    tableHolds(["a"], []);
    await handlerWith()({ Records: [relisted([], ["a"])] }, plentyOfTime);
    expect(transactions()).toEqual([
      [
        { ConditionCheck: expect.objectContaining({ ConditionExpression: "attribute_not_exists(#pk)" }) },
        {
          Update: expect.objectContaining({
            UpdateExpression: "DELETE #set :members",
            ConditionExpression: "attribute_exists(#partitionKey)",
          }),
        },
      ],
    ]);
    expect(metrics).toMatchObject({ NamesOrphaned: 1, NamesRepaired: 1 });
  });

  it("drops a name that is right by then, and resends the rest", async () => {
    tableHolds([], ["a", "b"]);
    dynamodb
      .on(TransactWriteItemsCommand)
      .rejectsOnce(cancelled("ConditionalCheckFailed", "None", "None"))
      .resolves({});
    const answer = await handlerWith()({ Records: [created("a"), created("b")] }, plentyOfTime);
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(transactions().map((items) => items?.length)).toEqual([3, 2]);
    expect(metrics).toMatchObject({ NamesRepaired: 1, NamesDropped: 1 });
  });

  it("takes a name that no key can hold off the registry alone", async () => {
    const name = "x".repeat(3_000);
    tableHolds([name], []);
    dynamodb.on(BatchGetItemCommand).resolves({});
    await handlerWith()({ Records: [relisted([], [name, "a"]), created("a")] }, plentyOfTime);
    expect(dynamodb.commandCalls(UpdateItemCommand).map(({ args }) => args[0].input)).toEqual([
      expect.objectContaining({
        UpdateExpression: "DELETE #set :members",
        ConditionExpression: "attribute_exists(#pk)",
      }),
    ]);
    const asked = dynamodb.commandCalls(BatchGetItemCommand)[0]?.args[0].input.RequestItems?.limits?.Keys;
    expect(asked).toEqual([resourceKey("a")]);
  });
});

it.each([
  ["the table's name", "limits"],
  ["the ARN itself", "arn:aws:dynamodb:eu-west-1:123456789012:table/limits"],
])(
  "the stream handler finds defaults of a table that is given by its ARN, where an answer has them under %s",
  async (_, answersUnder) => {
    const tableName = "arn:aws:dynamodb:eu-west-1:123456789012:table/limits";
    dynamodb.on(GetItemCommand).resolves({ Item: { resources: { SS: ["listed"] } } });
    const answers = [
      {
        Responses: { [answersUnder]: [resourceKey("listed")] },
        UnprocessedKeys: { [answersUnder]: { Keys: [resourceKey("a")] } },
      },
      { Responses: { [answersUnder]: [resourceKey("a")] } },
    ];
    dynamodb.on(BatchGetItemCommand).callsFake(() => answers.shift());
    const clock = new VirtualClock();
    await handlerWith({ tableName }, { clock })({ Records: [relisted(["a"], ["listed"])] }, plentyOfTime);
    expect(metrics).toMatchObject({ NamesChecked: 2, NamesMissing: 1, NamesOrphaned: 0, NamesRepaired: 1 });
    expect(transactions()).toMatchObject([
      [{ ConditionCheck: { TableName: tableName, Key: resourceKey("a") } }, { Update: { TableName: tableName } }],
    ]);
  },
);

describe("the stream handler, on failures", () => {
  it("that may pass has the records retried from the first one concerned", async () => {
    tableHolds([], ["a", "b", "c"]);
    dynamodb.on(GetItemCommand).callsFake(({ Key }) => {
      if (Key.PK.S.startsWith("t1/"))
        throw new DynamoDBServiceException({ name: "InternalServerError", $fault: "server", $metadata: {} });
      return {};
    });
    const Records = [created("a"), created("b", "t1"), created("c")];
    expect(await handlerWith()({ Records }, plentyOfTime)).toEqual({
      batchItemFailures: [{ itemIdentifier: Records[1]?.dynamodb?.SequenceNumber }],
    });
    expect(metrics).toMatchObject({ NamesRepaired: 2 });
  });

  it("of a registry that is full reports them and does not hold up the shard", async () => {
    tableHolds(["x".repeat(409_600)], ["a"]);
    dynamodb.on(TransactWriteItemsCommand).rejects(
      new TransactionCanceledException({
        message: "",
        $metadata: {},
        CancellationReasons: [
          { Code: "None" },
          { Code: "ValidationError", Message: "Item size to update has exceeded the maximum allowed size" },
        ],
      }),
    );
    expect(await handlerWith()({ Records: [created("a")] }, plentyOfTime)).toEqual({ batchItemFailures: [] });
    expect(metrics).toMatchObject({ NamesUnrepairable: 1 });
    const details = {
      count: 1,
      names: [{ registry: "resources", scope: undefined, name: "a" }],
      error: expect.any(RegistryFullError),
    };
    expect(said).toContainEqual(["Names cannot be repaired as things are", details]);
  });

  it("of the repair itself has its records retried, and says the names", async () => {
    tableHolds([], ["a", "b"]);
    dynamodb.on(TransactWriteItemsCommand).rejects(networkDown);
    const events: MaintainerEvent[] = [];
    const Records = [created("c", "t1"), created("b"), created("a")];
    dynamodb
      .on(GetItemCommand)
      .callsFake(({ Key }) => (Key.PK.S === "SYSTEM#" ? {} : { Item: { resources: { SS: ["c"] } } }));
    expect(await handlerWith({ onEvent: (event) => events.push(event) })({ Records }, plentyOfTime)).toEqual({
      batchItemFailures: [{ itemIdentifier: Records[1]?.dynamodb?.SequenceNumber }],
    });
    const failed = ["b", "a"].map((name) => ({
      name,
      error: networkDown,
      reason: "socket hang up",
      isPermanent: false,
    }));
    expect(events.filter(({ kind }) => kind === "reconciled")).toMatchObject([
      { registry: "resources", scope: undefined, findings: { missing: [], added: [], unrepaired: failed } },
    ]);
    const names = ["b", "a"].map((name) => ({ registry: "resources", scope: undefined, name }));
    expect(said).toEqual([
      ["Could not repair names; their records are retried", { count: 2, names, error: networkDown }],
    ]);
  });

  it("without a sequence number has the whole batch retried", async () => {
    dynamodb.on(GetItemCommand).rejects(networkDown);
    const nameless = { ...created("a"), dynamodb: { Keys: resourceKey("a") } };
    expect(await handlerWith()({ Records: [nameless] }, plentyOfTime)).toEqual({
      batchItemFailures: [{ itemIdentifier: "" }],
    });
    const details = { count: 1, names: [{ registry: "resources", scope: undefined, name: "a" }], error: networkDown };
    expect(said).toEqual([["Could not check names; their records are retried", details]]);
  });

  it("to be done in time has the records retried before the function's own time-out", async () => {
    const timeUp = Promise.withResolvers<void>();
    let margin = 0;
    dynamodb.on(GetItemCommand).callsFake(() => Promise.withResolvers().promise);
    const slow = {
      send: (_: unknown, { abortSignal }: { abortSignal: AbortSignal }) =>
        new Promise((_resolve, reject) => abortSignal.addEventListener("abort", () => reject(abortSignal.reason))),
    } as unknown as DynamoDBClient;
    const clock = {
      now: () => 0,
      sleep: (ms: number) => {
        margin ||= 30_000 - ms;
        return timeUp.promise;
      },
    };
    const Records = [created("a"), created("b")];
    const answer = handlerWith({ client: slow }, { clock })({ Records }, { getRemainingTimeInMillis: () => 30_000 });
    timeUp.resolve();
    expect(await answer).toEqual({ batchItemFailures: [{ itemIdentifier: Records[0]?.dynamodb?.SequenceNumber }] });
    expect(margin).toBe(1_000);
    expect(said).toMatchObject([
      [expect.any(String), { error: { message: "the function's time was up after 29000 ms" } }],
    ]);
  });
});

it("the stream handler's watch on the function's time ends with the answer", async () => {
  let watch: AbortSignal | undefined;
  const sleep = (_ms: number, signal?: AbortSignal) => {
    watch = signal;
    return Promise.withResolvers<void>().promise;
  };
  await handlerWith({}, { clock: { now: () => 0, sleep } })({ Records: [] }, plentyOfTime);
  expect(watch?.aborted).toBe(true);
});

describe("the stream handler's event", () => {
  it.each([
    ["an object without records", {}],
    ["null", null],
    ["nothing", undefined],
    ["a text", "Records"],
    ["records that are no list", { Records: { 0: created("a") } }],
    [
      "a record whose keys were unmarshalled",
      { Records: [{ dynamodb: { Keys: { PK: "RESOURCE#a", SK: "#CONFIG" } } }] },
    ],
    ["a registry's record whose set was unmarshalled", { Records: [unmarshalled(new Set(["a"]))] }],
    ["a registry's record whose set holds a Set", { Records: [unmarshalled({ SS: new Set(["a"]) })] }],
  ])("that is %s is answered, counted as malformed and warned of", async (_, event) => {
    expect(await handlerWith()(event as never, plentyOfTime)).toEqual({ batchItemFailures: [] });
    expect(metrics).toEqual({ RecordsMalformed: 1 });
    expect(said).toEqual([["Passed over malformed records", { records: 1 }]]);
    expect(dynamodb.calls()).toEqual([]);
  });

  it("that has many malformed records is warned of once", async () => {
    const Records = Array.from({ length: 100 }, () => ({}));
    await handlerWith()({ Records } as never, plentyOfTime);
    expect(said).toEqual([["Passed over malformed records", { records: 100 }]]);
  });

  it("that is a bare list of records, as of EventBridge Pipes, is handled", async () => {
    tableHolds([], ["a"]);
    const records = [created("a"), created("b", "t1")];
    dynamodb.on(GetItemCommand, { Key: { PK: { S: "t1/SYSTEM#" }, SK: { S: "#RESOURCES" } } }).rejects(networkDown);
    expect(await handlerWith()(records, plentyOfTime)).toEqual({
      batchItemFailures: [{ itemIdentifier: records[1]?.dynamodb?.SequenceNumber }],
    });
    expect(metrics).toMatchObject({ NamesRepaired: 1 });
  });

  it("that throws as it is read brings the whole batch back, and the handler does not throw", async () => {
    const trap = {
      get Records() {
        throw networkDown;
      },
    };
    expect(await handlerWith()(trap as never, plentyOfTime)).toEqual({ batchItemFailures: [{ itemIdentifier: "" }] });
    expect(said).toEqual([["A batch failed as a whole; its records are retried", { error: networkDown }]]);
  });

  it("with nothing of ours publishes no metrics, of which Powertools would warn", async () => {
    await handlerWith()({ Records: [] }, plentyOfTime);
    await handlerWith()({ Records: [record("INSERT", { id: { N: "1" } })] }, plentyOfTime);
    expect([published, metrics, said]).toEqual([0, {}, []]);
    await handlerWith()({ Records: [created("a")] }, plentyOfTime);
    expect(published).toBe(1);
  });
});

describe("the stream handler's time left", () => {
  it.each([
    ["no context", undefined],
    ["a context of another kind", {}],
    ["a time that is no number", { getRemainingTimeInMillis: () => Number.NaN }],
  ])("is unknown with %s: the batch is handled without an end, and that is said once", async (_, context) => {
    tableHolds([], ["a"]);
    const handler = handlerWith();
    for (let i = 0; i < 2; i++) {
      expect(await handler({ Records: [created("a")] }, context as never)).toEqual({ batchItemFailures: [] });
    }
    expect(metrics).toMatchObject({ NamesRepaired: 2 });
    const warning =
      "The time left is unknown: pass the invocation's context to the handler, which then answers in time";
    expect(said.filter(([message]) => message === warning)).toHaveLength(1);
  });

  it.each([Number.POSITIVE_INFINITY, 2 ** 31, 1e12])("may be %d ms, more than a timer takes", async (ms) => {
    tableHolds([], ["a"]);
    await handlerWith({}, {})({ Records: [created("a")] }, { getRemainingTimeInMillis: () => ms });
    expect(metrics).toMatchObject({ NamesRepaired: 1 });
    expect(said.map(([message]) => message)).toEqual(["Reconciled names"]);
  });

  it("ends the wait for a client that takes no notice of its signal", async () => {
    const clock = new VirtualClock();
    const deaf = { send: () => Promise.withResolvers<never>().promise } as unknown as DynamoDBClient;
    const Records = [created("a", "t1"), created("b", "t2")];
    const answer = await handlerWith({ client: deaf }, { clock })(
      { Records },
      { getRemainingTimeInMillis: () => 3_000 },
    );
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: Records[0]?.dynamodb?.SequenceNumber }] });
    expect(clock.now()).toBe(2_500);
    expect(said).toMatchObject([["Could not check names; their records are retried", { count: 2 }]]);
  });
});

describe("the stream handler, on crowds of names", () => {
  const crowd = (total: number) => Array.from({ length: total }, (_, i) => `model-${i}`);

  it("of 136,000 in a removed registry are handled, and those whose repair fails bring the record back", async () => {
    const names = crowd(136_000);
    tableHolds([], []);
    const removed = relisted(names, undefined);
    expect(await handlerWith()({ Records: [removed] }, plentyOfTime)).toEqual({ batchItemFailures: [] });
    dynamodb.on(GetItemCommand).rejects(networkDown);
    expect(await handlerWith()({ Records: [removed] }, plentyOfTime)).toEqual({
      batchItemFailures: [{ itemIdentifier: removed.dynamodb?.SequenceNumber }],
    });
  });

  it("whose repairs fail are one line with their number, the first of them and one cause", async () => {
    const names = crowd(1_000);
    tableHolds([], []);
    dynamodb.on(TransactWriteItemsCommand).rejects(networkDown);
    const Records = names.map((name, i) => created(name, `t${i % 3}`));
    await handlerWith()({ Records }, plentyOfTime);
    const first = ["model-0", "model-3", "model-6", "model-9", "model-12"].map((name) => ({
      registry: "resources",
      scope: "t0",
      name,
    }));
    expect(said).toEqual([
      ["Could not repair names; their records are retried", { count: 1_000, names: first, error: networkDown }],
    ]);
  });
});

describe("the stream handler, on a registry that is no string set,", () => {
  const ruined = (Item: Record<string, AttributeValue>) => dynamodb.on(GetItemCommand).resolves({ Item });
  const line =
    "A registry is no string set, so nothing can be repaired there: rebuild it with rollcall registry repair --rebuild";

  it("is told in one line, however many names wait for it, which do not hold up the shard", async () => {
    ruined({ resources: { M: {} } });
    dynamodb
      .on(TransactWriteItemsCommand)
      .callsFake(({ TransactItems }) => Promise.reject(refusedByType(TransactItems.length)));
    const Records = [created("a"), created("b"), created("c")];
    expect(await handlerWith()({ Records }, plentyOfTime)).toEqual({ batchItemFailures: [] });
    expect(said).toEqual([[line, { registry: "resources", scope: undefined }]]);
    expect(metrics).toMatchObject({ NamesUnrepairable: 3, NamesMissing: 3, NamesRepaired: 0 });
  });

  it("is told of where a tool ruins it, though its record names no name", async () => {
    ruined({ resources: { M: {} } });
    const saved = record("MODIFY", registryKey("t1"), {
      before: { resources: { M: {} } },
      after: { resources: { M: {} } },
    });
    await handlerWith()({ Records: [saved] }, plentyOfTime);
    expect(said).toEqual([[line, { registry: "resources", scope: "t1" }]]);
  });

  it("makes suspects of the names that it listed before", async () => {
    tableHolds([], ["a"]);
    const saved = record("MODIFY", registryKey(), {
      before: { resources: { SS: ["a"] } },
      after: { resources: { M: {} } },
    });
    await handlerWith()({ Records: [saved] }, plentyOfTime);
    expect(metrics).toMatchObject({ NamesChecked: 1, NamesRepaired: 1 });
  });
});

it("the stream handler's events of a batch tell what became of each name, and end with the answer", async () => {
  tableHolds(["stays", "goes", "full"], ["new", "gone"]);
  dynamodb.on(TransactWriteItemsCommand).callsFake(({ TransactItems }) => {
    const codes: string[] = TransactItems.map((action: object) => {
      if (/RESOURCE#(stays|gone)"/.test(JSON.stringify(action))) return "ConditionalCheckFailed";
      return /RESOURCE#full"/.test(JSON.stringify(action)) ? "ItemCollectionSizeLimitExceeded" : "None";
    });
    if (codes.some((code) => code !== "None")) throw cancelled(...codes);
    return {};
  });
  const events: MaintainerEvent[] = [];
  const Records = [created("new"), created("gone"), relisted([], ["stays", "goes", "full"])];
  await handlerWith({ onEvent: (event) => events.push(event) })({ Records }, plentyOfTime);
  const error = expect.objectContaining({ name: "MemberRefusedError" });
  expect(events).toEqual([
    { kind: "names-suspected", registry: "resources", scope: undefined, names: 5 },
    {
      kind: "registry-read",
      registry: "resources",
      scope: undefined,
      bytes: "resources".length + "staysgoesfull".length,
    },
    {
      kind: "reconciled",
      registry: "resources",
      scope: undefined,
      findings: {
        missing: ["new"],
        orphaned: ["goes", "full"],
        added: ["new"],
        removed: ["goes"],
        dropped: ["gone", "stays"],
        leftovers: [],
        unrepaired: [{ name: "full", error, reason: expect.any(String), isPermanent: true }],
      },
    },
    {
      kind: "repair-impossible",
      names: { count: 1, first: [{ registry: "resources", scope: undefined, name: "full" }], error },
    },
    { kind: "batch-answered", isRetried: false },
  ]);
  expect(metrics).toMatchObject({ NamesMissing: 1, NamesOrphaned: 2, NamesRepaired: 2, NamesDropped: 2 });
});

it("the stream handler counts a suspect that turned out right as dropped alone", async () => {
  tableHolds([], ["a"]);
  dynamodb.on(TransactWriteItemsCommand).rejects(cancelled("ConditionalCheckFailed", "None"));
  await handlerWith()({ Records: [created("a")] }, plentyOfTime);
  expect(metrics).toMatchObject({ NamesChecked: 1, NamesMissing: 0, NamesRepaired: 0, NamesDropped: 1 });
});

describe("what an observer of the stream handler throws", () => {
  const broken = () => {
    throw networkDown;
  };
  it.each<[string, Partial<StreamHandlerOptions>]>([
    ["onEvent", { onEvent: broken }],
    ["an asynchronous onEvent", { onEvent: async () => broken() }],
    ["metrics", { metrics: { addMetric: broken, publishStoredMetrics: broken } }],
  ])("is logged once a batch and changes nothing: %s", async (_, options) => {
    tableHolds([], ["a"]);
    expect(await handlerWith(options)({ Records: [created("a")] }, plentyOfTime)).toEqual({ batchItemFailures: [] });
    await Promise.resolve();
    expect(transactions()).toHaveLength(1);
    const complaint = ["An observer of the maintainer failed; nothing else changes", { error: networkDown }];
    expect(said.filter(([message]) => message !== "Reconciled names")).toEqual([complaint]);
  });

  it("changes nothing where it is the logger that throws", async () => {
    tableHolds([], ["a"]);
    const handler = handlerWith({ logger: { info: broken, warn: broken, error: broken } });
    expect(await handler({ Records: [created("a"), {} as never] }, plentyOfTime)).toEqual({ batchItemFailures: [] });
    expect(metrics).toMatchObject({ NamesRepaired: 1, RecordsMalformed: 1 });
  });
});

it("createStreamHandler refuses unknown options and a missing table", () => {
  expect(() => createStreamHandler({ tableName: "" })).toThrow(/tableName is missing/);
  expect(() => handlerWith({ tabel: "x" } as never)).toThrow(/Unknown option "tabel"; known are tableName/);
});

/** A new registry's record with a set that is no attribute value. */
function unmarshalled(resources: unknown) {
  return record("INSERT", registryKey(), { after: { resources } as never });
}

/** A transaction whose last action is refused because its set is none. */
function refusedByType(actions: number) {
  const reasons = Array.from({ length: actions }, () => "None");
  const error = cancelled(...reasons);
  error.CancellationReasons?.splice(-1, 1, {
    Code: "ValidationError",
    Message: "An operand in the update expression has an incorrect data type",
  });
  return error;
}
