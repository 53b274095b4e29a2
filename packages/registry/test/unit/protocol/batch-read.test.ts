import type { BatchGetItemCommandInput, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { type BatchRead, batchRead } from "@rollcall/registry/protocol";
import { serviceError } from "@rollcall/testing/dynamodb/service-errors";
import { VirtualClock } from "@rollcall/testing/dynamodb/virtual-clock";
import { describe, expect, it } from "vitest";

const ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/limits";
const key = (name: string) => ({ PK: { S: name }, SK: { S: "#CONFIG" } });
const keys = (...names: string[]) => names.map(key);
const down = serviceError("InternalServerError", "down");
const throttled = serviceError("ThrottlingException", "too fast");

/** A client that gives the answers one after another, then empty ones, and keeps what it was asked. */
function clientOf(...answers: unknown[]) {
  const inputs: BatchGetItemCommandInput[] = [];
  const signals: unknown[] = [];
  const send = async ({ input }: { input: BatchGetItemCommandInput }, options: { abortSignal?: AbortSignal }) => {
    inputs.push(input);
    signals.push(options.abortSignal);
    options.abortSignal?.throwIfAborted();
    const answer = answers.shift() ?? {};
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { client: { send } as unknown as DynamoDBClient, inputs, signals };
}

async function readAll(client: DynamoDBClient, read: Partial<BatchRead>, clock = new VirtualClock()) {
  const retry = { clock, random: () => 1, contentionTimeoutMs: 75 };
  const names: (string | undefined)[] = [];
  const request = { tableName: "limits", keys: keys("a", "b"), retry, ...read };
  for await (const items of batchRead(client, request)) names.push(...items.map(({ PK }) => PK?.S));
  return names;
}

const askedFor = ({ RequestItems }: BatchGetItemCommandInput) =>
  Object.entries(RequestItems ?? {}).map(([table, { Keys }]) => [table, Keys?.map(({ PK }) => PK?.S)]);

describe("batchRead asks", () => {
  it("for a hundred keys at a time, strongly, and for nothing where there are none", async () => {
    const { client, inputs } = clientOf();
    await readAll(client, { keys: keys(...Array.from({ length: 201 }, (_, i) => `n${i}`)) });
    expect(inputs.map(({ RequestItems }) => RequestItems?.limits?.Keys?.length)).toEqual([100, 100, 1]);
    expect(inputs[2]).toEqual({ RequestItems: { limits: { Keys: keys("n200"), ConsistentRead: true } } });
    await readAll(client, { keys: [] });
    expect(inputs).toHaveLength(3);
  });

  it("for the attributes named, by placeholders for any names", async () => {
    const { client, inputs } = clientOf();
    await readAll(client, { keys: keys("a"), attributes: ["PK", "size, #x"] });
    expect(inputs[0]?.RequestItems?.limits).toEqual({
      Keys: keys("a"),
      ConsistentRead: true,
      ProjectionExpression: "#p0, #p1",
      ExpressionAttributeNames: { "#p0": "PK", "#p1": "size, #x" },
    });
  });

  it("for the capacity where a caller counts it, and tells of each answer", async () => {
    const units: number[] = [];
    const { client, inputs } = clientOf(
      {
        ConsumedCapacity: [{ CapacityUnits: 2 }, { CapacityUnits: 0.5 }],
        UnprocessedKeys: { limits: { Keys: keys("b") } },
      },
      { ConsumedCapacity: [{}] },
    );
    await readAll(client, { onReadUnits: (each) => units.push(each) });
    expect(units).toEqual([2.5, 0]);
    expect(inputs[0]?.ReturnConsumedCapacity).toBe("TOTAL");
  });

  it("with the caller's signal, and rejects with its reason", async () => {
    const ended = new AbortController();
    const { client, signals } = clientOf();
    await readAll(client, { signal: ended.signal });
    expect(signals).toEqual([ended.signal]);
    ended.abort(new Error("enough"));
    await expect(readAll(client, { signal: ended.signal })).rejects.toThrow("enough");
  });
});

describe("batchRead of a table by its ARN", () => {
  it.each([
    ["the ARN", ARN],
    ["the table's name", "limits"],
  ])("takes answers and unread keys under %s, and asks for the rest under the ARN", async (_, answersUnder) => {
    const { client, inputs } = clientOf(
      { Responses: { [answersUnder]: keys("a") }, UnprocessedKeys: { [answersUnder]: { Keys: keys("b") } } },
      { Responses: { [answersUnder]: keys("b") }, UnprocessedKeys: {} },
    );
    expect(await readAll(client, { tableName: ARN, attributes: ["PK"] })).toEqual(["a", "b"]);
    expect(inputs.map(askedFor)).toEqual([[[ARN, ["a", "b"]]], [[ARN, ["b"]]]]);
    expect(inputs[1]?.RequestItems?.[ARN]?.ProjectionExpression).toBe("#p0");
  });
});

describe("batchRead retries", () => {
  it("keys that an answer leaves unread, and only those, after a delay", async () => {
    const clock = new VirtualClock();
    const { client, inputs } = clientOf({
      Responses: { limits: keys("a") },
      UnprocessedKeys: { limits: { Keys: keys("b") } },
    });
    expect(await readAll(client, {}, clock)).toEqual(["a"]);
    expect(inputs.map(askedFor)).toEqual([[["limits", ["a", "b"]]], [["limits", ["b"]]]]);
    expect(clock.slept).toEqual([25]);
  });

  it("for as long as answers of 16 MB bring items, however many it takes", async () => {
    const names = Array.from({ length: 100 }, (_, i) => `n${i}`);
    const answers = names.map((_, i) => ({
      Responses: { limits: keys(...names.slice(i, i + 1)) },
      UnprocessedKeys: i === 99 ? {} : { limits: { Keys: keys(...names.slice(i + 1)) } },
    }));
    const clock = new VirtualClock();
    expect(await readAll(clientOf(...answers).client, { keys: keys(...names) }, clock)).toEqual(names);
    expect(new Set(clock.slept)).toEqual(new Set([25]));
  });

  it("until the policy's time is up, where nothing comes of it", async () => {
    const clock = new VirtualClock();
    const leave = { UnprocessedKeys: { limits: { Keys: keys("b") } } };
    const { client } = clientOf({ ...leave, Responses: { limits: keys("a") } }, leave, leave, leave, leave);
    const cause = new Error("BatchGetItem left keys unprocessed");
    await expect(readAll(client, {}, clock)).rejects.toMatchObject({ name: "ContentionError", cause });
    expect(clock.slept).toEqual([25, 50]);
  });

  it.each(["ThrottlingException", "ProvisionedThroughputExceededException", "RequestLimitExceeded"])(
    "the whole request after %s",
    async (name) => {
      const { client, inputs } = clientOf(serviceError(name, ""), { Responses: { limits: keys("a", "b") } });
      expect(await readAll(client, {})).toEqual(["a", "b"]);
      expect(inputs[1]).toEqual(inputs[0]);
    },
  );

  it("throttling until the policy's time is up, and no other error", async () => {
    const stuck = clientOf(throttled, throttled, throttled);
    await expect(readAll(stuck.client, {})).rejects.toMatchObject({ name: "ContentionError", cause: throttled });
    const broken = clientOf(down);
    await expect(readAll(broken.client, {})).rejects.toBe(down);
    expect(broken.inputs).toHaveLength(1);
  });

  it("nothing where the answer is not DynamoDB's, whose empty body would tell that no item exists", async () => {
    const proxy = clientOf({ $metadata: { httpStatusCode: 200 } });
    await expect(readAll(proxy.client, {})).rejects.toMatchObject({ name: "ForeignAnswerError", status: 200 });
    expect(proxy.inputs).toHaveLength(1);
  });

  it("no key that an answer names neither as read nor as unread: it does not exist", async () => {
    const partial = clientOf({ UnprocessedKeys: { other: {} } });
    expect(await readAll(partial.client, {})).toEqual([]);
    expect(partial.inputs).toHaveLength(1);
  });
});
