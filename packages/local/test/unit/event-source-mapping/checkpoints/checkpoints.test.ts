import type { CheckpointStore, Checkpoints } from "@rollcall/local";
import { expect, test } from "vitest";
import { keys, World } from "../world.ts";

test("a mapping continues where the last one stopped, and nothing is repeated", async () => {
  const world = new World();
  world.put(keys(5));
  const first = await world.start({ batchSize: 2 });
  await world.idle();
  await world.clock.outcome(first.stop());
  expect(first.state).toBe("stopped");
  world.put(["later"]);
  await using _ = await world.start({ batchSize: 2 });
  await world.idle();
  expect(world.batches).toEqual([["k0", "k1"], ["k2", "k3"], ["k4"], ["later"]]);
});

test("a mapping at LATEST continues where the last one stopped, also when that one read nothing", async () => {
  const world = new World();
  world.put(["old"]);
  await world.idle(120_000);
  await (await world.start({ startingPosition: "LATEST" })).stop();
  await world.idle(3_600_000);
  world.put(["meanwhile"]);
  await using _ = await world.start({ startingPosition: "LATEST" });
  world.put(["new"]);
  await world.idle();
  expect(world.batches.flat()).toEqual(["meanwhile", "new"]);
});

test("a mapping of another function begins on its own", async () => {
  const world = new World();
  world.put(["a"]);
  await using _one = await world.start({ functionName: "one" });
  await using _two = await world.start({ functionName: "two" });
  await world.idle();
  expect(world.batches).toEqual([["a"], ["a"]]);
});

test("stopping waits for the invocation in flight, and its outcome counts", async () => {
  const world = new World();
  world.put(["a", "b"]);
  world.answer = () => world.clock.sleep(2000);
  const mapping = await world.start({ batchSize: 1 });
  await world.clock.until(() => world.invocations.length === 1);
  const stopped = mapping.stop();
  expect(mapping.state).toBe("stopping");
  await world.clock.outcome(stopped);
  expect(mapping.state).toBe("stopped");
  world.answer = () => undefined;
  await using _ = await world.start({ batchSize: 1 });
  await world.idle();
  expect(world.batches).toEqual([["a"], ["b"]]);
});

test("stopping does not wait for a handler longer than its time-out, and the next mapping sends the batch", async () => {
  const world = new World();
  world.put(["a"]);
  world.answer = (_, number) => (number === 1 ? new Promise(() => {}) : undefined);
  const mapping = await world.start({ functionTimeoutSeconds: 5 });
  await world.clock.until(() => world.invocations.length === 1);
  const from = world.clock.now();
  await world.clock.outcome(mapping.stop());
  expect(world.clock.now() - from).toBe(5000);
  await using _ = await world.start();
  await world.idle();
  expect(world.batches).toEqual([["a"], ["a"]]);
});

test("stopping cuts the wait for a retry short, says so, and the next mapping sends the batch", async () => {
  const world = new World();
  const [a] = world.put(["a", "b"]);
  world.answer = async () => {
    await world.clock.sleep(100);
    return { batchItemFailures: [{ itemIdentifier: a }] };
  };
  const reportFailures = { functionResponseTypes: ["ReportBatchItemFailures"] as const };
  const mapping = await world.start(reportFailures);
  await world.clock.until(() => world.invocations.length === 1);
  await world.clock.outcome(mapping.stop());
  expect(world.told.reports.map(({ outcome }) => outcome)).toMatchObject([
    { kind: "failed", done: 0, next: { kind: "abandon" } },
  ]);
  world.answer = () => undefined;
  await using _ = await world.start(reportFailures);
  await world.idle();
  expect(world.batches).toEqual([
    ["a", "b"],
    ["a", "b"],
  ]);
});

test("what a partial response says is done is not repeated after a stop", async () => {
  const world = new World();
  const [, b] = world.put(["a", "b", "c"]);
  const reportFailures = { functionResponseTypes: ["ReportBatchItemFailures"] as const };
  world.answer = ({ sequenceNumbers }) => ({
    batchItemFailures: sequenceNumbers.includes(b ?? "") ? [{ itemIdentifier: b }] : [],
  });
  const mapping = await world.start(reportFailures);
  await world.clock.advance(100);
  await world.clock.outcome(mapping.stop());
  await using _ = await world.start({ ...reportFailures, maximumRetryAttempts: 0 });
  await world.idle();
  expect(world.batches).toEqual([
    ["a", "b", "c"],
    ["b", "c"],
  ]);
});

test("a window that is still open when the mapping stops loses nothing", async () => {
  const world = new World();
  world.put(["a"]);
  const mapping = await world.start({ maximumBatchingWindowInSeconds: 60 });
  await world.clock.advance(10_000);
  await world.clock.outcome(mapping.stop());
  expect(world.batches).toEqual([]);
  await using _ = await world.start();
  await world.idle();
  expect(world.batches).toEqual([["a"]]);
});

test("a signal stops the mapping as stop() does", async () => {
  const world = new World();
  world.put(["a"]);
  const controller = new AbortController();
  const mapping = await world.start({ signal: controller.signal });
  await world.idle();
  controller.abort(new Error("Ctrl-C"));
  await world.clock.outcome(mapping.closed);
  expect(mapping.state).toBe("stopped");
  await mapping.stop();
});

test("the checkpoint moves past records that no filter lets through, and past shards that have ended", async () => {
  const world = new World();
  const filterCriteria = { filters: [{ pattern: '{"eventName":["REMOVE"]}' }] };
  const noise = world.put(keys(3));
  await using _ = await world.start({ filterCriteria });
  await world.idle();
  expect(await world.checkpoint()).toEqual({ sequenceNumber: noise[2] });
  world.stream.put("shard-1", "gone", { eventName: "REMOVE" });
  const [last] = world.put(["noise"]);
  await world.idle();
  expect(await world.checkpoint()).toEqual({ sequenceNumber: last });
  world.stream.roll("shard-1", "shard-2");
  await world.idle();
  expect(await world.checkpoint()).toEqual({ ended: true });
  world.stream.forget("shard-1");
  world.put(["more"], "shard-2");
  await world.idle();
  world.put(["and more"], "shard-2");
  await world.idle();
  expect(await world.checkpoint()).toBeUndefined();
});

test("with parallel batches the checkpoint waits for the oldest record that is not done", async () => {
  const world = new World();
  const all = ["a", "b", "c", "d", "e", "f", "g", "h"];
  const sequenceNumbers = world.put(all);
  let failing = true;
  world.answer = ({ keys }) => {
    if (failing && keys.includes("c")) throw new Error("not yet");
  };
  await using _ = await world.start({ parallelizationFactor: 4 });
  await world.clock.advance(5000);
  expect(new Set(world.batches.flat())).toEqual(new Set(all));
  const stuck = await world.checkpoint();
  const oldest = Math.min(
    ...(world.invocations.find(({ keys }) => keys.includes("c"))?.keys.map((key) => all.indexOf(key)) ?? []),
  );
  expect(stuck).toEqual(oldest === 0 ? undefined : { sequenceNumber: sequenceNumbers[oldest - 1] });
  failing = false;
  await world.idle();
  expect(await world.checkpoint()).toEqual({ sequenceNumber: sequenceNumbers.at(-1) });
});

test("shards that are done at the same time share a save", async () => {
  const shards = keys(10, "shard-");
  const world = new World(...shards);
  const saves: Checkpoints[] = [];
  const slow: CheckpointStore = {
    load: async () => undefined,
    save: async (_, checkpoints) => {
      await world.clock.sleep(1000);
      saves.push(checkpoints);
    },
  };
  for (const shard of shards) world.put(["a"], shard);
  await using _ = await world.start({ checkpoints: slow });
  await world.clock.advance(10_000);
  expect(saves.length).toBeLessThanOrEqual(2);
  expect(Object.keys(saves.at(-1) ?? {})).toHaveLength(10);
});

test("a store that cannot save ends the mapping", async () => {
  const world = new World();
  world.put(["a"]);
  const checkpoints: CheckpointStore = {
    load: async () => undefined,
    save: () => Promise.reject(new Error("disk full")),
  };
  const mapping = await world.start({ checkpoints });
  await world.clock.until(() => mapping.state === "failed");
  await expect(mapping.closed).rejects.toThrow("disk full");
});

test("a store that cannot load starts nothing", async () => {
  const world = new World();
  const checkpoints: CheckpointStore = { load: () => Promise.reject(new Error("no access")), save: async () => {} };
  await expect(world.start({ checkpoints })).rejects.toThrow("no access");
  expect(world.stream.requests).toEqual([]);
});
