import {
  BatchGetItemCommand,
  DynamoDBClient,
  DynamoDBServiceException,
  GetItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { createStreamHandler, type StreamHandlerOptions } from "@rollcall/maintainer";
import { RegistryFullError } from "@rollcall/registry";
import { resourceKey } from "@rollcall/registry/schema";
import { created, deleted, relisted } from "@rollcall/testing/rollcall/records";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";

const dynamodb = mockClient(DynamoDBClient);
const client = new DynamoDBClient({});
const plentyOfTime = { getRemainingTimeInMillis: () => 60_000 };
const metrics: Record<string, number> = {};
const said: [string, unknown][] = [];

function handlerWith(options: Partial<StreamHandlerOptions> = {}) {
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
      publishStoredMetrics: () => {},
    } as never,
    clock: { now: () => 0, sleep: () => Promise.withResolvers<void>().promise },
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
});

describe("a batch without drift", () => {
  it("costs one strong read of the registry and one BatchGetItem, and no write", async () => {
    const names = Array.from({ length: 100 }, (_, i) => `model-${i}`);
    tableHolds(names, names);
    const records = names.flatMap((name, i) => [created(name), relisted(names.slice(0, i), names.slice(0, i + 1))]);
    expect(await handlerWith()({ Records: records }, plentyOfTime)).toEqual({ batchItemFailures: [] });
    expect(dynamodb.calls().map(({ args }) => args[0].constructor.name)).toEqual([
      "GetItemCommand",
      "BatchGetItemCommand",
    ]);
    expect(dynamodb.call(0).args[0].input).toMatchObject({ ConsistentRead: true });
    expect(dynamodb.call(1).args[0].input).toMatchObject({ RequestItems: { limits: { ConsistentRead: true } } });
    expect(metrics).toMatchObject({ NamesChecked: 100 });
  });

  it("asks for no item where event and registry agree", async () => {
    tableHolds(["a"], ["a"]);
    await handlerWith()({ Records: [created("a"), deleted("b")] }, plentyOfTime);
    expect(dynamodb.calls()).toHaveLength(1);
  });

  it("of foreign records costs nothing", async () => {
    const foreign = created("a");
    if (foreign.dynamodb) foreign.dynamodb.Keys = { PK: { S: "ENTITY#1" }, SK: { S: "#META" } };
    await handlerWith()({ Records: [foreign] }, plentyOfTime);
    expect(dynamodb.calls()).toHaveLength(0);
  });

  it("asks again for keys that were not processed", async () => {
    tableHolds(["a"], ["a"]);
    dynamodb
      .on(BatchGetItemCommand)
      .resolvesOnce({ UnprocessedKeys: { limits: { Keys: [resourceKey("a")] } } })
      .resolves({ Responses: { limits: [resourceKey("a")] } });
    await handlerWith({
      clock: { now: () => 0, sleep: async (ms) => (ms > 5_000 ? new Promise(() => {}) : undefined) },
    })({ Records: [relisted([], ["a"])] }, plentyOfTime);
    expect(dynamodb.commandCalls(BatchGetItemCommand)).toHaveLength(2);
    expect(transactions()).toEqual([]);
  });
});

describe("drift", () => {
  it("missing is added on condition that the default exists", async () => {
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

  it("orphaned is removed on condition that there is no default, from a registry that exists", async () => {
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

  it("that is gone by then is dropped, and the rest goes again", async () => {
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

  it("of a name no key can hold is taken off the registry alone", async () => {
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

describe("failures", () => {
  it("that may pass bring back the records from the first one concerned", async () => {
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

  it("of a registry that is full are reported and do not hold up the shard", async () => {
    tableHolds(["x".repeat(409_590)], ["a"]);
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
    const details = { namespace: undefined, resource: "a", error: expect.any(RegistryFullError) };
    expect(said).toContainEqual(["A name cannot be repaired as things are", details]);
  });

  it("of the repair itself bring its records back, and are said with the name", async () => {
    tableHolds([], ["a", "b"]);
    dynamodb.on(TransactWriteItemsCommand).rejects(networkDown);
    const reports: unknown[] = [];
    const onReconciled = (report: unknown) => reports.push(report);
    const Records = [created("c", "t1"), created("b"), created("a")];
    dynamodb
      .on(GetItemCommand)
      .callsFake(({ Key }) => (Key.PK.S === "SYSTEM#" ? {} : { Item: { resources: { SS: ["c"] } } }));
    expect(await handlerWith({ onReconciled })({ Records }, plentyOfTime)).toEqual({
      batchItemFailures: [{ itemIdentifier: Records[1]?.dynamodb?.SequenceNumber }],
    });
    const failed = ["b", "a"].map((name) => ({ name, error: networkDown }));
    expect(reports).toEqual([{ namespace: undefined, added: [], removed: [], dropped: [], unrepairable: [], failed }]);
    const details = { namespace: undefined, resource: "b", error: networkDown };
    expect(said).toContainEqual(["A repair failed; its records come again", details]);
  });

  it("without a sequence number bring back the whole batch", async () => {
    dynamodb.on(GetItemCommand).rejects(networkDown);
    const nameless = { ...created("a"), dynamodb: { Keys: resourceKey("a") } };
    expect(await handlerWith()({ Records: [nameless] }, plentyOfTime)).toEqual({
      batchItemFailures: [{ itemIdentifier: "" }],
    });
    const details = { namespace: undefined, error: networkDown };
    expect(said).toEqual([["Could not check names; their records come again", details]]);
  });

  it("to be done in time bring the records back before the function's own time-out", async () => {
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
        margin = 30_000 - ms;
        return timeUp.promise;
      },
    };
    const Records = [created("a"), created("b")];
    const answer = handlerWith({ client: slow, clock })({ Records }, { getRemainingTimeInMillis: () => 30_000 });
    timeUp.resolve();
    expect(await answer).toEqual({ batchItemFailures: [{ itemIdentifier: Records[0]?.dynamodb?.SequenceNumber }] });
    expect(margin).toBe(1_000);
    expect(said).toMatchObject([
      [expect.any(String), { error: { message: "the function's time was up after 29000 ms" } }],
    ]);
  });
});

it("the watch on the function's time ends with the answer", async () => {
  let watch: AbortSignal | undefined;
  const sleep = (_ms: number, signal?: AbortSignal) => {
    watch = signal;
    return Promise.withResolvers<void>().promise;
  };
  await handlerWith({ clock: { now: () => 0, sleep } })({ Records: [] }, plentyOfTime);
  expect(watch?.aborted).toBe(true);
});

it("an event without records is answered, and nothing is asked or counted", async () => {
  expect(await handlerWith()({} as never, plentyOfTime)).toEqual({ batchItemFailures: [] });
  expect([dynamodb.calls(), metrics, said]).toEqual([[], {}, []]);
});

it("a report tells what became of each name", async () => {
  tableHolds(["stays", "goes", "full"], ["new", "gone"]);
  dynamodb.on(TransactWriteItemsCommand).callsFake(({ TransactItems }) => {
    const codes: string[] = TransactItems.map((action: object) => {
      if (/RESOURCE#(stays|gone)"/.test(JSON.stringify(action))) return "ConditionalCheckFailed";
      return /RESOURCE#full"/.test(JSON.stringify(action)) ? "ItemCollectionSizeLimitExceeded" : "None";
    });
    if (codes.some((code) => code !== "None")) throw cancelled(...codes);
    return {};
  });
  const reports: unknown[] = [];
  const Records = [created("new"), created("gone"), relisted([], ["stays", "goes", "full"])];
  await handlerWith({ onReconciled: (report) => reports.push(report) })({ Records }, plentyOfTime);
  expect(reports).toEqual([
    {
      namespace: undefined,
      added: ["new"],
      removed: ["goes"],
      dropped: ["gone", "stays"],
      unrepairable: [{ name: "full", error: expect.objectContaining({ name: "MemberRefusedError" }) }],
      failed: [],
    },
  ]);
});

it("unknown options and a missing table are refused", () => {
  expect(() => createStreamHandler({ tableName: "" })).toThrow(/tableName is missing/);
  expect(() => handlerWith({ tabel: "x" } as never)).toThrow(/Unknown option "tabel"; known are tableName/);
});
