import { setImmediate } from "node:timers/promises";
import { type AttributeValue, PutItemCommand } from "@aws-sdk/client-dynamodb";
import type { ItemChange } from "@rollcall/memory-dynamodb";
import { defineRegistry, Registry, type RegistryDefinition } from "@rollcall/registry";
import { registryKeys } from "@rollcall/registry/internal";
import { expect, it } from "vitest";
import { backfill } from "../../src/index.ts";
import { DefinedTable, tenants } from "../fixtures/definitions.ts";

const NAMES = Array.from({ length: 10_000 }, (_, i) => `name-${String(i).padStart(7, "0")}`);

const sharded = defineRegistry({
  ...tenants,
  name: "tenants-16",
  registry: { partition: "SYSTEM#", sort: "#TENANTS#{shard}", attribute: "tenants16", shards: 16 },
});

/** Members and registries as they are at every instant, by what each commit changed. */
class Ledger {
  readonly members: Set<string>;
  /** Which registries have to be right at every instant. */
  readonly kept = new Set<RegistryDefinition>([tenants]);
  /** Instants at which one of those was not. */
  readonly wrongs: string[] = [];
  readonly #registries: {
    definition: RegistryDefinition;
    keys: ReturnType<typeof registryKeys>;
    listed: Set<string>;
    wrong: Set<string>;
  }[];

  /** @param names the members that there are, listed by the old registry alone */
  constructor(names: readonly string[]) {
    this.members = new Set(names);
    this.#registries = [tenants, sharded].map((definition) => {
      const listed = new Set(definition === tenants ? names : []);
      return { definition, keys: registryKeys(definition), listed, wrong: this.members.difference(listed) };
    });
  }

  commit(changes: readonly ItemChange[]): void {
    const touched = new Set<string>();
    for (const change of changes) for (const name of this.#apply(change)) touched.add(name);
    for (const { definition, listed, wrong } of this.#registries) {
      for (const name of touched) {
        if (this.members.has(name) === listed.has(name)) wrong.delete(name);
        else wrong.add(name);
      }
      if (this.kept.has(definition) && wrong.size > 0) this.wrongs.push(`${definition.name}: ${[...wrong].join()}`);
    }
  }

  #apply({ key, before, after }: ItemChange): Iterable<string> {
    const member = registryKeys(tenants).readMember(key)?.member;
    if (member !== undefined) {
      if (after === undefined) this.members.delete(member);
      else this.members.add(member);
      return [member];
    }
    const registry = this.#registries.find(({ keys }) => keys.readRegistry(key) !== undefined);
    if (registry === undefined) return [];
    const namesIn = (item: Record<string, AttributeValue> | undefined) =>
      new Set(item?.[registry.definition.registry.attribute]?.SS);
    const [old, now] = [namesIn(before), namesIn(after)];
    const [gone, come] = [old.difference(now), now.difference(old)];
    for (const name of gone) registry.listed.delete(name);
    for (const name of come) registry.listed.add(name);
    return gone.union(come);
  }
}

type Mode = "old" | "both" | "new";
type Change = "add" | "remove";

/** Writes one name after the other for as long as it may, each in the mode of that moment. */
class LiveWriter {
  mode: Mode = "old";
  writes = 0;
  #isStopped = false;
  readonly #table: DefinedTable;
  readonly #seat: number;
  readonly #old: Registry;
  readonly #new: Registry;

  constructor(table: DefinedTable, seat: number) {
    this.#table = table;
    this.#seat = seat;
    this.#old = new Registry({ definition: tenants, tableName: table.tableName, client: table.client });
    this.#new = new Registry({ definition: sharded, tableName: table.tableName, client: table.client });
  }

  async run(): Promise<void> {
    while (!this.#isStopped) {
      const turn = Math.floor(this.writes / 3);
      const calls = [
        ["add", `new-${this.#seat}-${turn}`],
        ["remove", NAMES[2 * turn + this.#seat] ?? ""],
        ["remove", `new-${this.#seat}-${turn - 1}`],
      ] as const satisfies [Change, string][];
      const [change, name] = calls[this.writes % 3] as (typeof calls)[number];
      await this.#write(change, name);
      this.writes++;
      await setImmediate();
    }
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** Resolves when it has written so much more. */
  async continueFor(writes: number): Promise<void> {
    for (const until = this.writes + writes; this.writes < until; ) await setImmediate();
  }

  async #write(change: Change, name: string): Promise<void> {
    const registry = this.mode === "new" ? this.#new : this.#old;
    if (this.mode !== "both") return change === "add" ? registry.put(name) : registry.delete(name);
    const TableName = this.#table.tableName;
    const key = registryKeys(tenants).memberKey(name);
    const own = change === "add" ? { Put: { TableName, Item: key } } : { Delete: { TableName, Key: key } };
    return registry.write(name, [own, this.#new.action(change, name)]);
  }
}

/** A client that leaves the writers a turn at every tenth request. */
function unhurried({ client }: DefinedTable): Pick<DefinedTable["client"], "send"> {
  let requests = 0;
  const send = async (...args: Parameters<typeof client.send>) => {
    if (++requests % 10 === 0) await setImmediate();
    return client.send(...args);
  };
  return { send: send as typeof client.send };
}

it("10,000 names move from 1 to 16 shards beside live writers: what writers keep is right at every instant", {
  timeout: 120_000,
}, async () => {
  const table = new DefinedTable(tenants, sharded);
  const ledger = new Ledger(NAMES);
  const { tableName, client } = table;
  const open = (definition: RegistryDefinition) => new Registry({ definition, tableName, client });
  const Item = { ...registryKeys(tenants).registryKey(), tenants: { SS: NAMES } };
  await client.send(new PutItemCommand({ TableName: tableName, Item }));
  for (const name of NAMES) await table.put(tenants, name);
  table.onCommit = (changes) => ledger.commit(changes);
  table.takeRecords(); // the maintainer knows nothing of what was there before it

  const writers = [new LiveWriter(table, 0), new LiveWriter(table, 1)] as const;
  const running = Promise.all(writers.map((writer) => writer.run()));
  const afterWrites = async (writes: number) => {
    await Promise.all(writers.map((writer) => writer.continueFor(writes)));
    await table.heal(); // the stream
  };

  await afterWrites(6);
  const before = writers[0].writes;
  const filling = await backfill({
    tableName,
    client: unhurried(table),
    registries: [sharded],
    segments: 1,
    maxReadUnitsPerSecond: 1e9,
  });
  expect(filling).toMatchObject([{ registry: "tenants-16", unrepaired: [] }]);
  expect(writers[0].writes).toBeGreaterThan(before + 10);
  await afterWrites(6);

  writers[0].mode = "both"; // one writer is deployed before the other
  await afterWrites(6);
  writers[1].mode = "both";
  await afterWrites(6);
  ledger.kept.add(sharded); // so readers may switch now
  await afterWrites(12);

  ledger.kept.delete(tenants);
  writers[0].mode = "new";
  await afterWrites(6);
  writers[1].mode = "new";
  await afterWrites(6);
  for (const writer of writers) writer.stop();
  await running;
  await table.heal();

  await table.removeRegistry(tenants);
  expect(ledger.wrongs).toEqual([]);
  const listed = await open(sharded).list({ consistentRead: true });
  expect(listed).toEqual([...ledger.members].sort());
  const { shards } = await open(sharded).status();
  expect(shards).toHaveLength(16);
  expect(Math.max(...shards.map(({ names }) => names))).toBeLessThan(listed.length / 8);
});
