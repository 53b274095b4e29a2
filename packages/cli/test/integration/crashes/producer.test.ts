import { describeEachEngineName } from "@rollcall/testing/dynamodb/engines";
import { expect, it } from "vitest";
import { killsOn, moments, SEED, TEST_MS } from "./chances.ts";
import { DiskEngine } from "./disk-engine.ts";
import { Ledger } from "./ledger.ts";
import { NO_DRIFT, takeSnapshot } from "./snapshot.ts";
import { PRODUCER_NAMES, startProducer } from "./start-producer.ts";

describeEachEngineName("a producer", (engineName) => {
  const kills = killsOn(engineName, { few: 20, many: 200 });

  it(`makes no drift at any instant and loses nothing acknowledged: ${kills} × SIGKILL, seed ${SEED}`, {
    timeout: TEST_MS,
  }, async ({ annotate }) => {
    await using disk = await DiskEngine.start(engineName);
    const { client, clientConfig, tableName } = disk;
    const ledger = new Ledger();
    let snapshots = 0;
    const look = async () => {
      const snapshot = await takeSnapshot(client, tableName, PRODUCER_NAMES);
      expect(snapshot.drift).toEqual(NO_DRIFT);
      snapshots++;
      return snapshot.capacities;
    };
    for (const moment of moments(kills, { signs: 40, ms: 10 })) {
      await using producer = startProducer(clientConfig, tableName, ledger);
      await producer.until(() => producer.lines.length > 0);
      const kill = async () => {
        await producer.untilMoment(moment, () => ledger.acknowledged);
        await producer.kill();
      };
      const watch = async () => {
        while (!producer.hasEnded) await look();
      };
      await Promise.all([kill(), watch()]);
      expect(ledger.lost(await look())).toEqual([]);
    }
    await annotate(`${ledger.acknowledged} writes acknowledged, ${snapshots} snapshots`);
  });
});
