import { writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { formatManifest } from "@rollcall/cli";
import { ForeignWriter } from "@rollcall/maintainer/drifts";
import { ResourceRegistry } from "@rollcall/registry";
import { describeEachEngineName } from "@rollcall/testing/dynamodb/engines";
import { afterAll, beforeAll, expect, it } from "vitest";
import { rollcall } from "../../fixtures/run-cli.ts";
import { finished, spawnRollcall } from "../../fixtures/spawn-cli.ts";
import { countRequests } from "../apply-requests.ts";
import { killsOn, type Moment, moments, SEED, TEST_MS } from "./chances.ts";
import { DiskEngine } from "./disk-engine.ts";
import { NO_DRIFT, takeSnapshot } from "./snapshot.ts";

const MANIFEST = "limits.yaml";

const names = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}-${i}`);
const each = (capacity: number, ...names: readonly string[]) => names.map((name) => [name, capacity] as const);
const [kept, changed, gone, created] = [names("kept", 10), names("changed", 10), names("gone", 10), names("new", 10)];
/** What others have broken: written and not registered, and the other way round. */
const [stray, ghost] = [names("stray", 20), names("ghost", 20)];

/** The capacities before a command. */
const BEFORE = new Map(each(1, ...kept, ...changed, ...gone));
const EVERY_NAME = [...BEFORE.keys(), ...created, ...stray, ...ghost];

/** Commands that write, and the capacities they are to leave behind. */
const COMMANDS = [
  { command: "resource set new-0 -l rpm:2", after: new Map([...BEFORE, ...each(2, "new-0")]) },
  { command: "resource update changed-0 -l rpm:2", after: new Map([...BEFORE, ...each(2, "changed-0")]) },
  { command: "resource delete gone-0 --yes", after: new Map([...BEFORE].filter(([name]) => name !== "gone-0")) },
  {
    command: `resource apply ${MANIFEST} --prune --yes`,
    after: new Map([...each(1, ...kept), ...each(2, ...changed, ...created)]),
  },
  { command: "registry repair", after: new Map([...BEFORE, ...each(5, ...stray)]) },
  { command: "registry backfill", after: new Map([...BEFORE, ...each(5, ...stray)]) },
];

describeEachEngineName("rollcall, its table on disk", (engineName) => {
  const kills = killsOn(engineName, { few: 3, many: 40 });
  let disk: DiskEngine;
  beforeAll(async () => {
    disk = await DiskEngine.start(engineName);
  });
  afterAll(() => disk[Symbol.asyncDispose]());

  it.for(COMMANDS)(
    `$command: introduces no drift, and completes when it is run once more: ${kills} × SIGKILL, seed ${SEED}`,
    {
      timeout: TEST_MS,
    },
    async ({ command, after }, { annotate }) => {
      const { client, tableName } = disk;
      const isPass = command.startsWith("registry");
      let onAnswer = () => {};
      await using endpoint = await countRequests(disk.clientConfig.endpoint, () => onAnswer());
      const manifest = path.join(disk.folder, MANIFEST);
      const limits = (capacity: number) => [{ name: "rpm", capacity, refillAmount: capacity, refillPeriodSeconds: 60 }];
      await writeFile(
        manifest,
        formatManifest(new Map([...after].map(([name, capacity]) => [name, limits(capacity)]))),
      );

      /** Writes what is there before, in a namespace where no killed process can have a request in flight. */
      const prepare = async (namespace: string) => {
        await using registry = new ResourceRegistry({ tableName, namespace, client });
        await Promise.all([...BEFORE].map(([name, capacity]) => registry.setResourceDefaults(name, limits(capacity))));
        if (!isPass) return;
        const others = new ForeignWriter(client, tableName, namespace);
        await others.register(...ghost);
        await Promise.all(stray.map((name) => others.putItem(name)));
      };
      const argv = (namespace: string) => [
        ...command.replace(MANIFEST, manifest).split(" "),
        ...["--table", tableName, "--namespace", namespace, "--endpoint-url", endpoint.url],
        ...(isPass ? ["--cursor", path.join(disk.folder, "cursor.json")] : []),
      ];
      const look = (namespace: string) => takeSnapshot(client, tableName, EVERY_NAME, namespace);
      const complete = async (namespace: string) => {
        expect(await rollcall(argv(namespace))).toMatchObject({ exitCode: 0 });
        expect(await look(namespace)).toEqual({ capacities: after, drift: NO_DRIFT });
      };

      /** Says whether it was killed, or had completed before. A sign of life is a request that was answered. */
      const runAndKill = async (namespace: string, { signs, ms }: Moment): Promise<boolean> => {
        const heard = Promise.withResolvers<void>();
        let answers = 0;
        onAnswer = () => {
          if (++answers === signs) heard.resolve();
        };
        const child = spawnRollcall(argv(namespace));
        const ended = finished(child);
        await Promise.race([ended, heard.promise.then(() => setTimeout(ms))]);
        child.kill("SIGKILL");
        await ended;
        return child.signalCode === "SIGKILL";
      };

      const title = command.replaceAll(/\W+/g, "-");
      await prepare(`${title}-whole`);
      await complete(`${title}-whole`);
      const requests = Object.values(endpoint.take()).reduce((sum, count) => sum + count);

      const choices = moments(kills, { signs: requests, ms: 4 });
      let rounds = 0;
      for (let killed = 0; killed < kills; rounds++) {
        const namespace = `${title}-${rounds}`;
        await prepare(namespace);
        const before = await look(namespace);
        if (await runAndKill(namespace, choices[rounds % kills] as Moment)) killed++;
        const { capacities, drift } = await look(namespace);
        for (const name of EVERY_NAME) {
          expect([before.capacities.get(name), after.get(name)], name).toContain(capacities.get(name));
        }
        expect(drift.missing.filter((name) => !before.drift.missing.includes(name))).toEqual([]);
        expect(drift.orphaned.filter((name) => !before.drift.orphaned.includes(name))).toEqual([]);
        await complete(namespace);
      }
      await annotate(`${rounds} runs of ${requests} requests, ${kills} of them killed`);
    },
  );
});
