import { streamEventSource } from "@rollcall/maintainer";
import type { Case, Row } from "../bench.ts";
import { bundleFunction, type FunctionBundle } from "../lambda/bundle-function.ts";
import { FunctionProcess } from "../lambda/function-process.ts";
import type { Lab } from "../measuring/lab.ts";
import { NOTHING_COUNTED } from "../measuring/measurement.ts";
import { spreadOf } from "../measuring/spread.ts";
import { setBesideFirst } from "../measuring/timing.ts";
import { namesOf, putDefaults, putRegistry } from "../tables/items.ts";
import { StreamRecords } from "../tables/stream-records.ts";

const SIZES = {
  quick: { starts: 1, invocations: 3 },
  full: { starts: 15, invocations: 50 },
} as const;

/** A bare handler first, which the others are set beside. */
const FUNCTIONS = {
  "bare handler": "packages/bench/src/lambda/bare-handler.ts",
  "Rollcall, stream": "packages/maintainer/src/lambda/stream.ts",
  "Rollcall, sweep": "packages/maintainer/src/lambda/sweep.ts",
} as const;

type FunctionName = keyof typeof FUNCTIONS;
const NAMES = Object.keys(FUNCTIONS) as FunctionName[];

/** Times in milliseconds of one function, and its memory at the end, one for each of its processes. */
interface Lives {
  readonly startUp: number[];
  readonly first: number[];
  readonly later: number[];
  readonly residentBytes: number[];
}

/** The functions as they are deployed: size, start-up, and invocations with a full batch of clean records. */
export const lambda: Case = async function* (bench) {
  await using lab = await bench.openLab();
  const tableName = await lab.createTable();
  const bundles = new Map<FunctionName, FunctionBundle>();
  for (const name of NAMES) bundles.set(name, await bundleFunction(name.replace(/\W+/g, "-"), FUNCTIONS[name]));
  const event = await cleanBatch(lab, tableName);
  const lives = new Map(NAMES.map((name) => [name, { startUp: [], first: [], later: [], residentBytes: [] } as Lives]));
  for (let round = 0; round < SIZES[bench.mode].starts; round++) {
    for (const [name, { file }] of bundles) {
      await using process = await FunctionProcess.start(file, environment(lab, tableName, name));
      const life = lives.get(name);
      life?.startUp.push(process.startUpMs);
      life?.first.push((await process.invoke(event)).ms);
      const later = [];
      for (let i = 0; i < SIZES[bench.mode].invocations; i++) later.push(await process.invoke(event));
      life?.later.push(spreadOf(later.map(({ ms }) => ms)).median);
      life?.residentBytes.push(later.at(-1)?.residentBytes ?? 0);
    }
  }
  for (const [name, { bytes }] of bundles) {
    const residentBytes = lives.get(name)?.residentBytes ?? [];
    const amounts = { kilobytes: bytes / 1_024, residentMegabytes: spreadOf(residentBytes).median / 1_024 ** 2 };
    yield { table: "function size", setting: {}, way: name, ...NOTHING_COUNTED, amounts };
  }
  yield* times(lives);
};

function* times(lives: ReadonlyMap<FunctionName, Lives>): Generator<Row> {
  const phases = { "start-up": "startUp", "first invocation": "first", "later invocations": "later" } as const;
  for (const [phase, key] of Object.entries(phases)) {
    const samples = new Map([...lives].map(([name, life]) => [name, life[key]]));
    if (key !== "startUp") samples.delete("Rollcall, sweep"); // it sweeps the table for any event
    for (const [way, timing] of setBesideFirst(samples)) {
      yield { table: "function time", setting: { phase }, way, ...NOTHING_COUNTED, ...timing };
    }
  }
}

/** As many records as the mapping delivers in one batch, of sets that left no drift. */
async function cleanBatch(lab: Lab, tableName: string) {
  const names = namesOf("set-", streamEventSource().batchSize / 2);
  const records = new StreamRecords();
  for (const [i, name] of names.entries()) records.set(name, names.slice(0, i));
  await putDefaults(lab.client, tableName, names);
  await putRegistry(lab.client, tableName, names);
  const [batch] = records.batches(streamEventSource().batchSize);
  if (batch === undefined) throw new Error("there are no records");
  return batch;
}

/** What Lambda sets for every function, where DynamoDB is, and what the app sets for its own. */
function environment({ engine }: Lab, tableName: string, name: FunctionName): Record<string, string> {
  return {
    ROLLCALL_TABLE: tableName,
    AWS_LAMBDA_FUNCTION_NAME: "bench",
    AWS_REGION: engine.clientConfig.region,
    AWS_ACCESS_KEY_ID: engine.clientConfig.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: engine.clientConfig.credentials.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint,
    ...(name !== "bare handler" && { NODE_OPTIONS: "--enable-source-maps" }),
  };
}
