import type { Operation } from "../alternatives/writer.ts";
import { WRITING_WAYS, type WritingWay } from "../alternatives/writers.ts";
import type { Bench, Case, Row } from "../bench.ts";
import { countWrites, isRepeatable, type WritePlan } from "../measuring/count-writes.ts";
import { injectConflicts } from "../measuring/faults.ts";
import type { Lab } from "../measuring/lab.ts";
import type { Counts } from "../measuring/measurement.ts";
import { countDrift } from "../tables/drift.ts";
import { namesOf, putDefaults, putRegistry } from "../tables/items.ts";
import { WorkerPool } from "../workers/worker-pool.ts";

const SIZES = {
  quick: { shares: [0.3], names: 96 },
  full: { shares: [0, 0.1, 0.3], names: 256 },
} as const;

const REGISTERED = 1_000;
const PROCESSES = 8;
const WRITERS_A_PROCESS = 8;

/** The share of conflicts under which updates and deletes are looked at too. */
const LARGEST_SHARE = 0.3;

/** Who writes what, one by one or concurrently. */
const CROWDS = [
  { operation: "create", writers: 1 },
  { operation: "create", writers: 64 },
  { operation: "update", writers: 64 },
  { operation: "delete", writers: 64 },
] as const satisfies readonly { operation: Operation; writers: number }[];

/** Writes, of which a share is refused with a transaction conflict; which ones, the seed decides. */
export const conflicts: Case = async function* (bench) {
  const { shares, names: count } = SIZES[bench.mode];
  const names = namesOf("new-", count);
  for (const { operation, writers } of CROWDS) {
    await using lab = await bench.openLab();
    for (const share of shares) {
      if (operation !== "create" && share !== LARGEST_SHARE) continue;
      for (const way of WRITING_WAYS) {
        if (bench.mode === "quick" && !isRepeatable(way, writers, true)) continue;
        const tableName = await createTable(lab, operation, names);
        const breakClient: WritePlan["breakClient"] = (client, random) => injectConflicts(client, share, random);
        const cost = await countWrites(lab, bench, { way, operation, tableName, names, writers, breakClient });
        yield { table: "conflicts", setting: { operation, writers: String(writers), conflicts: share }, way, ...cost };
      }
    }
  }
  if (bench.mode === "full") yield* fromProcesses(bench, shares, names);
};

/** Which process is refused when is a matter of chance: these counts are never quite the same. */
async function* fromProcesses(bench: Bench, shares: readonly number[], names: readonly string[]): AsyncGenerator<Row> {
  const writers = `${PROCESSES} × ${WRITERS_A_PROCESS}`;
  await using lab = await bench.openLab();
  await using pool = new WorkerPool(PROCESSES);
  for (const share of shares) {
    for (const way of WRITING_WAYS) {
      const counts = await countTogether(lab, bench, pool, { way, share, names });
      const setting = { operation: "create", writers, conflicts: share };
      yield { table: "conflicts", setting, way, operations: names.length, counts, isExact: false };
    }
  }
}

async function countTogether(
  lab: Lab,
  { engine, seed }: Bench,
  pool: WorkerPool,
  { way, share, names }: { way: WritingWay; share: number; names: readonly string[] },
): Promise<Counts> {
  const tableName = await createTable(lab, "create", names);
  const part = names.length / PROCESSES;
  const reports = await pool.run((worker) => ({
    engine: { name: engine, clientConfig: lab.engine.clientConfig },
    tableName,
    way,
    operation: "create",
    conflicts: share,
    names: names.slice(worker * part, (worker + 1) * part),
    writers: WRITERS_A_PROCESS,
    seed: seed + 2 * worker,
  }));
  const total = (figure: (report: (typeof reports)[number]) => number | undefined): number =>
    reports.reduce((sum, report) => sum + (figure(report) ?? 0), 0);
  return {
    requests: total(({ counts }) => counts.requests),
    readUnits: total(({ counts }) => counts.readUnits),
    // What DynamoDB Local says of transactions is not what AWS would bill, and other processes blur what the meter makes of it.
    ...(engine === "dynoxide" && { writeUnits: total(({ counts }) => counts.writeUnits) }),
    failed: total(({ failed }) => failed),
    drift: await countDrift({ client: lab.client, tableName }, names),
  };
}

/** A table with a registry, where the names are to be created or, for other operations, there already. */
async function createTable(lab: Lab, operation: Operation, names: readonly string[]): Promise<string> {
  const tableName = await lab.createTable();
  const there = operation === "create" ? [] : names;
  await putRegistry(lab.client, tableName, [...namesOf("model-", REGISTERED), ...there]);
  await putDefaults(lab.client, tableName, there);
  return tableName;
}
