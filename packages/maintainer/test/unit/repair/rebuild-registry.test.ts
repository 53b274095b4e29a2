import { rebuildRegistry } from "@rollcall/maintainer";
import { withTiming } from "@rollcall/registry/internal";
import { registryKey } from "@rollcall/registry/schema";
import { conflict, serviceError } from "@rollcall/testing/dynamodb/service-errors";
import { VirtualClock } from "@rollcall/testing/dynamodb/virtual-clock";
import { defaultItem } from "@rollcall/testing/rollcall/drifted-table";
import { MemoryTable } from "@rollcall/testing/rollcall/memory-table";
import { expect, it } from "vitest";

const ruined = () => new MemoryTable([{ ...registryKey("t1"), resources: { M: {} } }, defaultItem("a", "t1")]);
const rebuild = (table: MemoryTable, clock = new VirtualClock()) =>
  rebuildRegistry({
    tableName: table.tableName,
    client: table.client,
    scope: "t1",
    ...withTiming({ clock, random: () => 0.5 }),
  });

it("rebuildRegistry is one read, a strong Scan and one write on condition that the attribute is still no string set", async () => {
  const table = ruined();
  await rebuild(table);
  expect(table.requests.map(({ operation }) => operation)).toEqual(["GetItem", "Scan", "UpdateItem"]);
  expect(table.inputs("Scan")).toMatchObject([{ ConsistentRead: true }]);
  expect(table.inputs("UpdateItem")).toEqual([
    {
      TableName: "limits",
      Key: registryKey("t1"),
      UpdateExpression: "SET #set = :names",
      ConditionExpression: "attribute_exists(#set) AND NOT attribute_type(#set, :stringSet)",
      ExpressionAttributeNames: { "#set": "resources" },
      ExpressionAttributeValues: { ":stringSet": { S: "SS" }, ":names": { SS: ["a"] } },
    },
  ]);
  expect(table.requests.every(({ signal }) => signal instanceof AbortSignal)).toBe(true);
});

it.each([
  ["a conflict", conflict()],
  ["throttling", serviceError("ThrottlingException", "")],
])("rebuildRegistry retries its write after %s, and ends with ContentionError when that lasts", async (_, error) => {
  const table = ruined();
  let refusals = 2;
  table.fault = ({ operation }) => {
    if (operation === "UpdateItem" && refusals-- > 0) throw error;
  };
  expect(await rebuild(table)).toEqual({ kind: "rebuilt", names: 1 });
  const busy = ruined();
  busy.fault = ({ operation }) => {
    if (operation === "UpdateItem") throw error;
  };
  await expect(rebuild(busy)).rejects.toMatchObject({ name: "ContentionError", cause: error });
});

it("rebuildRegistry throws other errors as they are, and refuses options that cannot be", async () => {
  const down = serviceError("InternalServerError", "down");
  const table = ruined();
  table.fault = ({ operation }) => {
    if (operation === "UpdateItem") throw down;
  };
  await expect(rebuild(table)).rejects.toBe(down);
  await expect(rebuildRegistry({ tableName: "" })).rejects.toThrow(/tableName is missing/);
  await expect(rebuildRegistry({ tableName: "t", maxReadUnitsPerSecond: 0 })).rejects.toThrow(/above 0/);
  await expect(rebuildRegistry({ tableName: "t", tabel: "x" } as never)).rejects.toThrow(/Unknown option "tabel"/);
});
