import { backfill } from "@rollcall/maintainer";
import { Registry } from "@rollcall/registry";
import { putAll } from "@rollcall/testing/dynamodb/put-all";
import { SparseIndex } from "../alternatives/sparse-index.ts";
import type { Case } from "../bench.ts";
import type { Lab } from "../measuring/lab.ts";
import { namesOf } from "../tables/items.ts";
import { memberItem, tenants } from "../tables/members.ts";
import type { TableAddress } from "../tables/table-address.ts";

const SIZES = { quick: [10, 1_000], full: [10, 100, 1_000, 10_000] } as const;

/** As many creates as one transaction takes. */
const TOGETHER = 99;

/** What both ways can do. */
interface Way {
  fill(): Promise<unknown>;
  list(): Promise<readonly string[]>;
  create(name: string): Promise<void>;
  delete(name: string): Promise<void>;
}

function rollcall(table: TableAddress): Way {
  const registry = new Registry({ ...table, definition: tenants });
  return {
    // One segment, for the pages of several depend on who is first.
    fill: () => backfill({ ...table, registries: [tenants], segments: 1, maxReadUnitsPerSecond: Infinity }),
    list: () => registry.list(),
    create: (name) => registry.put(name, { plan: "free" }),
    delete: (name) => registry.delete(name),
  };
}

const WAYS: Readonly<Record<string, { open(table: TableAddress): Way; isIndexed: boolean }>> = {
  Rollcall: { open: rollcall, isIndexed: false },
  "sparse index": { open: (table) => new SparseIndex(table), isIndexed: true },
};

/** Members that are there before there is a list of them, the filling of it, and what it costs from then on. */
export const sparseIndex: Case = async function* (bench) {
  for (const names of SIZES[bench.mode]) {
    await using lab = await bench.openLab();
    const members = namesOf("name-", names);
    const operations: Readonly<Record<string, (way: Way) => Promise<unknown>>> = {
      fill: (way) => way.fill(),
      list: (way) => listExactly(way, members),
      create: (way) => way.create("one-more-abc"),
      delete: (way) => way.delete("one-more-abc"),
      [`create ${TOGETHER} concurrently`]: (way) => createAll(way, namesOf("more-", TOGETHER)),
    };
    const tables = await createTables(lab, members);
    for (const [operation, work] of Object.entries(operations)) {
      for (const [way, tableName] of tables) {
        const counts = await lab.count((client) => work(WAYS[way]?.open({ client, tableName }) as Way));
        yield { table: "sparse index", setting: { names, operation }, way, operations: 1, counts, isExact: true };
      }
    }
  }
};

/** A table for each way, with the members and no list of them. */
async function createTables(lab: Lab, members: readonly string[]): Promise<Map<string, string>> {
  const tables = new Map<string, string>();
  for (const [way, { isIndexed }] of Object.entries(WAYS)) {
    const tableName = await lab.createTable(isIndexed ? { index: "kinds" } : {});
    await putAll(lab.client, tableName, members.map(memberItem));
    tables.set(way, tableName);
  }
  return tables;
}

async function listExactly(way: Way, members: readonly string[]): Promise<void> {
  const found = await way.list();
  if (found.length !== members.length) throw new Error(`listed ${found.length} of ${members.length} names`);
}

async function createAll(way: Way, names: readonly string[]): Promise<void> {
  await Promise.all(names.map((name) => way.create(name)));
}
