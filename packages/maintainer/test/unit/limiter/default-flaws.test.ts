import { audit, type PassOptions, restoreIndexKeys, type SavedPass } from "@rollcall/maintainer";
import { withTiming } from "@rollcall/registry/internal";
import { resourceKey } from "@rollcall/registry/schema";
import { conflict } from "@rollcall/testing/dynamodb/service-errors";
import { VirtualClock } from "@rollcall/testing/dynamodb/virtual-clock";
import { defaultItem, registryItem } from "@rollcall/testing/rollcall/drifted-table";
import { MemoryTable } from "@rollcall/testing/rollcall/memory-table";
import { describe, expect, it } from "vitest";

const timing = () => withTiming({ clock: new VirtualClock(), random: () => 0.5 });
const names = ["burst", "fine", "provisioned", "zero"];
const { GSI4SK, ...provisioned } = defaultItem("provisioned", "t1");

function flawedTable(namespace: string | undefined): MemoryTable {
  return new MemoryTable([
    registryItem(names, namespace),
    defaultItem("fine", namespace),
    { ...defaultItem("burst", namespace), l_rpm_bx: { N: "50" } },
    { ...defaultItem("zero", namespace), l_rpm_cp: { N: "0" } },
    namespace === undefined ? defaultItem("provisioned", namespace) : provisioned,
  ]);
}
const inspect = (table: MemoryTable, options: Partial<PassOptions> = {}) =>
  audit({ client: table.client, tableName: table.tableName, allScopes: true, inspect: true, ...timing(), ...options });

const FLAWS = {
  unreadable: [{ name: "zero", reason: expect.stringContaining("l_rpm_cp should be a whole number above 0") }],
  staleBursts: ["burst"],
  unindexed: ["provisioned"],
};

describe("an audit that inspects defaults", () => {
  it("tells which the limiter cannot read, have a stale burst, or lack index keys, and reads no more for it", async () => {
    const table = flawedTable("t1");
    expect(await inspect(table)).toMatchObject([{ scope: "t1", missing: [], orphaned: [], flaws: FLAWS }]);
    const plain = flawedTable("t1");
    const [report] = await inspect(plain, { inspect: false });
    expect(report).not.toHaveProperty("flaws");
    const operations = (each: MemoryTable) => each.requests.map(({ operation }) => operation).sort();
    expect(operations(table)).toEqual(operations(plain));
  });

  it("finds no burst stale and nothing to index in flat keys", async () => {
    expect(await inspect(flawedTable(undefined))).toMatchObject([
      { scope: null, flaws: { ...FLAWS, staleBursts: [], unindexed: [] } },
    ]);
  });

  it("tells all of them also where it was interrupted after any page", async () => {
    for (let stopAt = 1, isStopped = true; isStopped; stopAt++) {
      const stop = new AbortController();
      let saved: SavedPass | undefined;
      let saves = 0;
      const onSave = (pass: SavedPass) => {
        saved = JSON.parse(JSON.stringify(pass));
        if (++saves === stopAt) stop.abort(new Error("enough"));
      };
      const slow = { segments: 1, maxReadUnitsPerSecond: 4 };
      isStopped = await inspect(flawedTable("t1"), { ...slow, onSave, signal: stop.signal }).then(
        () => false,
        (error) => error.message === "enough",
      );
      expect(await inspect(flawedTable("t1"), { resume: saved })).toMatchObject([{ flaws: FLAWS }]);
    }
  });
});

describe("restoreIndexKeys", () => {
  const restore = (table: MemoryTable, names: readonly string[], namespace = "t1") =>
    restoreIndexKeys({ client: table.client, tableName: table.tableName, namespace, names, ...timing() });

  it("gives a default its keys after a conflict, and creates none for a name without one", async () => {
    const table = flawedTable("t1");
    let conflicts = 1;
    table.fault = ({ operation }) => {
      if (operation === "UpdateItem" && conflicts-- > 0) throw conflict();
    };
    expect(await restore(table, ["provisioned", "gone"])).toEqual(["provisioned"]);
    expect(await inspect(table)).toMatchObject([{ defaults: 4, flaws: { unindexed: [] } }]);
    expect(table.inputs("UpdateItem")[0]).toMatchObject({
      Key: resourceKey("provisioned", "t1"),
      ConditionExpression: "attribute_exists(#pk)",
      ExpressionAttributeValues: { ":k0": { S: "t1" }, ":k1": GSI4SK },
    });
  });

  it.each([
    ["namespace is missing", { namespace: "" }],
    ["tableName is missing", { tableName: "" }],
    ["nmaes", { nmaes: [] }],
  ])("says that %s", async (message, options) => {
    const { client, tableName } = flawedTable("t1");
    await expect(
      restoreIndexKeys({ client, tableName, namespace: "t1", names: [], ...options } as never),
    ).rejects.toThrow(message);
  });
});
