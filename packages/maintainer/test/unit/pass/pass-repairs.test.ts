import { audit, backfill, type PassOptions, type SavedPass } from "@rollcall/maintainer";
import { withTiming } from "@rollcall/registry/internal";
import { registryKey, resourceKey } from "@rollcall/registry/schema";
import { cancelled } from "@rollcall/testing/dynamodb/service-errors";
import { VirtualClock } from "@rollcall/testing/dynamodb/virtual-clock";
import { defaultItem, registryItem } from "@rollcall/testing/rollcall/drifted-table";
import { MemoryTable } from "@rollcall/testing/rollcall/memory-table";
import { describe, expect, it } from "vitest";

const optionsFor = ({ client, tableName }: MemoryTable): PassOptions => ({
  client,
  tableName,
  segments: 1,
  ...withTiming({ clock: new VirtualClock(), random: () => 0.5 }),
});
const long = (prefix: string) => prefix.padEnd(2_000, "x");
const LISTED = Array.from({ length: 203 }, (_, i) => long(`listed-${i}-`)); // 406,000 bytes of 409,600
const defaults = (...names: string[]) => names.map((name) => defaultItem(name, undefined));

/** A pass whose states are kept, the last one first. */
async function backfillKeeping(table: MemoryTable, options: PassOptions = optionsFor(table)) {
  const saves: SavedPass[] = [];
  const onSave = (pass: SavedPass) => void saves.unshift(structuredClone(pass));
  const outcome = await Promise.allSettled([backfill({ ...options, onSave })]);
  return { saves, outcome: outcome[0] };
}

describe("a full registry", () => {
  it("takes what fits, and what does not is listed with the reason, asked for once", async () => {
    const table = new MemoryTable([...defaults(...LISTED, long("y1"), "tiny"), registryItem(LISTED, undefined)]);
    table.put(...defaults(long("y2")));
    const { saves, outcome } = await backfillKeeping(table);
    const [report] = outcome.status === "fulfilled" ? outcome.value : [];
    expect(report?.added).toEqual(["tiny", long("y1")]);
    expect(report?.unrepaired).toEqual([
      { name: long("y2"), reason: expect.stringMatching(/Registry is full: .* 409600/) },
    ]);
    expect(table.inputs("TransactWriteItems")).toHaveLength(1);
    expect(saves[0]?.cursor.suspects).toEqual([]);
  });

  it("has room again where orphans leave, for names that found none", async () => {
    const [orphan = "", ...kept] = LISTED;
    const table = new MemoryTable([...defaults(...kept, long("y1"), long("y2")), registryItem(LISTED, undefined)]);
    expect(await backfill(optionsFor(table))).toMatchObject([
      { added: [long("y1"), long("y2")], removed: [orphan], unrepaired: [] },
    ]);
    expect(table.listed()).toEqual([...kept, long("y1"), long("y2")].sort());
  });

  it("leaves the names it refused to the pass that resumes", async () => {
    const table = new MemoryTable([...defaults(...LISTED, long("y1"), long("y2")), registryItem(LISTED, undefined)]);
    let reads = 0;
    table.fault = ({ operation }) => {
      if (operation === "GetItem" && ++reads === 2) throw new Error("socket hang up"); // when the registry is to be looked up
    };
    const { saves, outcome } = await backfillKeeping(table);
    expect(outcome).toMatchObject({ status: "rejected", reason: { message: "socket hang up" } });
    expect(saves[0]?.cursor).toMatchObject({
      suspects: [{ namespace: null, names: [long("y2")], refusedCount: 1 }],
      registries: [null],
    });
    table.fault = () => {};
    const resumed = { ...optionsFor(table), resume: saves[0] };
    expect(await backfill(resumed)).toMatchObject([{ added: [long("y1")], unrepaired: [{ name: long("y2") }] }]);
  });
});

describe("names that an earlier part of a pass was refused", () => {
  const refused = Array.from({ length: 150 }, (_, i) => long(`refused-${i}-`));
  const readsOf = (table: MemoryTable) => table.inputs("TransactGetItems").length;

  /** A pass that stopped when it was to look up the registry. */
  async function stopped(table: MemoryTable) {
    table.fault = ({ operation }) => {
      if (operation === "GetItem" && readsOf(table) > 1) throw new Error("socket hang up");
    };
    const { saves } = await backfillKeeping(table);
    table.fault = () => {};
    expect(saves[0]?.cursor.suspects).toMatchObject([{ refusedCount: 150 }]);
    return { ...optionsFor(table), resume: saves[0] };
  }

  it("are decided at its end, in full groups, each told once also where the pass is interrupted between them", async () => {
    const table = new MemoryTable([...defaults(...LISTED, long("y1"), ...refused), registryItem(LISTED, undefined)]);
    const options = await stopped(table);
    const before = readsOf(table);
    table.fault = ({ operation }) => {
      if (operation === "TransactGetItems" && readsOf(table) === before + 2) throw new Error("socket hang up");
    };
    const { saves, outcome } = await backfillKeeping(table, options);
    expect(outcome.status).toBe("rejected");
    expect(saves[0]?.cursor.registries).toEqual([]);
    expect(saves[0]?.cursor.suspects).toMatchObject([{ namespace: null, refusedCount: 51 }]);
    expect(saves[0]?.report[0]?.unrepaired).toHaveLength(99);
    table.fault = () => {};
    const [report] = await backfill({ ...options, resume: saves[0] });
    expect(readsOf(table)).toBe(before + 3);
    expect(report?.unrepaired).toHaveLength(150);
  });

  it("are added where there is room by then", async () => {
    const table = new MemoryTable([...defaults(...LISTED, long("y1"), ...refused), registryItem(LISTED, undefined)]);
    const options = await stopped(table);
    table.put(registryItem([], undefined));
    const [report] = await backfill(options);
    expect(report?.added).toEqual(expect.arrayContaining(refused));
    expect(report?.unrepaired).toEqual([]);
  });
});

describe("a repair in a pass", () => {
  it("that is not called for any more is neither done nor a failure", async () => {
    const table = new MemoryTable([...defaults("a", "b"), registryItem(["ghost"], undefined)]);
    table.fault = ({ operation, input }) => {
      if (operation !== "TransactWriteItems") return;
      const actions = (input.TransactItems as object[]).map((action) => JSON.stringify(action));
      const codes = actions.map((action) => (/RESOURCE#(a|ghost)"/.test(action) ? "ConditionalCheckFailed" : "None"));
      if (codes.includes("ConditionalCheckFailed")) throw cancelled(...codes);
    };
    expect(await backfill(optionsFor(table))).toMatchObject([
      { missing: ["a", "b"], orphaned: ["ghost"], added: ["b"], removed: [], unrepaired: [] },
    ]);
  });

  it("is all that is read and written for it", async () => {
    const table = new MemoryTable([registryItem(["ghost"], undefined)]);
    expect(await backfill(optionsFor(table))).toMatchObject([{ removed: ["ghost"] }]);
    expect(table.inputs("TransactGetItems")).toHaveLength(1);
    expect(table.inputs("TransactWriteItems")).toHaveLength(1);
  });

  it("that can never be done is listed with the reason, and the rest is done", async () => {
    const table = new MemoryTable([...defaults("a"), { ...registryKey(), resources: { S: "a" } }, ...defaults("b")]);
    const reason = expect.stringContaining("not a string set");
    const [report] = await backfill(optionsFor(table));
    expect(report?.added).toEqual([]);
    expect(new Set(report?.unrepaired)).toEqual(new Set(["a", "b"].map((name) => ({ name, reason }))));
  });

  it("of a listed name that is too long for any default needs no default to be read", async () => {
    const name = "x".repeat(2_100);
    const table = new MemoryTable([...defaults("a"), registryItem(["a", name], undefined)]);
    expect(await backfill(optionsFor(table))).toMatchObject([{ orphaned: [name], removed: [name], registered: 2 }]);
    expect(table.inputs("BatchGetItem")).toEqual([]);
    expect(table.listed()).toEqual(["a"]);
  });
});

describe("drift that is none any more when it is read again", () => {
  it("is not reported: names registered, or deleted, meanwhile", async () => {
    const table = new MemoryTable(defaults("registered", "deleted"));
    table.fault = ({ operation, input }) => {
      if (operation !== "TransactGetItems" || table.listed() !== undefined) return;
      expect(input.TransactItems).toHaveLength(3);
      table.put(registryItem(["registered"], undefined));
      table.remove(resourceKey("deleted"));
    };
    expect(await audit(optionsFor(table))).toMatchObject([{ defaults: 2, missing: [], orphaned: [] }]);
  });

  it("is not looked for among names that are simply new to a pass that resumes", async () => {
    const table = new MemoryTable([...defaults("a", "b"), registryItem(["a", "b"], undefined)]);
    let saved: SavedPass | undefined;
    const onSave = (pass: SavedPass) => {
      saved ??= structuredClone(pass); // the table was read, its registry not yet checked
    };
    await audit({ ...optionsFor(table), onSave });
    table.requests.length = 0;
    expect(await audit({ ...optionsFor(table), resume: saved })).toMatchObject([{ missing: [], orphaned: [] }]);
    expect(table.requests.map(({ operation }) => operation)).toEqual(["GetItem", "BatchGetItem"]);
  });
});

it("a pass that is stopped rejects with the signal's reason, not by the SDK's name for it", async () => {
  const table = new MemoryTable(defaults("a"));
  const stop = new AbortController();
  table.fault = () => {
    stop.abort(new Error("enough"));
    throw new Error("Request aborted");
  };
  await expect(audit({ ...optionsFor(table), signal: stop.signal })).rejects.toThrow("enough");
});
