import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DescribeTableCommand, GetItemCommand, PutItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { namespaceIdKey, namespaceNameKey } from "@rollcall/registry/resources";
import { namespaceIndexKeys, registryKey, resourceKey, tableDefinition } from "@rollcall/registry/schema";
import { describeEachEngine } from "@rollcall/testing/dynamodb/engines";
import { limiterItem } from "@rollcall/testing/rollcall/limiter-items";
import { afterAll, expect, it } from "vitest";
import { withIndexes } from "../../src/connection/limiter-indexes.ts";
import { rollcall } from "../fixtures/run-cli.ts";

const ID = "H26LBx7Tvyw";
const folder = mkdtempSync(path.join(tmpdir(), "rollcall-limiter-"));
const file = path.join(folder, "limits.yaml");
afterAll(() => rmSync(folder, { recursive: true }));

describeEachEngine("rollcall beside the limiter", (context) => {
  it("serves a namespace by its name: applies its manifest, keeps what others keep, prunes and exports", async () => {
    const { client } = context;
    const table = await context.createTable(withIndexes(tableDefinition(), "limiter"));
    const put = (Item: PutItemCommand["input"]["Item"]) => client.send(new PutItemCommand({ TableName: table, Item }));
    const entry = { namespace_id: { S: ID }, namespace_name: { S: "prod" }, status: { S: "active" } };
    await put({ ...namespaceNameKey("prod"), ...entry });
    await put({ ...namespaceIdKey(ID), ...entry });
    const provisioned = limiterItem("resource-default", "namespaced", "provisioner");
    await put({ ...provisioned, owner: { S: "ann" }, l_rpm_bx: { N: "5000" } });
    await put({ ...resourceKey("unlisted", ID), l_rpm_cp: { N: "0" } });
    await put({ ...registryKey(ID), SK: { S: "#PROVISIONER" }, managed_resources: { L: [{ S: "unlisted" }] } });

    const env = { ROLLCALL_TABLE: table, AWS_ENDPOINT_URL: context.engine.endpoint };
    const run = async (...words: string[]) => {
      const { exitCode, stdout, stderr } = await rollcall([...words, "--json"], { env });
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
      return JSON.parse(stdout);
    };
    writeFileSync(file, "namespace: prod\nresources: { prov1: { limits: { rpm: { capacity: 7 } } } }\n");
    const report = await run("resource", "apply", file, "--yes", "--prune");
    expect(report).toMatchObject({
      changed: [{ resource: "prov1", kept: ["owner"] }],
      deleted: [{ resource: "unlisted" }],
      notHandled: [],
      failed: [],
    });
    const stored = await client.send(new GetItemCommand({ TableName: table, Key: resourceKey("prov1", ID) }));
    expect(stored.Item).toEqual({
      ...resourceKey("prov1", ID),
      GSI4PK: { S: ID },
      GSI4SK: { S: `${ID}/RESOURCE#prov1` },
      resource: { S: "prov1" },
      config_version: { N: "1" },
      owner: { S: "ann" },
      l_rpm_cp: { N: "7" },
      l_rpm_ra: { N: "7" },
      l_rpm_rp: { N: "60" },
    });
    expect(await run("resource", "list", "--namespace-name", "prod")).toEqual({ resources: ["prov1"] });

    writeFileSync(file, JSON.stringify(await run("resource", "export", "--namespace-name", "prod")));
    expect(await run("resource", "apply", file, "--yes")).toMatchObject({ changed: [], unchanged: 1 });
    const { stderr } = await rollcall(["resource", "list"], { env });
    expect(stderr).toMatch(
      /^Warning: table \S+ keeps a directory of namespaces, and there the limiter reads no flat keys/,
    );
    expect((await rollcall(["resource", "list", "--namespace", "prod"], { env })).stderr).toContain(
      `--namespace ${ID}.`,
    );
  });

  it("applies one manifest to several namespaces, and several manifests to theirs, in one run", async () => {
    const { client } = context;
    const table = await context.createTable(tableDefinition());
    const ids: Record<string, string> = { prod: ID, staging: "beiZrD9wgEE" };
    for (const [name, id] of Object.entries(ids)) {
      const entry = { namespace_id: { S: id }, namespace_name: { S: name }, status: { S: "active" } };
      const entries = [namespaceNameKey(name), namespaceIdKey(id)].map((key) => ({ ...key, ...entry }));
      for (const Item of entries) await client.send(new PutItemCommand({ TableName: table, Item }));
    }
    const env = { ROLLCALL_TABLE: table, AWS_ENDPOINT_URL: context.engine.endpoint };
    const run = (...words: string[]) => rollcall(["resource", ...words], { env });
    const [one, two] = ["one.yaml", "two.yaml"].map((name) => path.join(folder, name)) as [string, string];
    const both = ["--namespace-name", "prod", "--namespace-name", "staging"];
    const list = async (name: string) => JSON.parse((await run("list", "--namespace-name", name, "--json")).stdout);

    writeFileSync(one, "resources: { all: { limits: { rpm: { capacity: 7 } } } }\n");
    const everywhere = await run("apply", one, ...both, "--yes", "--json");
    expect(JSON.parse(everywhere.stdout).namespaces).toMatchObject([
      { namespace: ids.prod, created: [{ resource: "all" }] },
      { namespace: ids.staging, created: [{ resource: "all" }] },
    ]);
    writeFileSync(one, "namespace: prod\nresources: { p: { limits: { rpm: { capacity: 7 } } } }\n");
    writeFileSync(two, "namespace: staging\nresources: { s: { limits: { rpm: { capacity: 7 } } } }\n");
    const planned = await run("apply", one, two, "--dry-run", "--exit-code");
    expect(planned).toMatchObject({ exitCode: 3, stderr: "" });
    expect(planned.stdout).toContain(`To apply ${two} to namespace ${ids.staging} of table ${table}:\n  + s`);
    expect(await run("apply", one, two, "--yes", "--prune")).toMatchObject({ exitCode: 0, stderr: "" });
    expect([await list("prod"), await list("staging")]).toEqual([{ resources: ["p"] }, { resources: ["s"] }]);

    const refusals: [string[], string][] = [
      [[one, ...both], 'The manifest is for the namespace "prod", and --namespace-name says several'],
      [[file, ...both.slice(0, 2), ...both.slice(0, 2)], "or one is named twice: name each once"],
      [[one, two, file], "limits.yaml: it has no namespace, and other files name several: give it one"],
      [[file, ...both, "--namespace", ID], "give one of them"],
      [[file, "--namespace-name", "prod", "--namespace-name", "nowhere"], "nowhere"],
    ];
    writeFileSync(file, "resources: { x: { limits: { rpm: { capacity: 7 } } } }\n");
    for (const [words, message] of refusals) {
      const { exitCode, stderr } = await run("apply", ...words, "--yes");
      expect(exitCode, message).toBeGreaterThan(0);
      expect(stderr).toContain(message);
    }
    expect([await list("prod"), await list("staging")]).toEqual([{ resources: ["p"] }, { resources: ["s"] }]);
  });

  it("names what a purge left, makes no registry of it, and deletes it after a question", async () => {
    const { client } = context;
    const table = await context.createTable(tableDefinition());
    const put = (Item: PutItemCommand["input"]["Item"]) => client.send(new PutItemCommand({ TableName: table, Item }));
    await put({ ...namespaceNameKey("other"), namespace_id: { S: "beiZrD9wgEE" } });
    await put({ ...limiterItem("resource-default", "namespaced", "provisioner"), ...resourceKey("prov1", ID) });
    const env = { ROLLCALL_TABLE: table, AWS_ENDPOINT_URL: context.engine.endpoint };
    const run = (words: string, io: object = {}) => rollcall(words.split(" "), { env, ...io });

    const audit = await run("registry audit --all-namespaces");
    expect(audit).toMatchObject({ exitCode: 0 });
    expect(audit.stdout).toContain(
      `namespace ${ID} of table ${table}: 1 default, 0 registered; no drift\n  leftover   prov1`,
    );
    expect(audit.stderr).toContain("Delete them with: rollcall registry repair");
    const repair = await run("registry repair --all-namespaces --json");
    expect(JSON.parse(repair.stdout)).toEqual({
      namespaces: [{ namespace: ID, added: [], removed: [], unrepaired: [] }],
    });
    expect(await run("registry repair --purge-leftovers")).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("There is no terminal to ask on: pass --yes"),
    });
    const no = await run("registry repair --all-namespaces --purge-leftovers", { typed: "n\n" });
    expect(no).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("Not confirmed: no leftover was deleted."),
    });
    const yes = await run(`registry repair --namespace ${ID} --purge-leftovers --yes --json`);
    expect(JSON.parse(yes.stdout)).toEqual({ added: [], removed: [], unrepaired: [], purged: ["prov1"] });
    const left = await client.send(new ScanCommand({ TableName: table }));
    expect(left.Items?.map(({ SK }) => SK?.S)).toEqual(["#NAMESPACE#other"]);
  });

  it("names defaults that the limiter cannot read, stale bursts and missing index keys, and restores the last on request", async () => {
    const { client } = context;
    const table = await context.createTable(tableDefinition());
    const put = (Item: PutItemCommand["input"]["Item"]) => client.send(new PutItemCommand({ TableName: table, Item }));
    const limits = { l_rpm_cp: { N: "5" }, l_rpm_ra: { N: "5" }, l_rpm_rp: { N: "60" } };
    const keys = (name: string) => ({ ...resourceKey(name, ID), ...namespaceIndexKeys(resourceKey(name, ID), ID) });
    await put({ ...keys("fine"), ...limits });
    await put({ ...keys("zero"), ...limits, l_rpm_cp: { N: "0" } });
    await put({ ...keys("reserved"), ...limits, l_wcu_cp: { N: "1" } });
    await put({ ...keys("burst"), ...limits, l_rpm_bx: { N: "50" } });
    await put({ ...resourceKey("provisioned", ID), ...limits, GSI4PK: { S: ID } });
    await put({ ...registryKey(ID), resources: { SS: ["fine", "zero", "reserved", "burst", "provisioned"] } });
    const env = { ROLLCALL_TABLE: table, AWS_ENDPOINT_URL: context.engine.endpoint };
    const run = (words: string) => rollcall([...words.split(" "), "--namespace", ID], { env });

    const { exitCode, stdout } = await run("registry audit --json");
    expect(exitCode).toBe(0);
    const found = JSON.parse(stdout);
    expect(found.flaws).toMatchObject({ staleBursts: ["burst"], unindexed: ["provisioned"] });
    expect(found.flaws.unreadable).toEqual([
      { name: "reserved", reason: expect.stringMatching(/l_wcu_cp.* names a limit that the limiter rejects/) },
      { name: "zero", reason: expect.stringMatching(/attribute l_rpm_cp should be a whole number above 0/) },
    ]);
    const text = await run("registry audit");
    expect(text.stdout).toMatch(
      /no drift\n.*unreadable +reserved .*\n.*unreadable +zero .*\n.*stale burst +burst\n.*not indexed +provisioned\n$/,
    );
    expect(text.stderr).toContain("registry repair");
    expect(JSON.parse((await run("registry repair --index-keys --json")).stdout)).toMatchObject({
      indexed: ["provisioned"],
    });
    const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: resourceKey("provisioned", ID) }));
    expect(Item).toEqual({ ...keys("provisioned"), ...limits });
    expect(JSON.parse((await run("registry audit --json")).stdout).flaws.unindexed).toEqual([]);
  });

  it("creates a table with the limiter's four indexes", async () => {
    const table = await context.createTable(withIndexes(tableDefinition(), "limiter"));
    const { Table } = await context.client.send(new DescribeTableCommand({ TableName: table }));
    expect(Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName).sort()).toEqual([
      "GSI1",
      "GSI2",
      "GSI3",
      "GSI4",
    ]);
    const env = { ROLLCALL_TABLE: table, AWS_ENDPOINT_URL: context.engine.endpoint };
    expect((await rollcall(["table", "create", "--indexes", "limiter"], { env })).exitCode).toBe(0);
  });
});
