/** A process of its own that writes what it is told, with a client and a registry of its own. */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Engine } from "@rollcall/local";
import { meterCapacity } from "@rollcall/testing/rollcall/capacity-meter";
import { WRITERS } from "../alternatives/writers.ts";
import { injectConflicts } from "../measuring/faults.ts";
import { seededRandom } from "../tables/random.ts";
import { writeAll } from "../tables/write-all.ts";
import type { WritingJob, WritingReport } from "./writing-job.ts";

process.on("message", async (job: WritingJob) => {
  const { engine, tableName, way, operation, names, writers, conflicts, seed } = job;
  const client = new DynamoDBClient(engine.clientConfig);
  using meter = meterCapacity(client, engine as Engine);
  injectConflicts(client, conflicts, seededRandom(seed));
  const outcome = await writeAll(
    WRITERS[way]({ client, tableName }, seededRandom(seed + 1)),
    operation,
    names,
    writers,
  );
  const { requests, readUnits, writeUnits } = meter;
  const report: WritingReport = { ...outcome, counts: { requests, readUnits, writeUnits } };
  process.send?.(report);
  client.destroy();
});
