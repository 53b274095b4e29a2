import { DescribeTableCommand, GetItemCommand, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { DynamoDBStreams } from "@aws-sdk/client-dynamodb-streams";
import { type DynamoDBRecord, startEventSourceMapping } from "@rollcall/local";
import { ResourceRegistry } from "@rollcall/registry";
import { registryKey, resourceKey, tableDefinition } from "@rollcall/registry/schema";
import { expect, inject, it, vi } from "vitest";
import { describeEachEngine, type EngineContext } from "../../packages/testing/src/dynamodb/engines.ts";
import { startFunction } from "./harness/deployed-function.ts";
import { Graph } from "./harness/graph.ts";
import type { LambdaProcess } from "./harness/lambda-process.ts";
import { type RecordedRequest, RecordingProxy } from "./harness/recording-proxy.ts";

const graph = new Graph(inject("production"));
const LIMITS = [{ name: "rpm", capacity: 500 }];

describeEachEngine("the functions as they are deployed", (context) => {
  it("the stream function heals drift, fed as its mapping is set", async () => {
    const tableName = await context.createTable(tableDefinition());
    await using registry = new ResourceRegistry({ tableName, client: context.client });
    await using proxy = await RecordingProxy.start(context.engine.endpoint);
    await using lambda = await startFunction(graph, "Stream", { endpoint: proxy.url, tableName });
    await using mapping = await mapStream(context, tableName, lambda);

    await registry.setResourceDefaults("kept", LIMITS);
    await registry.updateResourceDefaults("kept", LIMITS);
    await put(context, tableName, "stray");
    await vi.waitFor(() => expect(registered(context, tableName)).resolves.toEqual(["kept", "stray"]), WAIT);
    await list(context, tableName, "ghost");
    await vi.waitFor(() => expect(operationsOf(proxy.requests)).toContain("BatchGetItem"), WAIT);
    await vi.waitFor(() => expect(registered(context, tableName)).resolves.toEqual(["kept", "stray"]), WAIT);

    const updates = mapping.delivered.filter((record) => record.eventName === "MODIFY" && isDefault(record));
    expect(updates, "updates of defaults, which change no membership").toEqual([]);
    expect(operationsOf(proxy.requests)).toEqual(["BatchGetItem", "GetItem", "TransactWriteItems"]);
    expectAllowed("StreamRole", proxy.requests);
  });

  it("the sweep heals what no record told of", async () => {
    const tableName = await context.createTable(tableDefinition());
    await using proxy = await RecordingProxy.start(context.engine.endpoint);
    await using lambda = await startFunction(graph, "Sweep", { endpoint: proxy.url, tableName });
    await put(context, tableName, "stray");
    await list(context, tableName, "ghost");

    expect(await lambda.invoke({})).toMatchObject({ outcome: "completed" });

    expect(await registered(context, tableName)).toEqual(["stray"]);
    expectAllowed("SweepRole", proxy.requests);
  });
});

const WAIT = { timeout: 20_000 };

/** Plays the mapping that the app declares. Its window is left out: no test waits for batches to fill. */
async function mapStream({ client, engine }: EngineContext, tableName: string, lambda: LambdaProcess) {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
  const streams = new DynamoDBStreams(engine.clientConfig);
  const delivered: DynamoDBRecord[] = [];
  const { inputs } = graph.one("aws:lambda/eventSourceMapping:EventSourceMapping");
  const mapping = await startEventSourceMapping({
    startingPosition: inputs.startingPosition,
    batchSize: inputs.batchSize,
    parallelizationFactor: inputs.parallelizationFactor,
    maximumRetryAttempts: inputs.maximumRetryAttempts,
    maximumRecordAgeInSeconds: inputs.maximumRecordAgeInSeconds,
    bisectBatchOnFunctionError: inputs.bisectBatchOnFunctionError,
    functionResponseTypes: inputs.functionResponseTypes,
    filterCriteria: inputs.filterCriteria,
    pollIntervalMs: 5,
    streams,
    streamArn: Table?.LatestStreamArn ?? "",
    functionTimeoutSeconds: graph.one("aws:lambda/function:Function", "StreamFunction").inputs.timeout,
    handler: async (event) => {
      delivered.push(...event.Records);
      return (await lambda.invoke(event)) as Awaited<
        ReturnType<Parameters<typeof startEventSourceMapping>[0]["handler"]>
      >;
    },
  });
  const stop = async () => {
    await mapping.stop();
    streams.destroy();
  };
  return { delivered, [Symbol.asyncDispose]: stop };
}

/** A default, by a writer that knows no registry. */
async function put({ client }: EngineContext, TableName: string, name: string): Promise<void> {
  await client.send(new PutItemCommand({ TableName, Item: resourceKey(name) }));
}

/** A name in the registry without a default. */
async function list({ client }: EngineContext, TableName: string, name: string): Promise<void> {
  const ExpressionAttributeValues = { ":names": { SS: [name] } };
  const UpdateExpression = "ADD resources :names";
  await client.send(
    new UpdateItemCommand({ TableName, Key: registryKey(), UpdateExpression, ExpressionAttributeValues }),
  );
}

async function registered({ client }: EngineContext, TableName: string): Promise<string[]> {
  const { Item } = await client.send(new GetItemCommand({ TableName, Key: registryKey(), ConsistentRead: true }));
  return [...(Item?.resources?.SS ?? [])].sort();
}

function isDefault({ dynamodb }: DynamoDBRecord): boolean {
  const sort = dynamodb?.Keys?.SK;
  return sort !== undefined && "S" in sort && sort.S === "#CONFIG";
}

function operationsOf(requests: readonly RecordedRequest[]): string[] {
  return [...new Set(requests.map(({ operation }) => operation))].sort();
}

/** Holds requests against a role. The actions of a transaction need the permissions of single ones. */
function expectAllowed(role: string, requests: readonly RecordedRequest[]): void {
  const allowed = graph.permissions(role).flatMap(({ Action }) => Action);
  const needed = requests.flatMap(({ operation, input }) =>
    input.TransactItems === undefined
      ? [operation]
      : input.TransactItems.flatMap((action) => Object.keys(action)).map((action) => `${action}Item`),
  );
  expect(needed.length).toBeGreaterThan(0);
  for (const action of new Set(needed)) expect(allowed).toContain(`dynamodb:${action}`);
}
