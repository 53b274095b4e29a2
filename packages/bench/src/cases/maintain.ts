import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { createStreamHandler, streamEventSource } from "@rollcall/maintainer";
import { SILENT } from "@rollcall/testing/rollcall/silent-telemetry";
import type { DynamoDBStreamEvent } from "aws-lambda";
import { recordConsumer } from "../alternatives/record-consumer.ts";
import type { Bench, Case, Row } from "../bench.ts";
import { interleave } from "../measuring/interleave.ts";
import type { Lab } from "../measuring/lab.ts";
import type { Counts } from "../measuring/measurement.ts";
import { timeRepairs } from "../measuring/time-repairs.ts";
import { countDrift } from "../tables/drift.ts";
import { namesOf, putDefaults, putRegistry } from "../tables/items.ts";
import { StreamRecords } from "../tables/stream-records.ts";

const SIZES = {
  quick: { records: 200, drifts: [0, 1], rounds: 1 },
  full: { records: 1_000, drifts: [0, 0.01, 1], rounds: 5 },
} as const;

/** Names that are registered and have nothing to do with the records. */
const REGISTERED = 1_000;

/** A way of handling a stream. */
type Consume = (event: DynamoDBStreamEvent) => Promise<unknown>;

const WAYS = {
  Rollcall: (client, tableName) => {
    const handler = createStreamHandler({ tableName, client, ...SILENT });
    return (event) => handler(event, { getRemainingTimeInMillis: () => 60_000 });
  },
  "record by record": (client, tableName) => recordConsumer({ client, tableName }),
} as const satisfies Record<string, (client: DynamoDBClient, tableName: string) => Consume>;

type Way = keyof typeof WAYS;

/** Handles records of a stream, of which some tell of drift; then waits for repairs as they are deployed. */
export const maintain: Case = async function* (bench) {
  await using lab = await bench.openLab();
  for (const drift of SIZES[bench.mode].drifts) yield* manyRecords(lab, bench, drift, 1);
  yield* manyRecords(lab, bench, 0, 2);
  if (bench.mode === "full") yield* timeRepairs(bench);
};

async function* manyRecords(lab: Lab, bench: Bench, drift: number, streamShards: 1 | 2): AsyncGenerator<Row> {
  const { records, rounds } = SIZES[bench.mode];
  const { batches, names, listed } = stage(records, drift, streamShards);
  const tables = new Map<Way, string>();
  const costs = new Map<Way, Counts>();
  for (const way of Object.keys(WAYS) as Way[]) {
    const tableName = await lab.createTable();
    tables.set(way, tableName);
    await putDefaults(lab.client, tableName, names);
    await putRegistry(lab.client, tableName, listed);
    const counts = await lab.count((client) => consume(WAYS[way](client, tableName), batches));
    costs.set(way, { ...counts, drift: await countDrift({ client: lab.client, tableName }, names) });
  }
  const ways = [...tables].map(([way, tableName]) => {
    const handle = WAYS[way](lab.client, tableName);
    return { way, reset: () => putRegistry(lab.client, tableName, listed), run: () => consume(handle, batches) };
  });
  const times = await interleave(ways, { rounds, clock: bench.clock });
  for (const [way, timing] of times) {
    const row = { table: "maintain", setting: { records, drift, streamShards }, way, operations: 1, isExact: true };
    const amounts = { recordsPerSecond: records / (timing.ms.median / 1_000) };
    yield { ...row, counts: costs.get(way) ?? {}, ...timing, amounts };
  }
}

/**
 * Records, so large a share of them from puts that registered nothing, the others from sets, two each: in one shard of the
 * stream, or those of the defaults in one and those of the registry in another.
 */
function stage(count: number, drift: number, streamShards: 1 | 2) {
  const strays = namesOf("stray-", count * drift);
  const sets = namesOf("set-", (count - strays.length) / 2);
  const listed = namesOf("model-", REGISTERED);
  const records = new StreamRecords();
  for (const name of sets) {
    records.set(name, listed);
    listed.push(name);
  }
  for (const name of strays) records.put(name);
  return { names: [...sets, ...strays], listed, batches: records.batches(streamEventSource().batchSize, streamShards) };
}

async function consume(handle: Consume, batches: readonly DynamoDBStreamEvent[]): Promise<void> {
  for (const batch of batches) await handle(batch);
}
