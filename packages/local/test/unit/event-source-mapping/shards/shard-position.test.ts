import { expect, test } from "vitest";
import {
  MOVES,
  type Move,
  moveFor,
  type Place,
  placeOf,
  STREAM_ANSWERS,
  type StreamAnswer,
} from "../../../../src/event-source-mapping/shards/shard-position.ts";
import { named } from "../fake-stream.ts";
import { World } from "../world.ts";

const places: readonly Place[] = [
  { at: "oldest" },
  { at: "after", sequenceNumber: "100000000001" },
  { at: "joined", startedAt: Date.parse("2026-11-22T10:00:00Z") },
];
const pairs = places.flatMap((place) => STREAM_ANSWERS.map((answer) => ({ at: place.at, place, answer })));

test.each(pairs)(
  "a reader at $at that is told $answer has one move, or says that it cannot be",
  ({ place, answer }) => {
    const move = MOVES[place.at][answer];
    if (move === "impossible") expect(() => moveFor(place, answer)).toThrow(`A reader at ${place.at} cannot be told`);
    else expect(moveFor(place, answer)).toBe(move);
  },
);

test("placeOf reads every kind of checkpoint, and refuses to read a shard that has ended", () => {
  expect(placeOf(undefined)).toEqual(places[0]);
  expect(placeOf({ sequenceNumber: "100000000001" })).toEqual(places[1]);
  expect(placeOf({ startedAt: Date.parse("2026-11-22T10:00:00Z") })).toEqual(places[2]);
  expect(() => placeOf({ ended: true })).toThrow("A shard that has ended is not read");
});

/** What becomes of the records in the shard, and what is said, by each move. */
const CONSEQUENCES: Record<Move, { reads: boolean; kinds: readonly string[] }> = {
  advance: { reads: true, kinds: [] },
  reopen: { reads: true, kinds: [] },
  sayLost: { reads: true, kinds: ["recordsMayBeLost"] },
  startOver: { reads: true, kinds: ["startedOver"] },
  sayLostAndEnd: { reads: false, kinds: ["recordsMayBeLost", "shardEnded"] },
};

/** How a stream says so to the first request for the shard; `gone` is said to every one. */
const SAY: Record<Exclude<StreamAnswer, "missing">, (world: World) => void> = {
  records: () => {},
  expired: ({ stream }) => stream.failures.getRecords.push(named("ExpiredIteratorException")),
  trimmed: ({ stream }) => stream.failures.getRecords.push(named("TrimmedDataAccessException")),
  gone: ({ stream }) => {
    const failures = Array.from({ length: 100 }, () => named("ResourceNotFoundException"));
    stream.failures.getShardIterator.push(...failures);
  },
};

test.each(pairs.filter(({ at, answer }) => MOVES[at][answer] !== "impossible"))(
  "a mapping whose checkpoint is at $at and whose stream answers $answer moves as the table says",
  async ({ at, place, answer }) => {
    const world = new World();
    const [first] = world.put(["a"]);
    if (at === "after" && answer !== "missing") world.put(["b"]);
    if (place.at !== "oldest") {
      const sequenceNumber = answer === "missing" ? "100000000009" : (first ?? "");
      const checkpoint = place.at === "after" ? { sequenceNumber } : { startedAt: place.startedAt };
      await world.checkpoints.save(`local-function ${world.stream.arn}`, { "shard-1": checkpoint });
    }
    if (answer !== "missing") SAY[answer](world);
    const mapping = await world.start({ streams: world.table });
    await world.idle();
    await mapping.stop();
    // where the shard is gone for its oldest record too, it counts as drained
    const move = at === "after" && answer === "gone" ? "sayLostAndEnd" : moveFor(place, answer);
    const { reads, kinds } = CONSEQUENCES[move];
    expect(world.batches.flat().length > 0).toBe(reads);
    expect(world.news.map(({ kind }) => kind).filter((kind) => kind !== "iteratorExpired")).toEqual(kinds);
  },
);
