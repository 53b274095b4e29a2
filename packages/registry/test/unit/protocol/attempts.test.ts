import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { DynamoDBClient, type TransactWriteItemsCommandInput } from "@aws-sdk/client-dynamodb";
import { conflict, serviceError } from "@rollcall/testing/dynamodb/service-errors";
import { VirtualClock } from "@rollcall/testing/dynamodb/virtual-clock";
import { describe, expect, it } from "vitest";
import { leavesDoubt } from "../../../src/protocol/attempts.ts";
import { GroupCommit } from "../../../src/protocol/group-commit.ts";
import { remove, set } from "./commits-on.ts";

it("leavesDoubt is true of answers to a further attempt, and of a token in progress", () => {
  const after = (attempts: number) => Object.assign(conflict(), { $metadata: { attempts } });
  expect([leavesDoubt(after(1)), leavesDoubt(after(2)), leavesDoubt(conflict())]).toEqual([false, true, false]);
  expect(leavesDoubt(serviceError("TransactionInProgressException", ""))).toBe(true);
  expect([leavesDoubt(undefined), leavesDoubt({ $metadata: { attempts: 2 } }), leavesDoubt(new Error("x"))]).toEqual([
    false,
    false,
    false,
  ]);
});

it("leavesDoubt is false where every attempt was seen to be refused", () => {
  const after = (attempts: number) => Object.assign(conflict(), { $metadata: { attempts } });
  expect([1, 2, 3].map((refused) => leavesDoubt(after(2), { refused }))).toEqual([true, false, false]);
  expect(leavesDoubt(serviceError("TransactionInProgressException", ""), { refused: 9 })).toBe(true);
});

type Answer = "lost" | { status: number; type?: string; reasons?: string[] };
const NO_REGISTRY: Answer = {
  status: 400,
  type: "TransactionCanceledException",
  reasons: ["None", "ConditionalCheckFailed"],
};
const DONE: Answer = { status: 200 };

/** The requests that one removal takes on the real SDK, of a server that gives these answers. */
async function requestsOf(answers: Answer[]): Promise<TransactWriteItemsCommandInput[]> {
  const inputs: TransactWriteItemsCommandInput[] = [];
  const read = async (request: IncomingMessage): Promise<string> => (await request.toArray()).join("");
  const server = createServer(async (request, response): Promise<void> => {
    inputs.push(JSON.parse(await read(request)));
    const answer = answers[inputs.length - 1] ?? DONE;
    if (answer === "lost") return void request.socket.destroy();
    response.writeHead(answer.status, { "x-amzn-requestid": "A1", "content-type": "application/x-amz-json-1.0" });
    const CancellationReasons = answer.reasons?.map((Code) => ({ Code }));
    response.end(JSON.stringify(answer.type ? { __type: `x#${answer.type}`, CancellationReasons } : {}));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: "eu-central-1",
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
    retryStrategy: { mode: "standard", ...instantRetries() } as never,
  });
  const commits = new GroupCommit(client, set, {
    clock: new VirtualClock(),
    random: () => 1,
    contentionTimeoutMs: 1_000,
  });
  await commits.submit(remove("a"));
  client.destroy();
  server.close();
  return inputs;
}

/** The SDK's retries, without their delays. */
function instantRetries() {
  let attempts = 0;
  const token = () => ({ getRetryCount: () => attempts, getRetryDelay: () => 0 });
  return {
    acquireInitialRetryToken: async () => {
      attempts = 0;
      return token();
    },
    refreshRetryTokenForRetry: async (_: unknown, { errorType }: { errorType: string }) => {
      if (errorType === "CLIENT_ERROR" || ++attempts > 3) throw new Error("no retry");
      return token();
    },
    recordSuccess() {},
  };
}

describe("GroupCommit on the SDK", () => {
  it("changes the form of a removal after attempts that were throttled, for none of them can take effect", async () => {
    const inputs = await requestsOf([{ status: 400, type: "ThrottlingException" }, NO_REGISTRY]);
    expect(inputs.map(({ TransactItems }) => Object.keys(TransactItems?.at(-1) ?? {})[0])).toEqual([
      "Update",
      "Update",
      "ConditionCheck",
    ]);
  });

  it.each<[string, Answer]>([
    ["whose answer was lost", "lost"],
    ["that ended in a fault of DynamoDB's", { status: 500, type: "InternalServerError" }],
  ])("changes nothing after an attempt %s", async (_, first) => {
    const inputs = await requestsOf([first, NO_REGISTRY]);
    expect(inputs).toHaveLength(3);
    expect(inputs[2]).toEqual(inputs[0]);
  });
});
