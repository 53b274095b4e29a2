import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DeleteItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { formatManifest } from "@rollcall/cli";
import { type Limit, ResourceRegistry } from "@rollcall/registry";
import { registryKey, resourceKey, tableDefinition } from "@rollcall/registry/schema";
import { describeEachEngine } from "@rollcall/testing/dynamodb/engines";
import { afterAll, beforeEach, expect, it } from "vitest";
import { rollcall } from "../fixtures/run-cli.ts";
import { countRequests } from "./apply-requests.ts";

const GATEWAY = path.resolve(import.meta.dirname, "../../../demo/data/llm-gateway.yaml");
const folder = mkdtempSync(path.join(tmpdir(), "rollcall-apply-"));
const file = path.join(folder, "limits.yaml");

const rpm = (capacity: number): Limit => ({
  name: "rpm",
  capacity,
  refillAmount: capacity,
  refillPeriodSeconds: 60,
});

afterAll(() => rmSync(folder, { recursive: true }));

describeEachEngine("rollcall resource apply", (context) => {
  let table: string;
  beforeEach(async () => {
    table = await context.createTable(tableDefinition());
  });

  /** Applies a file and resolves to the JSON document, of a run that must end well. */
  const apply = async (source: string, options: string[] = [], endpoint = context.engine.endpoint) => {
    const env = { ROLLCALL_TABLE: table, AWS_ENDPOINT_URL: endpoint };
    const { exitCode, stdout, stderr } = await rollcall(["resource", "apply", source, "--yes", "--json", ...options], {
      env,
    });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    return JSON.parse(stdout);
  };
  const declare = (resources: ReadonlyMap<string, Limit[]>) => writeFileSync(file, formatManifest(resources));
  const registryOf = (namespace?: string) =>
    new ResourceRegistry({ tableName: table, namespace, client: context.client });
  const strong = { consistentRead: true };

  it("needs 11 transactions for 1,000 resources, none the second time, and 10 puts for 10 changes", async () => {
    await using endpoint = await countRequests(context.engine.endpoint);
    const resources = new Map(Array.from({ length: 1_000 }, (_, i) => [`model-${i}`, [rpm(i + 1)]]));
    declare(resources);
    const reads = { GetItem: 1, BatchGetItem: 10, Query: 1 }; // the query is for a directory of namespaces

    const planned = await apply(file, ["--dry-run"], endpoint.url);
    expect(endpoint.take()).toEqual(reads);
    const first = await apply(file, [], endpoint.url);
    expect(first).toEqual({ ...planned, dryRun: false });
    expect(first.created).toHaveLength(1_000);
    expect(endpoint.take()).toEqual({ ...reads, TransactWriteItems: 11 });

    expect(await apply(file, ["--prune"], endpoint.url)).toMatchObject({ created: [], changed: [], unchanged: 1_000 });
    expect(endpoint.take()).toEqual({ ...reads, GetItem: 2 }); // the second is for what the limiter's provisioner manages

    for (let i = 0; i < 1_000; i += 100) resources.set(`model-${i}`, [rpm(i + 2)]);
    declare(resources);
    const changed = await apply(file, [], endpoint.url);
    expect(changed).toMatchObject({ created: [], registered: [], deleted: [], unchanged: 990, failed: [] });
    expect(changed.changed[1]).toEqual({ resource: "model-100", from: [rpm(101)], to: [rpm(102)] });
    expect(endpoint.take()).toEqual({ ...reads, PutItem: 10 });

    const registry = registryOf();
    expect(await registry.listResourcesWithDefaults(strong)).toEqual([...resources.keys()].sort());
    expect(await registry.getResourceDefaults("model-900", strong)).toEqual([rpm(902)]);
  });

  it("applies the demo's gateway as it stands", async () => {
    const { created } = await apply(GATEWAY);
    expect(created).toHaveLength(22);
    expect(await apply(GATEWAY, ["--prune"])).toMatchObject({ created: [], deleted: [], unchanged: 22 });
    expect(await registryOf().getResourceDefaults("document-upload", strong)).toEqual([
      { name: "bytes", capacity: 1_073_741_824, refillAmount: 1_073_741_824, refillPeriodSeconds: 86_400 },
      { name: "files", capacity: 100, refillAmount: 20, refillPeriodSeconds: 300 },
    ]);
  });

  it("deletes with --prune alone, in one transaction, and only in its namespace", async () => {
    const [flat, mine] = [registryOf(), registryOf("tenant-1")];
    const names = Array.from({ length: 50 }, (_, i) => `old-${i}`);
    for (const registry of [flat, mine]) {
      await Promise.all(["kept", ...names].map((name) => registry.setResourceDefaults(name, [rpm(5)])));
    }
    declare(new Map([["kept", [rpm(5)]]]));

    const inMine = ["--namespace", "tenant-1"];
    expect(await apply(file, inMine)).toMatchObject({ deleted: [], unchanged: 1, leftAlone: 50 });
    await using endpoint = await countRequests(context.engine.endpoint);
    const { deleted } = await apply(file, [...inMine, "--prune"], endpoint.url);
    expect(deleted).toHaveLength(50);
    expect(endpoint.take()).toEqual({ GetItem: 2, BatchGetItem: 1, Query: 1, TransactWriteItems: 1 });
    expect(await mine.listResourcesWithDefaults(strong)).toEqual(["kept"]);
    expect(await mine.getResourceDefaults("old-7", strong)).toEqual([]);
    expect(await flat.listResourcesWithDefaults(strong)).toHaveLength(51);
  });

  it("mends the drift of the names it has", async () => {
    const registry = registryOf();
    await Promise.all(["missing", "orphaned"].map((name) => registry.setResourceDefaults(name, [rpm(5)])));
    await context.client.send(new DeleteItemCommand({ TableName: table, Key: resourceKey("orphaned") }));
    const Item = { ...registryKey(), resources: { SS: ["orphaned"] } };
    await context.client.send(new PutItemCommand({ TableName: table, Item }));

    declare(new Map(["missing", "orphaned"].map((name) => [name, [rpm(5)]])));
    expect(await apply(file)).toMatchObject({
      created: [{ resource: "orphaned" }],
      registered: [{ resource: "missing" }],
    });
    expect(await registry.listResourcesWithDefaults(strong)).toEqual(["missing", "orphaned"]);
    expect(await registry.getResourceDefaults("orphaned", strong)).toEqual([rpm(5)]);
    expect(await apply(file)).toMatchObject({ created: [], registered: [], unchanged: 2 });
  });

  it("does what it can, and the rest when it is run again", async () => {
    const registry = registryOf();
    const names = Array.from({ length: 6_390 }, (_, i) => `full-${i}`.padEnd(64, "x"));
    const full = { ...registryKey(), resources: { SS: names } };
    await context.client.send(new PutItemCommand({ TableName: table, Item: full }));
    await context.client.send(
      new PutItemCommand({ TableName: table, Item: { ...resourceKey("there"), ...stored(4) } }),
    );

    const fresh = Array.from({ length: 12 }, (_, i) => `fresh-${i}`.padEnd(64, "x"));
    declare(new Map([...fresh, "there"].map((name) => [name, [rpm(5)]])));
    const env = { ROLLCALL_TABLE: table, AWS_ENDPOINT_URL: context.engine.endpoint };
    const { exitCode, stdout, stderr } = await rollcall(["resource", "apply", file, "--yes", "--json"], { env });
    const { created, changed, failed } = JSON.parse(stdout);
    expect(created.length + changed.length + failed.length).toBe(13);
    expect(failed.length).toBeGreaterThan(0);
    expect(failed[0].error).toMatch(/^Registry is full: /);
    expect(stderr).toMatch(/^Error: \d+ changes? of 13 could not be made: .*run the same command again/);
    expect(exitCode).toBe(1);

    const roomier = { ...registryKey(), resources: { SS: names.slice(100) } };
    await context.client.send(new PutItemCommand({ TableName: table, Item: roomier }));
    expect((await apply(file)).failed).toEqual([]);
    expect(await registry.listResourcesWithDefaults(strong)).toEqual([...names.slice(100), ...fresh, "there"].sort());
  });
});

/** The limits of a stored default. */
function stored(capacity: number) {
  return { l_rpm_cp: { N: String(capacity) }, l_rpm_ra: { N: String(capacity) }, l_rpm_rp: { N: "60" } };
}
