import { EventSourceMappingError, InvalidMappingOptionError, startEventSourceMapping } from "@rollcall/local";
import { expect, test } from "vitest";
import { FakeStream } from "./fake-stream.ts";
import { World } from "./world.ts";

test.each<[option: string, value: unknown]>([
  ["streams", {}],
  ["streamArn", ""],
  ["handler", "index.handler"],
  ["functionName", ""],
  ["startingPosition", undefined],
  ["startingPosition", "AT_TIMESTAMP"],
  ["batchSize", 0],
  ["batchSize", 10_001],
  ["batchSize", 1.5],
  ["batchSize", "100"],
  ["maximumBatchingWindowInSeconds", -1],
  ["maximumBatchingWindowInSeconds", 301],
  ["parallelizationFactor", 0],
  ["parallelizationFactor", 11],
  ["maximumRetryAttempts", -2],
  ["maximumRetryAttempts", 10_001],
  ["maximumRecordAgeInSeconds", 0],
  ["maximumRecordAgeInSeconds", 59],
  ["maximumRecordAgeInSeconds", 604_801],
  ["bisectBatchOnFunctionError", "yes"],
  ["functionResponseTypes", ["ReportBatchItemFailure"]],
  ["functionTimeoutSeconds", 0],
  ["functionTimeoutSeconds", 901],
  ["pollIntervalMs", 0],
  ["tumblingWindowInSeconds", 30],
  ["batchsize", 10],
])("startEventSourceMapping refuses %s: %j", async (option, value) => {
  const world = new World();
  const refused = startEventSourceMapping({ ...world.options(), [option]: value });
  await expect(refused).rejects.toThrow(InvalidMappingOptionError);
  await expect(refused).rejects.toMatchObject({ name: "InvalidMappingOptionError", code: "INVALID_OPTION", option });
  expect(world.stream.requests).toEqual([]);
});

test("mapping options: the ends of every range are taken", async () => {
  const world = new World();
  const least = {
    batchSize: 1,
    maximumBatchingWindowInSeconds: 0,
    parallelizationFactor: 1,
    maximumRetryAttempts: -1,
    maximumRecordAgeInSeconds: 60,
    functionTimeoutSeconds: 1,
    pollIntervalMs: 1,
  };
  const most = {
    batchSize: 10_000,
    maximumBatchingWindowInSeconds: 300,
    parallelizationFactor: 10,
    maximumRetryAttempts: 10_000,
    maximumRecordAgeInSeconds: 604_800,
    functionTimeoutSeconds: 900,
    bisectBatchOnFunctionError: true,
    functionResponseTypes: ["ReportBatchItemFailures"] as const,
  };
  for (const settings of [least, most]) await (await world.start(settings)).stop();
});

test("mapping options: a signal that has already aborted starts nothing", async () => {
  const world = new World();
  const reason = new Error("not today");
  await expect(startEventSourceMapping({ ...world.options(), signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  expect(world.stream.requests).toEqual([]);
});

test("mapping options: a stream that is not there is refused at the start", async () => {
  const world = new World();
  world.stream.failures.describeStream.push(
    Object.assign(new Error("no such stream"), { name: "ResourceNotFoundException" }),
  );
  const started = startEventSourceMapping(world.options());
  await expect(started).rejects.toThrow(
    `Stream ${FakeStream.arn} refused a request: ResourceNotFoundException: no such stream.`,
  );
  await expect(started).rejects.toBeInstanceOf(EventSourceMappingError);
});
