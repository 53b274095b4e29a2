import { expect, test } from "vitest";
import { named } from "./fake-stream.ts";
import { World } from "./world.ts";

const hours = (count: number) => count * 3_600_000;
const jumps = [
  ["forward by eight hours", hours(8)],
  ["back by eight hours", hours(-8)],
  ["forward by an hour", hours(1)],
  ["back by an hour", hours(-1)],
] as const;

test.each(jumps)("a batching window closes on time while the time of day is set %s", async (_, byMs) => {
  const world = new World();
  await using _mapping = await world.start({ maximumBatchingWindowInSeconds: 10 });
  world.put(["a"]);
  await world.clock.advance(5_000);
  const passed = world.clock.monotonicNow();
  world.clock.set(byMs);
  await world.clock.until(() => world.invocations.length === 1);
  expect(world.clock.monotonicNow() - passed).toBeLessThanOrEqual(5_300);
});

test.each(jumps)("an outage counts the time that passed while the time of day is set %s", async (_, byMs) => {
  const world = new World();
  await using mapping = await world.start();
  world.put(["a"]);
  const down = named("Error", { code: "ENETUNREACH" });
  world.stream.failures.getRecords.push(...Array.from({ length: 8 }, () => down));
  await world.clock.advance(2_000);
  world.clock.set(byMs);
  await world.idle();
  expect(mapping.state).toBe("running");
  expect(world.batches).toEqual([["a"]]);
});

test("a machine that is suspended during a request continues when it wakes, with its network back a little later", async () => {
  const world = new World();
  await using mapping = await world.start();
  const { stream, clock } = world;
  const getRecords = stream.getRecords.bind(stream);
  let requests = 0;
  stream.getRecords = async (input) => {
    requests++;
    if (requests === 1) {
      clock.pass(hours(8));
    }
    if (requests <= 6) throw named("Error", { code: "ENETUNREACH" });
    return await getRecords(input);
  };
  world.put(["a"]);
  await world.idle(); // which the suspension uses up
  await world.idle();
  expect(mapping.state).toBe("running");
  expect(world.batches).toEqual([["a"]]);
});

test.each(jumps)("an invocation has its time-out while the time of day is set %s", async (_, byMs) => {
  const world = new World();
  const remaining: number[] = [];
  world.put(["a"]);
  world.answer = async ({ context }) => {
    await world.clock.sleep(1_000);
    world.clock.set(byMs);
    remaining.push(context.getRemainingTimeInMillis());
  };
  await using _mapping = await world.start({ functionTimeoutSeconds: 3 });
  await world.idle();
  expect(remaining).toEqual([2_000]);
  expect(world.told.reports).toMatchObject([{ outcome: { kind: "succeeded", durationMs: 1_000 } }]);
});

test.each(jumps)(
  "a record that is being retried does not become too old when the time of day is set %s",
  async (_, byMs) => {
    const world = new World();
    world.put(["a"]);
    world.answer = (_invocation, number) => {
      if (number < 4) throw new Error("not yet");
    };
    await using _mapping = await world.start({ maximumRecordAgeInSeconds: 60 });
    await world.clock.until(() => world.invocations.length === 1);
    world.clock.set(byMs);
    await world.idle();
    expect(world.told.failures).toEqual([]);
    expect(world.batches).toHaveLength(4);
  },
);

test("records written after the clock was set back are not taken for ones from before a mapping joined at LATEST", async () => {
  const world = new World();
  await using _ = await world.start({ startingPosition: "LATEST" });
  world.clock.set(hours(-8));
  world.stream.expireIterators();
  world.put(["new"]);
  await world.idle();
  expect(world.batches).toEqual([["new"]]);
});
