import { CreateTableCommand, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import { Database } from "@rollcall/memory-dynamodb";
import { tableDefinition } from "@rollcall/registry";
import { VirtualClock } from "@rollcall/testing/dynamodb/virtual-clock";
import { expect, it } from "vitest";
import { serializingClient } from "../../src/measuring/serializing-client.ts";
import { memberItem, tenants } from "../../src/tables/members.ts";

const TableName = "app";

function openClient(conflicts: number) {
  const clock = new VirtualClock();
  const database = new Database({ now: () => clock.now() });
  database.execute(new CreateTableCommand({ TableName, ...tableDefinition(tenants) }));
  const client = serializingClient(database, { clock, holdMs: 5, conflicts, random: () => 0.5 });
  const write = (...names: string[]) => {
    const TransactItems = names.map((name) => ({ Put: { TableName, Item: memberItem(name) } }));
    return client.send(new TransactWriteItemsCommand({ TransactItems }));
  };
  return { clock, write };
}

it("transactions of one item follow one another, those of different items run side by side", async () => {
  const { clock, write } = openClient(0);
  await Promise.all([write("a"), write("b"), write("c")]);
  expect(clock.now()).toBe(5);
  await Promise.all([write("a"), write("a", "b"), write("b")]);
  expect(clock.now()).toBe(20);
});

it("a share of them is refused with a conflict, after as long", async () => {
  const { clock, write } = openClient(0.6);
  await expect(write("a")).rejects.toMatchObject({
    name: "TransactionCanceledException",
    CancellationReasons: [{ Code: "TransactionConflict" }],
  });
  expect(clock.now()).toBe(5);
});
