import { DeleteItemCommand, type DynamoDBClient, paginateScan } from "@aws-sdk/client-dynamodb";
import { audit, backfill as backfillRegistries, DEFAULT_SEGMENTS } from "@rollcall/maintainer";
import { DEFAULT_SORT_KEY, registryKey } from "@rollcall/registry/schema";
import { putAll } from "@rollcall/testing/dynamodb/put-all";
import { neighbours } from "@rollcall/testing/rollcall/neighbours";
import { backfillByName, unitsOfBackfillByName } from "../alternatives/backfill-by-name.ts";
import type { Bench, Case, Row } from "../bench.ts";
import { interleave } from "../measuring/interleave.ts";
import type { Lab } from "../measuring/lab.ts";
import type { Counts } from "../measuring/measurement.ts";
import { NAMESPACE, namesOf, putDefaults } from "../tables/items.ts";

interface Size {
  readonly names: number;
  readonly namespaces: number;
  readonly neighbours: number;
}

const SIZES = {
  quick: [{ names: 200, namespaces: 1, neighbours: 1_000 }],
  full: [
    { names: 1_000, namespaces: 1, neighbours: 9_000 },
    { names: 10_000, namespaces: 1, neighbours: 90_000 },
    { names: 10_000, namespaces: 10, neighbours: 0 },
    { names: 100_000, namespaces: 100, neighbours: 0 },
  ],
} as const satisfies Record<string, readonly Size[]>;

const ROUNDS = { quick: 1, full: 3 } as const;

/** Most names that are registered one by one here; beyond them the cost is computed. */
const MAX_ONE_BY_ONE = 1_000;

/** No budget: how fast it can be is the question. */
const UNLIMITED = 1e9;

/** Fills the registries of tables that have none, then audits them. */
export const backfill: Case = async function* (bench) {
  for (const size of SIZES[bench.mode]) {
    await using lab = await bench.openLab();
    const tableName = await createTable(lab, size);
    yield* fillRegistries(lab, tableName, size);
    yield* auditBesideScan(lab, bench, tableName, size);
  }
};

/** A table with defaults that are not registered, spread evenly over namespaces, among other items. */
async function createTable(lab: Lab, { names, namespaces, neighbours: others }: Size): Promise<string> {
  const tableName = await lab.createTable();
  const each = namesOf("model-", names / namespaces);
  for (let i = 0; i < namespaces; i++) {
    const namespace = i === 0 ? NAMESPACE : `tenant-${String(i).padStart(4, "0")}`;
    await putDefaults(lab.client, tableName, each, namespace);
  }
  await putAll(lab.client, tableName, neighbours(NAMESPACE, others));
  return tableName;
}

async function* fillRegistries(lab: Lab, tableName: string, { names, namespaces }: Size): AsyncGenerator<Row> {
  const row = { table: "backfill", setting: { names, namespaces }, operations: 1, isExact: true };
  yield { ...row, way: "transaction a name", counts: await costByName(lab, tableName, { names, namespaces }) };
  const counts = await countTransactions(lab, async (client) => {
    // One segment, for the pages of several depend on who is first.
    const options = { client, tableName, allScopes: true, segments: 1, maxReadUnitsPerSecond: UNLIMITED };
    const added = (await backfillRegistries(options)).flatMap((report) => report.added);
    if (added.length !== names) throw new Error(`the backfill added ${added.length} of ${names} names`);
  });
  yield { ...row, way: "Rollcall", counts };
}

/** What registering them one by one costs, tried out where it does not take too long; then the registry is removed. */
async function costByName(lab: Lab, tableName: string, size: Omit<Size, "neighbours">): Promise<Counts> {
  const { names, namespaces } = size;
  const computed = namespaces * unitsOfBackfillByName(namesOf("model-", names / namespaces));
  if (names > MAX_ONE_BY_ONE) return { transactions: names, writeUnits: computed };
  const counts = await countTransactions(lab, (client) => backfillByName({ client, tableName }));
  if (counts.writeUnits !== computed)
    throw new Error(`${counts.writeUnits} write units, and ${computed} by computation`);
  await lab.client.send(new DeleteItemCommand({ TableName: tableName, Key: registryKey(NAMESPACE) }));
  return counts;
}

async function countTransactions(lab: Lab, work: (client: DynamoDBClient) => Promise<unknown>): Promise<Counts> {
  let transactions = 0;
  const counts = await lab.count(async (client) => {
    client.middlewareStack.add(
      (next, { commandName }) =>
        (call) => {
          if (commandName === "TransactWriteItemsCommand") transactions++;
          return next(call);
        },
      { step: "initialize" },
    );
    await work(client);
  });
  return { transactions, ...counts };
}

/** Reads a whole table with its registries true, and finds nothing; beside a Scan that looks for nothing. */
async function* auditBesideScan(lab: Lab, bench: Bench, tableName: string, size: Size): AsyncGenerator<Row> {
  const { names, namespaces, neighbours: others } = size;
  const items = names + namespaces + others;
  const ways = {
    "parallel Scan": (client: DynamoDBClient, segments: number) => scanKeys(client, tableName, segments),
    Rollcall: (client: DynamoDBClient, segments: number) =>
      audit({ client, tableName, allScopes: true, segments, maxReadUnitsPerSecond: UNLIMITED }),
  };
  const timed = Object.entries(ways).map(([way, read]) => ({ way, run: () => read(lab.client, DEFAULT_SEGMENTS) }));
  const times = await interleave(timed, { rounds: ROUNDS[bench.mode], clock: bench.clock });
  for (const [way, read] of Object.entries(ways)) {
    const counts = await lab.count((client) => read(client, 1));
    const timing = times.get(way);
    const amounts = timing && { itemsPerSecond: items / (timing.ms.median / 1_000) };
    const row = { table: "audit", setting: { items, names, namespaces }, way, operations: 1, isExact: true };
    yield { ...row, counts, ...timing, ...(amounts && { amounts }) };
  }
}

/** The keys of all defaults, a megabyte a request in every segment. */
async function scanKeys(client: DynamoDBClient, TableName: string, segments: number): Promise<void> {
  const scan = async (Segment: number) => {
    const pages = paginateScan(
      { client },
      {
        TableName,
        Segment,
        TotalSegments: segments,
        ProjectionExpression: "PK, SK",
        FilterExpression: "SK = :sk",
        ExpressionAttributeValues: { ":sk": { S: DEFAULT_SORT_KEY } },
      },
    );
    for await (const _ of pages);
  };
  await Promise.all(Array.from({ length: segments }, (_, segment) => scan(segment)));
}
