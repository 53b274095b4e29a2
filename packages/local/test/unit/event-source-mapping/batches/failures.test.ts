import type { BatchReport } from "@rollcall/local";
import { expect, test } from "vitest";
import { keys, World } from "../world.ts";

const report = (...itemIdentifiers: (string | undefined)[]) => ({
  batchItemFailures: itemIdentifiers.map((itemIdentifier) => ({ itemIdentifier })),
});
const reportFailures = { functionResponseTypes: ["ReportBatchItemFailures"] as const };

test("a batch that fails is retried, whole and in order, after a wait that grows", async () => {
  const world = new World();
  world.put(["a", "b"]);
  world.answer = (_, number) => {
    if (number < 4) throw new TypeError("not yet");
  };
  await using _ = await world.start();
  await world.idle();
  expect(world.batches).toEqual([
    ["a", "b"],
    ["a", "b"],
    ["a", "b"],
    ["a", "b"],
  ]);
  const times = world.invocations.map(({ at }) => at);
  expect(times.slice(1).map((at, index) => at - (times[index] ?? 0))).toEqual([250, 500, 1000]);
});

test("every invocation gets an event of its own", async () => {
  const world = new World();
  world.put(["a"]);
  world.answer = ({ event }, number) => {
    event.Records.length = 0;
    if (number === 1) throw new Error("after it has emptied the event");
  };
  await using _ = await world.start();
  await world.idle();
  expect(world.batches).toEqual([["a"], ["a"]]);
});

test("a response is ignored unless the function reports failures", async () => {
  const world = new World();
  const [a] = world.put(["a"]);
  world.answer = () => report(a);
  await using _ = await world.start();
  await world.idle();
  expect(world.batches).toEqual([["a"]]);
});

test("retry starts at the lowest sequence number reported", async () => {
  const world = new World();
  const [, , c, , e] = world.put(["a", "b", "c", "d", "e"]);
  world.answer = (_, number) => (number === 1 ? report(e, c) : report());
  await using _ = await world.start(reportFailures);
  await world.idle();
  expect(world.batches).toEqual([
    ["a", "b", "c", "d", "e"],
    ["c", "d", "e"],
  ]);
});

test("a response that cannot be judged fails the whole batch", async () => {
  const world = new World();
  world.put(["a", "b"]);
  world.answer = (_, number) => (number === 1 ? report("unknown") : undefined);
  await using _ = await world.start(reportFailures);
  await world.idle();
  expect(world.batches).toEqual([
    ["a", "b"],
    ["a", "b"],
  ]);
});

test("a response that is no JSON is an error of the function", async () => {
  const world = new World();
  world.put(["a"]);
  world.answer = (_, number) => (number === 1 ? { count: 1n } : undefined);
  await using _ = await world.start();
  await world.idle();
  expect(world.batches).toEqual([["a"], ["a"]]);
  expect(world.told.reports[0]?.outcome).toMatchObject({
    kind: "failed",
    error: "Error: Unable to stringify response body",
  });
});

test("a value of any kind that is thrown fails the batch, also before the first await", async () => {
  const world = new World();
  world.put(["a"]);
  let invocations = 0;
  const handler = () => {
    if (++invocations === 1) throw "a string";
  };
  await using _ = await world.start({ handler });
  await world.idle();
  expect(invocations).toBe(2);
  expect(world.told.reports[0]?.outcome).toMatchObject({
    kind: "failed",
    error: "Error: a string",
    cause: { cause: "a string" },
  });
});

test("a handler with a callback is told to return a promise", async () => {
  const world = new World();
  world.put(["a"]);
  await using _ = await world.start({
    handler: (_event, _context, callback) => callback(null, {}),
    maximumRetryAttempts: 0,
  });
  await world.idle();
  expect(world.told.reports[0]?.outcome).toMatchObject({ error: expect.stringContaining("return a promise instead") });
});

test("with bisecting and a partial response the batch is split at the number returned, without using up retries", async () => {
  const world = new World();
  const sequenceNumbers = world.put(keys(5));
  world.answer = ({ sequenceNumbers: [first, second] }) => (second === undefined ? report() : report(second ?? first));
  await using _ = await world.start({ ...reportFailures, bisectBatchOnFunctionError: true, maximumRetryAttempts: 0 });
  await world.idle();
  expect(world.batches).toEqual([keys(5), keys(5).slice(1), keys(5).slice(2), keys(5).slice(3), ["k4"]]);
  expect(world.told.failures).toEqual([]);
  expect(await world.checkpoint()).toEqual({ sequenceNumber: sequenceNumbers[4] });
});

test("with bisecting and a report of the first record the batch is halved", async () => {
  const world = new World();
  const [first] = world.put(keys(4));
  world.answer = ({ sequenceNumbers }) => (sequenceNumbers.includes(first ?? "") ? report(first) : report());
  await using _ = await world.start({ ...reportFailures, bisectBatchOnFunctionError: true, maximumRetryAttempts: 0 });
  await world.idle();
  expect(world.batches).toEqual([keys(4), ["k0", "k1"], ["k0"], ["k1"], ["k2", "k3"]]);
  expect(world.told.failures).toHaveLength(1);
});

test("what ends one of several parallel batches does not wait for another that is retried for ever", async () => {
  const world = new World();
  world.put(keys(20));
  world.answer = ({ keys }) => {
    if (keys.includes("k0")) throw new Error("never");
    return "not an object";
  };
  const onBatch = ({ outcome }: BatchReport) => {
    if (outcome.kind === "failed" && outcome.error.startsWith("the response")) throw new Error("report is refused");
  };
  const mapping = await world.start({ ...reportFailures, parallelizationFactor: 2, onBatch });
  await world.clock.until(() => mapping.state === "failed");
  await expect(mapping.closed).rejects.toThrow("report is refused");
});

test.each(["log", "onEvent", "onBatch"] as const)("a %s that throws ends the mapping", async (name) => {
  const world = new World();
  world.put(["a"]);
  const thrower = () => {
    throw new Error("EPIPE");
  };
  const mapping = await world.start({ [name]: thrower });
  const closed = expect(mapping.closed).rejects.toThrow("EPIPE");
  await world.clock.until(() => mapping.state === "failed");
  await closed;
});

test("an invocation that takes too long has failed, and its late answer counts for nothing", async () => {
  const world = new World();
  world.put(["a"]);
  world.answer = async (_, number) => {
    await world.clock.sleep(number === 1 ? 10_000 : 1000);
    if (number === 1) throw new Error("too late to matter");
  };
  await using _ = await world.start({ functionTimeoutSeconds: 2 });
  await world.idle();
  expect(world.batches).toEqual([["a"], ["a"]]);
  expect(world.told.reports.map(({ outcome }) => outcome)).toMatchObject([
    { kind: "failed", durationMs: 2000, error: "Error: Task timed out after 2.00 seconds" },
    { kind: "succeeded", durationMs: 1000 },
  ]);
});

test("a handler can be replaced while its batch is being retried", async () => {
  const world = new World();
  world.put(["a"]);
  world.answer = () => {
    throw new Error("a bug");
  };
  await using mapping = await world.start();
  await world.clock.until(() => world.invocations.length === 3);
  const fixed: string[] = [];
  mapping.replaceHandler(async (event) => void fixed.push(...event.Records.map(({ eventID }) => eventID ?? "")));
  await world.idle();
  expect(world.invocations).toHaveLength(3);
  expect(fixed).toHaveLength(1);
});

test("one line says what became of a batch", async () => {
  const world = new World();
  const [, b] = world.put(["a", "b"]);
  world.stream.put("shard-1", "c", { eventName: "REMOVE" });
  world.answer = (_, number) => {
    if (number === 2) throw new Error("no");
    return number === 1 ? report(b) : { batchItemFailure: [] };
  };
  await using _ = await world.start(reportFailures);
  await world.idle();
  expect(world.told.lines).toEqual([
    `shard-1: 3 records (2 INSERT, 1 REMOVE) 1 ok, 2 failed in 0 ms, retry in 250 ms: record ${b} was reported`,
    "shard-1: 2 records (1 INSERT, 1 REMOVE) failed in 0 ms, retry in 250 ms: Error: no",
    'shard-1: 2 records (1 INSERT, 1 REMOVE) ok in 0 ms, but the response has "batchItemFailure" and no "batchItemFailures"',
  ]);
});
