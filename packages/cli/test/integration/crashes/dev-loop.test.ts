import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { CreateTableCommand, DescribeTimeToLiveCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { startEngine } from "@rollcall/local";
import { ForeignWriter } from "@rollcall/maintainer/drifts";
import { TTL_ATTRIBUTE, tableDefinition } from "@rollcall/registry/schema";
import { describeEachEngineProgram } from "@rollcall/testing/dynamodb/engines";
import { readDrift } from "@rollcall/testing/rollcall/drifted-table";
import { expect, it, onTestFinished, vi } from "vitest";
import { rollcall } from "../../fixtures/run-cli.ts";
import { killsOn, moments, SEED, TEST_MS } from "./chances.ts";
import { DevLoop } from "./dev-loop.ts";
import { Ledger } from "./ledger.ts";
import { NO_DRIFT, takeSnapshot } from "./snapshot.ts";
import { PRODUCER_NAMES, startProducer } from "./start-producer.ts";
import { startVandal } from "./start-vandal.ts";

const TABLE = "rollcall";

/**
 * dynoxide's stream is on disk with the table, and a checkpoint never runs ahead of it: the maintainer resumes where it
 * was. DynamoDB Local may lose its last writes with their records, and gives their numbers to others, which the
 * checkpoint then says are done: there, only a repair is sure to find everything.
 */
const PROMISES = {
  dynoxide: "keeps every acknowledged write and heals all drift",
  "dynamodb-local": "may lose acknowledged writes, and is exact after a repair",
} as const;

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "rollcall-crash-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

describeEachEngineProgram("rollcall dev, on disk", (engineName) => {
  const kills = killsOn(engineName, { few: 2, many: 40 });

  it(`${PROMISES[engineName]}, under load: ${kills} × SIGKILL to it or its engine, seed ${SEED}`, {
    timeout: TEST_MS,
  }, async ({ annotate }) => {
    const folder = await makeFolder();
    await using started = new AsyncDisposableStack();
    let loop = started.use(await DevLoop.start(engineName, folder));
    const { clientConfig } = loop;
    const client = started.adopt(new DynamoDBClient(clientConfig), (client) => client.destroy());
    const ledger = new Ledger();
    const producer = started.use(startProducer(clientConfig, TABLE, ledger));
    const vandal = started.use(startVandal(clientConfig, TABLE));

    for (const [round, moment] of moments(kills, { signs: 2, ms: 300 }).entries()) {
      await loop.program.untilMoment(moment, loop.batches);
      if (round % 2 === 0) {
        await loop.program.kill();
      } else {
        loop.killEngine();
        const { exitCode, errors } = await loop.program.end();
        expect({ exitCode, errors }).toEqual({
          exitCode: 1,
          errors: expect.stringContaining("engine ended by itself, with SIGKILL"),
        });
      }
      loop = started.use(await loop.startAgain());
    }
    await producer.kill();
    await vandal.kill();

    // Drift that was made just before the last crash.
    const others = new ForeignWriter(client, TABLE);
    await others.putItem("last-stray");
    await others.unregister(...PRODUCER_NAMES);
    await loop.program.kill();
    loop = started.use(await loop.startAgain());
    if (engineName === "dynamodb-local") {
      const at = ["--table", TABLE, "--endpoint-url", clientConfig.endpoint];
      const repair = ["registry", "repair", ...at, "--cursor", path.join(folder, "cursor.json")];
      expect(await rollcall(repair)).toMatchObject({ exitCode: 0 });
    }
    await vi.waitFor(async () => expect(await readDrift(client, TABLE)).toEqual(NO_DRIFT), {
      timeout: TEST_MS / 2,
      interval: 200,
    });
    const { capacities } = await takeSnapshot(client, TABLE, PRODUCER_NAMES);
    const lost = ledger.lost(capacities);
    if (engineName === "dynoxide") expect(lost).toEqual([]);
    await annotate(
      `${ledger.acknowledged} writes acknowledged, ${lost.length} of them lost; ${vandal.lines.length} drifts made`,
    );
  });
});

it("rollcall dev switches expiry on, where the process that created the table was killed before that", async () => {
  const dbPath = await makeFolder();
  await using stopped = await startEngine({ dbPath });
  const creator = new DynamoDBClient(stopped.clientConfig);
  await creator.send(new CreateTableCommand({ TableName: TABLE, ...tableDefinition() }));
  creator.destroy();
  await stopped.stop();

  await using loop = await DevLoop.start(stopped.name, dbPath);
  const client = new DynamoDBClient(loop.clientConfig);
  const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName: TABLE }));
  client.destroy();
  expect(TimeToLiveDescription).toEqual({ TimeToLiveStatus: "ENABLED", AttributeName: TTL_ATTRIBUTE });
});
