import { audit, backfill, createStreamHandler, createSweepHandler, purgeLeftovers } from "@rollcall/maintainer";
import { withTiming } from "@rollcall/registry/internal";
import { namespaceIdKey, namespaceNameKey } from "@rollcall/registry/resources";
import { registryKey, resourceKey } from "@rollcall/registry/schema";
import { conflict, serviceError } from "@rollcall/testing/dynamodb/service-errors";
import { VirtualClock } from "@rollcall/testing/dynamodb/virtual-clock";
import { defaultItem, registryItem } from "@rollcall/testing/rollcall/drifted-table";
import { MemoryTable } from "@rollcall/testing/rollcall/memory-table";
import { SILENT } from "@rollcall/testing/rollcall/silent-telemetry";
import type { DynamoDBRecord } from "aws-lambda";
import { describe, expect, it } from "vitest";

const PURGED = "H26LBx7Tvyw";
const OTHER = "beiZrD9wgEE";
const inTime = { getRemainingTimeInMillis: () => 3_600_000 };
const timing = () => withTiming({ clock: new VirtualClock(), random: () => 0.5 });
const entry = (id: string, status = "active") => ({ ...namespaceIdKey(id), status: { S: status } });

/** A table whose limiter keeps a directory, with another namespace in it. */
const tableOf = (...items: ConstructorParameters<typeof MemoryTable>[0] & object) =>
  new MemoryTable([{ ...namespaceNameKey("other"), namespace_id: { S: OTHER } }, entry(OTHER), ...items]);

const optionsFor = ({ client, tableName }: MemoryTable) => ({ client, tableName, ...timing() });

/** Every way in which the maintainer comes to repair names of a namespace. */
const WAYS: Record<string, (table: MemoryTable, names: readonly string[], namespace?: string) => Promise<unknown>> = {
  "the stream handler, by the registry's removal": (table, names, namespace = PURGED) => {
    const dynamodb = { Keys: registryKey(namespace), OldImage: registryItem(names, namespace), SequenceNumber: "1" };
    return handle(table, { eventName: "REMOVE", dynamodb } as unknown as DynamoDBRecord);
  },
  "the stream handler, by a default's record": async (table, names, namespace = PURGED) => {
    for (const name of names) {
      const dynamodb = { Keys: resourceKey(name, namespace), SequenceNumber: "1" };
      await handle(table, { eventName: "MODIFY", dynamodb } as unknown as DynamoDBRecord);
    }
  },
  "the sweep": (table) => createSweepHandler({ ...optionsFor(table), ...SILENT })({}, inTime),
  "a backfill": (table) => backfill({ ...optionsFor(table), allScopes: true }),
};

async function handle(table: MemoryTable, record: DynamoDBRecord) {
  const answer = await createStreamHandler({ ...optionsFor(table), ...SILENT })({ Records: [record] }, inTime);
  expect(answer).toEqual({ batchItemFailures: [] });
}

describe.each(Object.entries(WAYS))("a registry that is not there, met by %s,", (_, repair) => {
  const left = () => ["a", "b"].map((name) => defaultItem(name, PURGED));

  it("is not created again for an id that the limiter's directory does not have any more", async () => {
    const table = tableOf(...left());
    await repair(table, ["a", "b"]);
    expect(table.listed(PURGED)).toBeUndefined();
    expect(table.inputs("TransactWriteItems")).toEqual([]);
  });

  it("is not created again while a purge of its namespace is in progress", async () => {
    const table = tableOf(...left(), entry(PURGED, "purging"));
    await repair(table, ["a", "b"]);
    expect(table.listed(PURGED)).toBeUndefined();
  });

  it("is not created again where the purge begins between the look into the directory and the repair", async () => {
    const table = tableOf(...left(), entry(PURGED));
    table.fault = ({ operation }) => {
      if (operation === "TransactWriteItems") table.put(entry(PURGED, "purging"));
    };
    await repair(table, ["a", "b"]);
    expect(table.listed(PURGED)).toBeUndefined();
  });

  it("is not created again where the purge ends between the look into the directory and the repair", async () => {
    const table = tableOf(...left(), entry(PURGED));
    table.fault = ({ operation }) => {
      if (operation === "TransactWriteItems") table.remove(namespaceIdKey(PURGED));
    };
    await repair(table, ["a", "b"]);
    expect(table.listed(PURGED)).toBeUndefined();
  });

  it.each([
    ["active", entry(PURGED)],
    ["deleted, and can be recovered", entry(PURGED, "deleted")],
    ["without a status", namespaceIdKey(PURGED)],
  ])("is created again in a namespace that is %s", async (_, item) => {
    const table = tableOf(...left(), item);
    await repair(table, ["a", "b"]);
    expect(table.listed(PURGED)).toEqual(["a", "b"]);
  });

  it("is created again on a table without a directory", async () => {
    const table = new MemoryTable(left());
    await repair(table, ["a", "b"]);
    expect(table.listed(PURGED)).toEqual(["a", "b"]);
  });

  it.each([
    ["of a literal of another length", "default"],
    ["that begins with a dash, as no id does", "-26LBx7Tvyw"],
  ])("is created again in a namespace %s, which the directory never has", async (_, namespace) => {
    const table = tableOf(defaultItem("a", namespace));
    await repair(table, ["a"], namespace);
    expect(table.listed(namespace)).toEqual(["a"]);
  });
});

describe("a registry that the limiter's directory does not know, but that is there,", () => {
  it("is repaired as any other, and removed by no repair", async () => {
    const table = tableOf(defaultItem("a", PURGED), registryItem(["ghost"], PURGED));
    await backfill({ ...optionsFor(table), allScopes: true });
    expect(table.listed(PURGED)).toEqual(["a"]);
  });

  it("and goes while it is repaired, is not created again", async () => {
    const table = tableOf(defaultItem("a", PURGED), registryItem([], PURGED));
    table.fault = ({ operation }) => {
      if (operation === "TransactWriteItems") table.remove(registryKey(PURGED));
    };
    expect(await backfill({ ...optionsFor(table), scope: PURGED })).toMatchObject([{ added: [], leftovers: ["a"] }]);
    expect(table.listed(PURGED)).toBeUndefined();
  });
});

describe("a registry created again in a registered namespace", () => {
  it("takes one look into the directory, one transaction for the first name that has an item, and one for the others", async () => {
    const names = Array.from({ length: 60 }, (_, i) => `n${String(i).padStart(2, "0")}`);
    const table = tableOf(...names.slice(1).map((name) => defaultItem(name, PURGED)), entry(PURGED));
    await WAYS["the stream handler, by the registry's removal"]?.(table, names);
    expect(table.listed(PURGED)).toEqual(names.slice(1));
    const operations = table.requests.map(({ operation }) => operation);
    expect(operations).toEqual(["GetItem", "BatchGetItem", "GetItem", "TransactWriteItems", "TransactWriteItems"]);
  });

  it("passes over a default that has gone meanwhile", async () => {
    const table = tableOf(...["a", "b"].map((name) => defaultItem(name, PURGED)), entry(PURGED));
    table.fault = ({ operation }) => {
      if (operation === "TransactWriteItems") table.remove(resourceKey("a", PURGED));
    };
    await backfill({ ...optionsFor(table), scope: PURGED });
    expect(table.listed(PURGED)).toEqual(["b"]);
  });

  it("fails, for a retry, where the directory may not be read", async () => {
    const table = tableOf(defaultItem("a", PURGED), entry(PURGED));
    table.fault = ({ operation, input }) => {
      const isDirectory = JSON.stringify(input).includes("#NSID#");
      if (operation === "GetItem" && isDirectory) throw serviceError("AccessDeniedException", "not yours");
    };
    await expect(backfill({ ...optionsFor(table), scope: PURGED })).rejects.toThrow("not yours");
  });
});

describe("an audit of what a purge left", () => {
  it("reports leftovers, listed or not, and calls none of them missing", async () => {
    const unlisted = tableOf(defaultItem("a", PURGED), registryItem([], OTHER));
    const empty = { missing: [], orphaned: [], leftovers: [] };
    expect(await audit({ ...optionsFor(unlisted), allScopes: true })).toMatchObject([
      { ...empty, scope: PURGED, leftovers: ["a"], defaults: 1 },
      { ...empty, scope: OTHER },
    ]);
    const listed = tableOf(defaultItem("a", PURGED), registryItem(["a", "ghost"], PURGED));
    expect(await audit({ ...optionsFor(listed), scope: PURGED })).toMatchObject([
      { missing: [], orphaned: ["ghost"], leftovers: ["a"] },
    ]);
  });

  it("asks the directory once for each namespace, and no more where the table has none", async () => {
    const ids = ["aaaaaaaaaaa", "bbbbbbbbbbb", "ccccccccccc"];
    const items = ids.flatMap((id) => [defaultItem("a", id), registryItem(["a"], id)]);
    const withDirectory = tableOf(...items);
    await audit({ ...optionsFor(withDirectory), allScopes: true });
    expect(withDirectory.inputs("GetItem").filter((input) => JSON.stringify(input).includes("#NSID#"))).toHaveLength(3);
    const without = new MemoryTable(items);
    await audit({ ...optionsFor(without), allScopes: true });
    expect(without.inputs("GetItem").filter((input) => JSON.stringify(input).includes("#NSID#"))).toHaveLength(1);
    expect(without.inputs("Query")).toHaveLength(1);
  });
});

describe("purgeLeftovers", () => {
  const names = ["a", "b"];
  const purge = (table: MemoryTable, options: Partial<Parameters<typeof purgeLeftovers>[0]> = {}) =>
    purgeLeftovers({ ...optionsFor(table), namespace: PURGED, names, ...options });
  const left = (table: MemoryTable) =>
    audit({ ...optionsFor(table), scope: PURGED }).then(([report]) => [report?.defaults, report?.registered]);

  it("deletes the defaults, and the registry with the last name that it lists", async () => {
    const table = tableOf(...names.map((name) => defaultItem(name, PURGED)), registryItem(names, PURGED));
    expect(await purge(table)).toEqual({ kind: "purged" });
    expect(await left(table)).toEqual([0, 0]);
    expect(table.listed(PURGED)).toBeUndefined();
  });

  it("deletes defaults that no registry lists, retries conflicts, and succeeds for names that have gone", async () => {
    const table = tableOf(defaultItem("a", PURGED));
    let conflicts = 2;
    table.fault = ({ operation }) => {
      if (operation === "TransactWriteItems" && conflicts-- > 0) throw conflict();
    };
    expect(await purge(table)).toEqual({ kind: "purged" });
    expect(await left(table)).toEqual([0, 0]);
    expect(table.listed(PURGED)).toBeUndefined();
  });

  it("leaves a registry that lists another name", async () => {
    const table = tableOf(
      ...["a", "b", "c"].map((name) => defaultItem(name, PURGED)),
      registryItem(["a", "b", "c"], PURGED),
    );
    expect(await purge(table)).toEqual({ kind: "purged" });
    expect(table.listed(PURGED)).toEqual(["c"]);
  });

  it("stops where the directory has the namespace by then, and says how much it deleted before", async () => {
    const table = tableOf(...names.map((name) => defaultItem(name, PURGED)), registryItem(names, PURGED));
    table.fault = ({ operation, input }) => {
      if (operation === "TransactWriteItems" && JSON.stringify(input).includes("RESOURCE#b")) table.put(entry(PURGED));
    };
    expect(await purge(table)).toEqual({ kind: "registered", deleted: 1 });
    expect(table.listed(PURGED)).toEqual(["b"]);
  });

  it("never leaves an instant in which a name and its default disagree", async () => {
    const table = tableOf(...names.map((name) => defaultItem(name, PURGED)), registryItem(names, PURGED));
    const seen: unknown[] = [];
    table.fault = async ({ operation, input }) => {
      if (operation !== "TransactWriteItems" || JSON.stringify(input).includes("attribute_not_exists(#set)")) return;
      const [report] = await audit({ ...optionsFor(table), scope: PURGED });
      seen.push([report?.missing, report?.orphaned]);
    };
    await purge(table);
    expect(seen).toEqual([
      [[], []],
      [[], []],
    ]);
  });

  it.each([
    [{ namespace: "default" }, 'namespace is "default"; use an id as the limiter makes them.'],
    [{ tableName: "" }, "tableName is missing: pass the name of the leftovers' table."],
    [{ nmaes: [] }, "nmaes"],
  ])("refuses %o", async (options, message) => {
    await expect(purge(tableOf(), options as never)).rejects.toThrow(message);
  });
});
