import type { Operation } from "../alternatives/writer.ts";
import { WRITERS, WRITING_WAYS, type WritingWay } from "../alternatives/writers.ts";
import type { Bench, Case, Row } from "../bench.ts";
import { countWrites, isRepeatable } from "../measuring/count-writes.ts";
import { interleave } from "../measuring/interleave.ts";
import type { Lab } from "../measuring/lab.ts";
import { namesOf, putRegistry } from "../tables/items.ts";
import { seededRandom } from "../tables/random.ts";
import { writeAll } from "../tables/write-all.ts";

const OPERATIONS = ["create", "update", "delete"] as const satisfies readonly Operation[];

const SIZES = {
  quick: { registered: [10, 1_000], writes: 5, rounds: 2, writers: [1, 64] },
  full: {
    registered: [10, 100, 1_000, 10_000, 20_000],
    writes: 20,
    rounds: 15,
    writers: [1, 8, 64, 256, 1_000],
  },
} as const;

/** Rounds of many concurrent writers, which a quick run does without. */
const CROWD_ROUNDS = 5;

/** Names that are registered already where many write concurrently. */
const REGISTERED = 1_000;

/** Creates, updates and deletes, by one writer beside registries of several sizes and by many writers beside one. */
export const writes: Case = async function* (bench) {
  for (const registered of SIZES[bench.mode].registered) yield* byOne(bench, registered);
  for (const writers of SIZES[bench.mode].writers) yield* concurrently(bench, writers);
};

/** Tables of equal content, one for each way. */
async function createTables(lab: Lab, registered: number): Promise<Map<WritingWay, string>> {
  const tables = new Map<WritingWay, string>();
  for (const way of WRITING_WAYS) {
    const tableName = await lab.createTable();
    await putRegistry(lab.client, tableName, namesOf("model-", registered));
    tables.set(way, tableName);
  }
  return tables;
}

/** One writer: every call waits for the one before it. */
async function* byOne(bench: Bench, registered: number): AsyncGenerator<Row> {
  const { writes, rounds } = SIZES[bench.mode];
  await using lab = await bench.openLab();
  const tables = await createTables(lab, registered);
  const names = namesOf("new-", writes);
  const timed = namesOf("timed-", rounds + 1);
  for (const operation of OPERATIONS) {
    const costs = new Map<WritingWay, Awaited<ReturnType<typeof countWrites>>>();
    for (const [way, tableName] of tables) {
      costs.set(way, await countWrites(lab, bench, { way, operation, tableName, names, writers: 1 }));
    }
    const ways = [...tables].map(([way, tableName]) => {
      const writer = WRITERS[way]({ client: lab.client, tableName }, seededRandom(bench.seed));
      return { way, run: (round: number) => writer[operation](timed[round] ?? "") };
    });
    const times = await interleave(ways, { rounds, clock: bench.clock });
    for (const [way, cost] of costs) {
      yield { table: "size", setting: { registered, operation }, way, ...cost, ...times.get(way) };
    }
  }
}

/** Many writers in one process, each with one create, all in the same moment. */
async function* concurrently(bench: Bench, writers: number): AsyncGenerator<Row> {
  await using lab = await bench.openLab();
  const tables = await createTables(lab, REGISTERED);
  if (bench.mode === "quick")
    for (const way of WRITING_WAYS) if (!isRepeatable(way, writers, false)) tables.delete(way);
  const costs = new Map<WritingWay, Awaited<ReturnType<typeof countWrites>>>();
  for (const [way, tableName] of tables) {
    const plan = { way, operation: "create", tableName, names: namesOf("new-", writers), writers } as const;
    costs.set(way, await countWrites(lab, bench, plan));
  }
  const ways = [...tables].map(([way, tableName]) => {
    const writer = WRITERS[way]({ client: lab.client, tableName }, seededRandom(bench.seed));
    const reset = () => putRegistry(lab.client, tableName, namesOf("model-", REGISTERED));
    const run = (round: number) => writeAll(writer, "create", namesOf(`r${round}-`, writers), writers);
    return { way, reset, run };
  });
  // Lost races make optimistic writers wait for seconds, and there is nothing to learn from how many.
  const timed = bench.mode === "full" ? ways.filter(({ way }) => isRepeatable(way, writers, false)) : [];
  const times = await interleave(timed, { rounds: CROWD_ROUNDS, clock: bench.clock });
  for (const [way, cost] of costs) yield { table: "concurrent", setting: { writers }, way, ...cost, ...times.get(way) };
}
