import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { laneOf } from "../../../../src/event-source-mapping/batches/pending-record.ts";
import { keys, World } from "../world.ts";

test("parallel batches: as many batches of a shard are in flight as the factor says, and an item is in one of them", async () => {
  const world = new World();
  world.put([...keys(100), ...keys(100)]);
  let inFlight = 0;
  let most = 0;
  world.answer = async () => {
    most = Math.max(most, ++inFlight);
    await world.clock.sleep(1000);
    inFlight--;
  };
  await using _ = await world.start({ parallelizationFactor: 10 });
  await world.idle();
  expect(most).toBe(10);
  expect(world.batches.flat()).toHaveLength(200);
});

test("parallel batches: by default one batch follows the other", async () => {
  const world = new World();
  world.put(keys(100));
  let inFlight = 0;
  world.answer = async () => {
    expect(++inFlight).toBe(1);
    await world.clock.sleep(1000);
    inFlight--;
  };
  await using _ = await world.start({ batchSize: 10 });
  await world.idle();
  expect(world.batches.flat()).toEqual(keys(100));
  expect(world.told.reports.every(({ outcome }) => outcome.kind === "succeeded")).toBe(true);
});

test("parallel batches: changes of one item are done in order, also where batches fail and take long", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom("a", "b", "c", "d", "e"), { maxLength: 60 }),
      fc.integer({ min: 1, max: 10 }),
      fc.integer({ min: 1, max: 10 }),
      fc.integer({ min: 1, max: 20 }),
      fc.boolean(),
      fc.array(fc.record({ takesMs: fc.nat(2000), fails: fc.boolean() }), { maxLength: 20 }),
      async (items, parallelizationFactor, batchSize, pageSize, bisectBatchOnFunctionError, courses) => {
        const world = new World();
        world.stream.answers.recordsPerPage = pageSize;
        const written = world.put(items);
        const done: string[] = [];
        world.answer = async ({ sequenceNumbers }, number) => {
          const { takesMs = 0, fails = false } = courses[number - 1] ?? {};
          await world.clock.sleep(takesMs);
          if (fails) throw new Error("as the course says");
          done.push(...sequenceNumbers);
        };
        await using _ = await world.start({ parallelizationFactor, batchSize, bisectBatchOnFunctionError });
        await world.clock.until(() => done.length >= items.length);
        await world.idle(10_000);
        const ofItem = (sequenceNumbers: string[], item: string) =>
          sequenceNumbers.filter((sequenceNumber) => items[written.indexOf(sequenceNumber)] === item);
        for (const item of new Set(items)) expect(ofItem(done, item)).toEqual(ofItem(written, item));
        expect(done).toHaveLength(items.length);
      },
    ),
    { numRuns: 150 },
  );
});

describe("the lane of an item", () => {
  test("does not depend on the order its keys are listed in", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.integer({ min: 1, max: 10 }), (pk, sk, lanes) => {
        const lane = laneOf({ PK: { S: pk }, SK: { S: sk } }, lanes);
        expect(laneOf({ SK: { S: sk }, PK: { S: pk } }, lanes)).toBe(lane);
        expect(lane).toBeLessThan(lanes);
      }),
    );
  });

  test("spreads items over all lanes", () => {
    const lanes = keys(1000).map((key) => laneOf({ PK: { S: `RESOURCE#${key}` }, SK: { S: "#CONFIG" } }, 10));
    const counts = Array.from({ length: 10 }, (_, lane) => lanes.filter((one) => one === lane).length);
    expect(Math.min(...counts)).toBeGreaterThan(50);
  });

  test("tells types apart", () => {
    const lanes = new Set(keys(50).map((key) => `${laneOf({ PK: { S: key } }, 10)} ${laneOf({ PK: { B: key } }, 10)}`));
    expect(lanes.size).toBeGreaterThan(10);
  });
});
