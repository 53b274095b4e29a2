import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DescribeTableCommand, GetItemCommand, PutItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { namespaceIdKey, namespaceNameKey } from "@rollcall/registry/resources";
import { registryKey, resourceKey, tableDefinition } from "@rollcall/registry/schema";
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
