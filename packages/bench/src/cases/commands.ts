import { execFileSync } from "node:child_process";
import path from "node:path";
import { ResourceRegistry } from "@rollcall/registry";
import type { Bench, Case, Row } from "../bench.ts";
import { type ProcessCost, runProcess } from "../commands/run-process.ts";
import { NOTHING_COUNTED } from "../measuring/measurement.ts";
import { spreadOf } from "../measuring/spread.ts";
import { setBesideFirst } from "../measuring/timing.ts";
import { LIMITS, namesOf } from "../tables/items.ts";

const ROOT = path.resolve(import.meta.dirname, "../../../..");
const MAIN = path.join(ROOT, "packages/cli/dist/main.js");
const GET_ITEM = path.join(import.meta.dirname, "../commands/get-item.mjs");
const ROUNDS = { quick: 1, full: 15 } as const;
const NAMES = 10;

/** Commands as their package has them, each as a process beside the least that could do the same. */
export const commands: Case = async function* (bench) {
  execFileSync("npm", ["run", "--silent", "build"], { cwd: ROOT, stdio: "inherit" });
  await using lab = await bench.openLab();
  const tableName = await lab.createTable();
  await using registry = new ResourceRegistry({ tableName, client: lab.client });
  await Promise.all(namesOf("model-", NAMES).map((name) => registry.setResourceDefaults(name, LIMITS)));
  const { endpoint, clientConfig } = lab.engine;
  const environment = {
    AWS_REGION: clientConfig.region,
    AWS_ACCESS_KEY_ID: clientConfig.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: clientConfig.credentials.secretAccessKey,
  };
  const run = (words: readonly string[]): Promise<ProcessCost> => runProcess(words, environment);
  yield* besideFirst(bench, run, "--help", {
    "node -e 0": ["-e", "0"],
    Rollcall: [MAIN, "--help"],
  });
  yield* besideFirst(bench, run, "resource list", {
    "bare GetItem": [GET_ITEM, tableName, endpoint],
    Rollcall: [MAIN, "resource", "list", "--table", tableName, "--endpoint-url", endpoint],
  });
};

/** Runs all ways alternately. */
async function* besideFirst(
  { mode }: Bench,
  run: (words: readonly string[]) => Promise<ProcessCost>,
  command: string,
  ways: Readonly<Record<string, readonly string[]>>,
): AsyncGenerator<Row> {
  const costs = new Map(Object.keys(ways).map((way) => [way, [] as ProcessCost[]]));
  for (let round = 0; round < ROUNDS[mode]; round++) {
    for (const [way, words] of Object.entries(ways)) costs.get(way)?.push(await run(words));
  }
  for (const [time, key] of [["wall", "wallMs"] as const, ["CPU", "cpuMs"] as const]) {
    const samples = new Map([...costs].map(([way, each]) => [way, each.map((cost) => cost[key])]));
    for (const [way, timing] of setBesideFirst(samples)) {
      const memory = spreadOf((costs.get(way) ?? []).map(({ residentBytes }) => residentBytes));
      const amounts = { residentMegabytes: memory.median / 1_024 ** 2 };
      yield { table: "command time", setting: { command, time }, way, ...NOTHING_COUNTED, ...timing, amounts };
    }
  }
}
