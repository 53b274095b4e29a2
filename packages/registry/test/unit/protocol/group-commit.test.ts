import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ResourceRegistry } from "@rollcall/registry";
import { withTiming } from "@rollcall/registry/internal";
import { runs } from "@rollcall/testing/dynamodb/only-in-ci";
import { VirtualClock } from "@rollcall/testing/dynamodb/virtual-clock";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Fault, TableModel } from "./table-model.ts";

const instantly = () => Promise.resolve();
const noFaults = (): Fault => "none";

function registryOn(table: TableModel, deliver: () => Promise<unknown> = instantly, nextFault = noFaults) {
  const client = table.client(deliver, nextFault) as DynamoDBClient;
  return new ResourceRegistry({ tableName: "limits", client, ...withTiming({ clock: new VirtualClock() }) });
}

const members = (table: TableModel) => table.transactions.map(({ TransactItems = [] }) => TransactItems.length - 1);

describe("GroupCommit", () => {
  it("joins 1,000 concurrent writes into the fewest transactions", async () => {
    const table = new TableModel();
    const registry = registryOn(table);
    const names = Array.from({ length: 1_000 }, (_, i) => `model-${i}`);
    await Promise.all(names.map((name) => registry.setResourceDefaults(name, [{ name: "rpm", capacity: 1 }])));
    expect(members(table)).toEqual([...Array(10).fill(99), 10]);
    expect(table.registry).toEqual(new Set(names));
  });

  it("sends a lone write alone, immediately", async () => {
    const table = new TableModel();
    await registryOn(table).setResourceDefaults("gpt-4", [{ name: "rpm", capacity: 1 }]);
    expect(members(table)).toEqual([1]);
  });

  it("never mixes sets and deletes, and lets neither starve the other", async () => {
    const table = new TableModel();
    const registry = registryOn(table);
    const writes = Array.from({ length: 300 }, (_, i) =>
      i % 2 === 0
        ? registry.setResourceDefaults(`model-${i}`, [{ name: "rpm", capacity: 1 }])
        : registry.deleteResourceDefaults(`model-${i}`),
    );
    await Promise.all(writes);
    for (const { TransactItems = [] } of table.transactions) {
      expect(new Set(TransactItems.slice(0, -1).map((action) => Object.keys(action)[0])).size).toBe(1);
    }
    expect(table.registry?.size).toBe(150);
  });

  it("rejects a poisoned member by itself and commits the others", async () => {
    const table = new TableModel();
    table.poisoned.add("bad-1").add("bad-2");
    const registry = registryOn(table);
    const names = ["a", "bad-1", "b", "bad-2", "c"];
    const outcomes = await Promise.allSettled(
      names.map((name) => registry.setResourceDefaults(name, [{ name: "rpm", capacity: 1 }])),
    );
    expect(outcomes.map(({ status }) => status)).toEqual([
      "fulfilled",
      "rejected",
      "fulfilled",
      "rejected",
      "fulfilled",
    ]);
    expect(table.registry).toEqual(new Set(["a", "b", "c"]));
  });

  it("does not let a member whose own item is busy hold up the others", async () => {
    const table = new TableModel();
    table.busy.add("busy");
    const registry = registryOn(table);
    const committed: string[] = [];
    const set = async (name: string) => {
      await registry.setResourceDefaults(name, [{ name: "rpm", capacity: 1 }]);
      committed.push(name);
    };
    const [first, busy, second] = [set("a"), set("busy"), set("b")];
    await Promise.all([first, second]);
    await set("c");
    expect(committed).toEqual(["a", "b", "c"]);
    table.busy.clear();
    await busy;
    expect(table.registry).toEqual(new Set(["a", "b", "c", "busy"]));
  });
});

type Operation = { kind: "set" | "delete" | "update"; name: string; wait: boolean };

const operation: fc.Arbitrary<Operation> = fc.record({
  kind: fc.constantFrom("set", "delete", "update"),
  name: fc.constantFrom("a", "b", "c", "d", "bad"),
  wait: fc.boolean(),
});

const fault: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Fault>("none") },
  { weight: 1, arbitrary: fc.constantFrom<Fault[]>("set-conflict", "set-throttled", "plain-conflict") },
  { weight: 1, arbitrary: fc.nat(98).map((conflictOf): Fault => ({ conflictOf })) },
);

describe("GroupCommit, in every order of events,", () => {
  it("keeps each name's order, isolates failures, and keeps the registry true at every instant", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(operation, { minLength: 1, maxLength: 25 }),
        fc.array(fault, { maxLength: 15 }),
        async (scheduler, operations, faults) => {
          const table = new TableModel();
          table.poisoned.add("bad");
          let consistent = true;
          const registry = registryOn(
            table,
            async () => {
              await scheduler.schedule(Promise.resolve(), "request");
              consistent &&= table.isTrue();
            },
            () => faults.shift() ?? "none",
          );
          const calls: Promise<PromiseSettledResult<void>[]>[] = [];
          const run = async () => {
            for (const [i, { kind, name, wait }] of operations.entries()) {
              if (wait) await scheduler.schedule(Promise.resolve(), "turn");
              const limits = [{ name: "rpm", capacity: i + 1 }];
              const call =
                kind === "delete"
                  ? registry.deleteResourceDefaults(name)
                  : kind === "set"
                    ? registry.setResourceDefaults(name, limits)
                    : registry.updateResourceDefaults(name, limits);
              calls.push(Promise.allSettled([call]));
            }
          };
          await scheduler.waitFor(run());
          const outcomes = (await scheduler.waitFor(Promise.all(calls))).map(([outcome]) => outcome);

          expect(consistent && table.isTrue()).toBe(true);
          const expected = new Map<string, string[]>();
          for (const [i, { kind, name }] of operations.entries()) {
            const history = expected.get(name) ?? [];
            const exists = history.length > 0 && history.at(-1) !== "deleted";
            const succeeds = kind === "delete" || (kind === "set" ? name !== "bad" : exists);
            expect(outcomes[i]?.status).toBe(succeeds ? "fulfilled" : "rejected");
            if (succeeds) expected.set(name, [...history, kind === "delete" ? "deleted" : String(i + 1)]);
          }
          expect(table.history).toEqual(expected);

          const payloads = new Map<string | undefined, string>();
          for (const { ClientRequestToken, TransactItems = [] } of table.transactions) {
            const keys = TransactItems.map((action) => JSON.stringify(action));
            expect(keys.length).toBeLessThanOrEqual(100);
            const items = TransactItems.map(({ Put, Delete }) => Put?.Item?.PK?.S ?? Delete?.Key?.PK?.S);
            expect(new Set(items).size).toBe(items.length);
            const payload = keys.join();
            expect(payloads.get(ClientRequestToken) ?? payload).toBe(payload);
            payloads.set(ClientRequestToken, payload);
          }
        },
      ),
      { numRuns: runs(500) },
    );
  });
});
