import { audit, backfill, type PassOptions, type SavedPass } from "@rollcall/maintainer";
import { withTiming } from "@rollcall/registry/internal";
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
const names = (prefix: string, count: number, bytes = 8) =>
  Array.from({ length: count }, (_, i) => `${prefix}-${i}-`.padEnd(bytes, "x"));
const entities = (count: number) =>
  names("E", count).map((PK) => ({ PK: { S: PK }, SK: { S: "#S" }, padding: { S: "x".repeat(900) } }));

describe("a pass that fails and whose last save fails too", () => {
  it("rejects with what it failed of; the save's error is attached", async () => {
    const table = new MemoryTable(entities(60));
    let scans = 0;
    table.fault = ({ operation }) => {
      if (operation === "Scan" && ++scans === 2) throw new Error("no permission");
    };
    let saves = 0;
    const onSave = () => {
      if (++saves === 2) throw new Error("disk full");
    };
    const failed = audit({ ...optionsFor(table), maxReadUnitsPerSecond: 20, onSave });
    await expect(failed).rejects.toMatchObject({ message: "no permission", saveError: { message: "disk full" } });
  });

  it("rejects with the signal's reason where it was stopped", async () => {
    const stop = new AbortController();
    const onProgress = () => stop.abort(new Error("enough"));
    let saves = 0;
    const onSave = () => {
      if (++saves > 1) throw new Error("disk full");
    };
    const table = new MemoryTable(entities(60));
    const options = { ...optionsFor(table), maxReadUnitsPerSecond: 20, signal: stop.signal, onProgress, onSave };
    await expect(audit(options)).rejects.toMatchObject({ message: "enough", saveError: { message: "disk full" } });
  });

  it("keeps an error that takes nothing, such as text", async () => {
    const stop = new AbortController();
    const onProgress = () => stop.abort("enough");
    let saves = 0;
    const onSave = () => {
      if (++saves > 1) throw new Error("disk full");
    };
    const table = new MemoryTable(entities(60));
    const options = { ...optionsFor(table), maxReadUnitsPerSecond: 20, signal: stop.signal, onProgress, onSave };
    await expect(audit(options)).rejects.toBe("enough");
  });
});

describe("a pass whose save fails while it runs", () => {
  it("rejects with that, and does not save once more, by none of its segments", async () => {
    const table = new MemoryTable(entities(400));
    let saves = 0;
    const onSave = () => {
      saves++;
      throw new Error("disk full");
    };
    const options = { ...optionsFor(table), segments: 8, maxReadUnitsPerSecond: 40, onSave };
    await expect(audit(options)).rejects.toThrow("disk full");
    expect(saves).toBe(1);
  });
});

describe("a cursor", () => {
  it("has each scope once, with names that are undecided beside names without room", async () => {
    const listed = names("listed", 203, 2_000); // 406,000 bytes of 409,600
    const [large, later] = [names("large", 99, 2_000), names("z", 120, 200)];
    const table = new MemoryTable([
      ...[...listed, ...large, ...later].map((name) => defaultItem(name, "t1")),
      registryItem(listed, "t1"),
    ]);
    let reads = 0;
    table.fault = ({ operation }) => {
      if (operation === "TransactGetItems" && ++reads === 2) throw new Error("socket hang up");
    };
    let saved: SavedPass | undefined;
    const options: PassOptions = {
      ...optionsFor(table),
      scope: "t1",
      onSave: (pass) => {
        saved = JSON.parse(JSON.stringify(pass));
      },
    };
    await expect(backfill(options)).rejects.toThrow("socket hang up");
    expect(saved?.cursor.suspects.map(({ namespace }) => namespace)).toEqual(["t1"]);
    const [report] = await backfill({ ...options, resume: saved });
    const outside = [...large, ...later].filter((name) => !table.listed("t1")?.includes(name));
    expect(new Set(report?.missing)).toEqual(new Set([...large, ...later]));
    expect(new Set(report?.unrepaired.map(({ name }) => name))).toEqual(new Set(outside));
  });

  it("of an older version that lists a scope twice means the names of both", async () => {
    const table = new MemoryTable(names("a", 4).map((name) => defaultItem(name, "t1")));
    let saved: SavedPass | undefined;
    await audit({
      ...optionsFor(table),
      scope: "t1",
      onSave: (pass) => {
        saved ??= structuredClone(pass);
      },
    });
    const [one, two, three, four] = names("a", 4) as [string, string, string, string];
    const suspects = [
      { namespace: "t1", names: [one, two] },
      { namespace: "t1", names: [three, four] },
    ];
    const resume = saved && { ...saved, cursor: { ...saved.cursor, suspects } };
    const [report] = await audit({ ...optionsFor(table), scope: "t1", resume });
    expect(report?.missing).toEqual([one, two, three, four]);
  });
});

describe("the lookup of a registry", () => {
  it("resumes behind the name that it had come to", async () => {
    const listed = names("name", 400).sort();
    const table = new MemoryTable([
      ...listed.slice(0, 300).map((name) => defaultItem(name, undefined)),
      registryItem(listed, undefined),
    ]);
    let saved: SavedPass | undefined;
    const stop = new AbortController();
    const onSave = (pass: SavedPass) => {
      saved = JSON.parse(JSON.stringify(pass));
      if (pass.cursor.lookedUp !== undefined) stop.abort(new Error("enough"));
    };
    const scanned: SavedPass[] = [];
    await audit({ ...optionsFor(table), onSave: (pass) => void scanned.push(structuredClone(pass)) });
    const resume = scanned.find(({ cursor }) => cursor.segments.every(({ done }) => done));
    const resumed = audit({ ...optionsFor(table), resume, onSave, signal: stop.signal });
    await expect(resumed).rejects.toThrow("enough"); // it has met no name, and looks up all of them
    expect(saved?.cursor.lookedUp).toEqual({ namespace: null, to: listed[98] });
    table.requests.length = 0;
    const [report] = await audit({ ...optionsFor(table), resume: saved });
    expect(report?.orphaned).toEqual(listed.slice(300));
    const asked = table
      .inputs("BatchGetItem")
      .map(({ RequestItems }) => RequestItems as { limits: { Keys: object[] } });
    expect(asked.flatMap(({ limits }) => limits.Keys)).toHaveLength(301);
  });
});

describe("a registry that is busy for the whole of a time-out", () => {
  const busyTable = () => {
    const table = new MemoryTable([...names("a", 150).map((name) => defaultItem(name, "t1")), defaultItem("b", "t2")]);
    table.fault = ({ operation, input }) => {
      const isBusy = operation === "TransactGetItems" && JSON.stringify(input).includes('"t1/SYSTEM#"');
      if (isBusy) throw cancelled("TransactionConflict", "None");
    };
    return table;
  };

  it("is listed by a backfill, name by name, which does the rest", async () => {
    const [t1, t2] = await backfill({ ...optionsFor(busyTable()), allScopes: true });
    expect(t1?.unrepaired).toHaveLength(150);
    expect(t1?.unrepaired[0]?.reason).toMatch(/kept refusing the read; nothing was read/);
    expect(t2).toMatchObject({ added: ["b"], unrepaired: [] });
  });

  it("ends an audit, which cannot say what is so there, with words about reading", async () => {
    const audited = audit({ ...optionsFor(busyTable()), allScopes: true });
    await expect(audited).rejects.toThrow(/kept refusing the read; nothing was read/);
  });
});
