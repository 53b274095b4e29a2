import { BatchGetItemCommand, CreateTableCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { Database } from "@rollcall/memory-dynamodb";
import { Registry, type RegistryDefinition, shardOf, tableDefinition } from "@rollcall/registry";
import { registryKeys, withTiming } from "@rollcall/registry/internal";
import { VirtualClock } from "@rollcall/testing/dynamodb/virtual-clock";
import type { Bench, Case, Row } from "../bench.ts";
import { interleave } from "../measuring/interleave.ts";
import type { Lab } from "../measuring/lab.ts";
import { serializingClient } from "../measuring/serializing-client.ts";
import { namesOf } from "../tables/items.ts";
import { seededRandom } from "../tables/random.ts";
import { putShards, tenantsIn } from "../tables/shards.ts";

const ROUNDS = { quick: 1, full: 15 } as const;

/** Names that are registered where one more is created. */
const REGISTERED = 10_000;
const SHARDS = 16;

/** Names that no one item could list. One engine compares each name of a set with each other, which takes minutes. */
const MANY_NAMES = { quick: 100_000, full: 1_000_000 } as const;
const MANY_SHARDS = 64;

const WRITERS = 64;
const CONFLICTS = 0.3;
/** How long a transaction takes in simulated time: a usual latency in one Region. */
const HOLD_MS = 5;
/** How long they write. */
const WRITING_MS = { quick: 2_000, full: 10_000 } as const;

/** What one registry in many items costs, and what it takes beside a single one. */
export const shards: Case = async function* (bench) {
  await using lab = await bench.openLab();
  for (const count of [1, SHARDS]) yield await lonelyCreates(lab, count);
  yield* listMany(lab, bench);
  for (const count of [1, SHARDS]) yield await manyWriters(bench, count);
};

/** One create in each of as many parts as there are shards, none beside another. */
async function lonelyCreates(lab: Lab, count: number): Promise<Row> {
  const definition = tenantsIn(count);
  const tableName = await lab.createTable();
  await putShards(lab.client, tableName, definition, namesOf("name-", REGISTERED));
  const fresh = namesOf("more-", 1_000);
  const names = Array.from({ length: SHARDS }, (_, part) => fresh.find((name) => shardOf(name, SHARDS) === part) ?? "");
  const counts = await lab.count(async (client) => {
    const registry = new Registry({ definition, tableName, client });
    for (const name of names) await registry.put(name, { plan: "free" });
  });
  const setting = { registered: REGISTERED, shards: count };
  return { table: "shards: create", setting, way: "Rollcall", operations: names.length, counts, isExact: true };
}

/** Beside the same requests by the SDK alone, whose names are gathered and sorted. Times are of the processor. */
async function* listMany(lab: Lab, bench: Bench): AsyncGenerator<Row> {
  const definition = tenantsIn(MANY_SHARDS);
  const tableName = await lab.createTable();
  const total = MANY_NAMES[bench.mode];
  await putShards(lab.client, tableName, definition, namesOf("name-", total));
  const ways: Record<string, (client: DynamoDBClient) => Promise<readonly string[]>> = {
    "by hand": (client) => listByHand(client, tableName, definition),
    Rollcall: (client) => new Registry({ definition, tableName, client }).list(),
  };
  const rows: Row[] = [];
  for (const [way, list] of Object.entries(ways)) {
    const counts = await lab.count(async (client) => {
      const found = await list(client);
      if (found.length !== total) throw new Error(`${way} listed ${found.length} of ${total} names`);
    });
    const setting = { names: total, shards: MANY_SHARDS };
    rows.push({ table: "shards: list", setting, way, operations: 1, counts, isExact: true });
  }
  const times = await interleave(
    Object.entries(ways).map(([way, list]) => ({ way, run: () => list(lab.client) })),
    { rounds: ROUNDS[bench.mode], clock: PROCESSOR_CLOCK },
  );
  for (const row of rows) yield { ...row, ...times.get(row.way) };
}

/** Milliseconds that the process has computed. */
const PROCESSOR_CLOCK = {
  now: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  },
};

/** What one would write by hand. */
async function listByHand(
  client: DynamoDBClient,
  TableName: string,
  definition: RegistryDefinition,
): Promise<string[]> {
  const { attribute } = definition.registry;
  const names: string[][] = [];
  const all = Array.from({ length: MANY_SHARDS }, (_, shard) => registryKeys(definition).registryKey(undefined, shard));
  for (let keys: NonNullable<unknown>[] = all; keys.length > 0; ) {
    const batch = new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: keys as typeof all } } });
    const { Responses = {}, UnprocessedKeys = {} } = await client.send(batch);
    for (const item of Responses[TableName] ?? []) names.push(item[attribute]?.SS ?? []);
    keys = UnprocessedKeys[TableName]?.Keys ?? [];
  }
  return names.flat().sort();
}

/** Processes that know nothing of each other, on a table in memory, in simulated time. */
async function manyWriters({ seed, mode }: Bench, count: number): Promise<Row> {
  const definition = tenantsIn(count);
  const clock = new VirtualClock();
  const database = new Database({ now: () => clock.now() });
  const tableName = "app";
  database.execute(new CreateTableCommand({ TableName: tableName, ...tableDefinition(definition) }));
  const random = seededRandom(seed);
  const client = serializingClient(database, { clock, holdMs: HOLD_MS, conflicts: CONFLICTS, random });
  let acknowledged = 0;
  const write = async (_: unknown, writer: number): Promise<void> => {
    const timing = withTiming({ clock, random: seededRandom(seed + 1 + writer) });
    const registry = new Registry({ definition, tableName, client: client as never, ...timing });
    for (let i = 0; clock.now() < WRITING_MS[mode]; i++) {
      await registry.put(`w${writer}-${i}`);
      acknowledged++;
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
  const simulatedMs = clock.now() / acknowledged;
  return {
    table: "shards: writers",
    setting: { writers: WRITERS, conflicts: CONFLICTS, shards: count },
    way: "Rollcall",
    operations: 1,
    counts: { requests: client.requests / acknowledged, simulatedMs },
    isExact: true,
    amounts: { acknowledgedPerSecond: 1_000 / simulatedMs },
  };
}
