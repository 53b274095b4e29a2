import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { ResourceRegistry } from "@rollcall/registry";
import { registryKey } from "@rollcall/registry/schema";
import { putAll } from "@rollcall/testing/dynamodb/put-all";
import { neighbours } from "@rollcall/testing/rollcall/neighbours";
import { queryForNames } from "../alternatives/index-query.ts";
import { scanForNames, scanForNamesInParallel } from "../alternatives/table-scan.ts";
import type { Bench, Case, Row } from "../bench.ts";
import { interleave } from "../measuring/interleave.ts";
import type { Lab } from "../measuring/lab.ts";
import { NOTHING_COUNTED } from "../measuring/measurement.ts";
import { NAMESPACE, namesOf, putDefaults, putRegistry } from "../tables/items.ts";
import type { TableAddress } from "../tables/table-address.ts";

const SIZES = {
  quick: { neighbours: [1_000], names: [10, 100], rounds: 3, readRounds: 20 },
  full: { neighbours: [1_000, 10_000, 100_000], names: [10, 100, 1_000, 10_000], rounds: 5, readRounds: 300 },
} as const;

/** A Scan of more items takes many seconds, and hardly varies. */
const MANY_NEIGHBOURS = 10_000;
const FEW_ROUNDS = 3;

type ListNames = (table: TableAddress) => Promise<readonly string[]>;

const WAYS: Readonly<Record<string, ListNames>> = {
  Rollcall: (table) => new ResourceRegistry({ ...table, namespace: NAMESPACE }).listResourcesWithDefaults(),
  "paged Scan": scanForNames,
  "parallel Scan": scanForNamesInParallel,
  "Query on an index": queryForNames,
};

/** Lists the names of all defaults, in tables of several sizes, each filled once and its names added to. */
export const list: Case = async function* (bench) {
  const sizes = SIZES[bench.mode];
  for (const count of sizes.neighbours) {
    await using lab = await bench.openLab();
    const tableName = await lab.createTable({ index: "namespaces" });
    await putAll(lab.client, tableName, neighbours(NAMESPACE, count));
    let there = 0;
    for (const total of sizes.names) {
      const added = namesOf("model-", total - there, there);
      await putDefaults(lab.client, tableName, added);
      await putRegistry(lab.client, tableName, namesOf("model-", total));
      there = total;
      const setting = { neighbours: count, names: total };
      yield* besideScans(lab, bench, tableName, setting);
      if (count === sizes.neighbours[0]) yield* besideBareRead(lab, bench, tableName, { names: total });
    }
  }
};

async function* besideScans(
  lab: Lab,
  bench: Bench,
  tableName: string,
  setting: { neighbours: number; names: number },
): AsyncGenerator<Row> {
  const ways = Object.entries(WAYS);
  const counts = new Map<string, Row["counts"]>();
  for (const [way, names] of ways) {
    counts.set(
      way,
      await lab.count(async (client) => {
        const found = await names({ client, tableName });
        if (found.length !== setting.names) throw new Error(`${way} found ${found.length} of ${setting.names} names`);
      }),
    );
  }
  const times = await interleave(
    ways.map(([way, names]) => ({ way, run: () => names({ client: lab.client, tableName }) })),
    { rounds: setting.neighbours > MANY_NEIGHBOURS ? FEW_ROUNDS : SIZES[bench.mode].rounds, clock: bench.clock },
  );
  for (const [way, timing] of times) {
    yield { table: "list", setting, way, operations: 1, counts: counts.get(way) ?? {}, isExact: true, ...timing };
  }
}

/** What the library adds to the one request it sends. */
async function* besideBareRead(
  lab: Lab,
  bench: Bench,
  tableName: string,
  setting: { names: number },
): AsyncGenerator<Row> {
  const { client } = lab;
  const registry = new ResourceRegistry({ tableName, namespace: NAMESPACE, client });
  const Key = registryKey(NAMESPACE);
  const ways = {
    "bare GetItem": () => client.send(new GetItemCommand({ TableName: tableName, Key })),
    Rollcall: () => registry.listResourcesWithDefaults(),
  };
  const times = await interleave(
    Object.entries(ways).map(([way, run]) => ({ way, run })),
    { rounds: SIZES[bench.mode].readRounds, clock: bench.clock },
  );
  for (const [way, timing] of times) yield { table: "overhead", setting, way, ...NOTHING_COUNTED, ...timing };
}
