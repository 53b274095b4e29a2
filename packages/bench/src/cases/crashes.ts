import type { Operation } from "../alternatives/writer.ts";
import { WRITERS, WRITING_WAYS, type WritingWay } from "../alternatives/writers.ts";
import type { Bench, Case, Row } from "../bench.ts";
import { killAfter } from "../measuring/faults.ts";
import type { Lab } from "../measuring/lab.ts";
import type { Counts } from "../measuring/measurement.ts";
import { countDrift } from "../tables/drift.ts";
import { namesOf, putDefaults, putRegistry } from "../tables/items.ts";
import { seededRandom } from "../tables/random.ts";
import { writeAll } from "../tables/write-all.ts";

const OPERATIONS = ["create", "delete"] as const satisfies readonly Operation[];
const WRITERS_AT_ONCE = { quick: [1, 3], full: [1, 16] } as const;

/**
 * Kills a process before each of its requests in turn, the first, the second and so on until it lives to the end, and
 * counts the names that it leaves in drift. Optimistic writers race each other, so only one of them is looked at.
 */
export const crashes: Case = async function* (bench) {
  for (const writers of WRITERS_AT_ONCE[bench.mode]) {
    await using lab = await bench.openLab();
    for (const operation of OPERATIONS) {
      for (const way of WRITING_WAYS) {
        if (way === "optimistic transaction" && writers > 1) continue;
        yield await killEverywhere(lab, bench, { way, operation, writers });
      }
    }
  }
};

interface CrashPlan {
  readonly way: WritingWay;
  readonly operation: Operation;
  readonly writers: number;
}

async function killEverywhere(lab: Lab, bench: Bench, plan: CrashPlan): Promise<Row> {
  const { way, operation, writers } = plan;
  const tableName = await lab.createTable();
  const drifts: number[] = [];
  for (;;) {
    const { drift, requests } = await killOnce(lab, bench, { ...plan, tableName }, drifts.length);
    if (requests <= drifts.length) break; // it lived to the end
    drifts.push(drift);
  }
  return {
    table: "crashes",
    setting: { operation, writers },
    way,
    operations: drifts.length,
    counts: { drift: drifts.reduce((sum, drift) => sum + drift, 0) },
    isExact: true,
    amounts: { worst: Math.max(...drifts) },
  };
}

/** Lets a process send so many requests and no more. Tells the drift it left and how many it would have sent. */
async function killOnce(
  lab: Lab,
  { seed }: Bench,
  { tableName, way, operation, writers }: CrashPlan & { tableName: string },
  lifetime: number,
): Promise<{ drift: number; requests: number }> {
  const names = namesOf("new-", writers, lifetime * writers);
  const there = operation === "delete" ? names : [];
  await putRegistry(lab.client, tableName, [...namesOf("model-", 10), ...there]);
  await putDefaults(lab.client, tableName, there);
  const { requests = 0 }: Counts = await lab.count(async (client) => {
    killAfter(client, lifetime);
    const writer = WRITERS[way]({ client, tableName }, seededRandom(seed));
    await writeAll(writer, operation, names, writers);
  });
  return { drift: await countDrift({ client: lab.client, tableName }, names), requests };
}
