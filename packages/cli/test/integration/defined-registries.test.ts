import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { DeleteItemCommand, DeleteTableCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { Registry, type RegistryDefinition } from "@rollcall/registry";
import { describeEachEngine } from "@rollcall/testing/dynamodb/engines";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Project, projects, TENANTS_CONFIG, tenants } from "../fixtures/project.ts";
import { type Run, rollcall, type World } from "../fixtures/run-cli.ts";

/** One registry of a table whose key is one attribute. */
const BY_ID = `
import { defineConfig } from "@rollcall/cli";
export default defineConfig({ registries: [{
  name: "devices", key: { partition: "id" }, member: { partition: "DEVICE#{member}" },
  registry: { partition: "REGISTRY#DEVICES", attribute: "devices" },
}] });
`;
const devices: RegistryDefinition = {
  name: "devices",
  key: { partition: "id" },
  member: { partition: "DEVICE#{member}" },
  registry: { partition: "REGISTRY#DEVICES", attribute: "devices" },
};

describeEachEngine("rollcall registry of rollcall.config.ts", (context) => {
  const project = new Project({ "tenants.config.ts": TENANTS_CONFIG, "devices.config.ts": BY_ID });
  let state: string;
  let table: string;
  let tables = 0;

  beforeEach(async () => {
    state = await mkdtemp(path.join(tmpdir(), "rollcall-test-"));
    table = `defined-${process.pid}-${++tables}`;
  });
  afterEach(async () => {
    await rm(state, { recursive: true });
    await context.client.send(new DeleteTableCommand({ TableName: table }));
  });

  const run = (line: string, config: string, world: World = {}): Promise<Run> =>
    rollcall([...line.split(" "), "--config", project.path(config)], {
      ...world,
      env: { ROLLCALL_TABLE: table, AWS_ENDPOINT_URL: context.engine.endpoint, XDG_STATE_HOME: state, ...world.env },
    });
  const registryOf = (definition: RegistryDefinition, scope?: string) =>
    new Registry({ definition, tableName: table, scope, client: context.client });
  const putItem = (item: Record<string, string>) => {
    const Item = Object.fromEntries(Object.entries(item).map(([name, S]) => [name, { S }]));
    return context.client.send(new PutItemCommand({ TableName: table, Item }));
  };

  it("creates a table with the configuration's keys, and without time to live", async () => {
    const created = await run("table create --json", "tenants.config.ts");
    expect(created).toMatchObject({ exitCode: 0, stderr: "" });
    expect(JSON.parse(created.stdout)).toMatchObject({ table, created: true, timeToLive: "unchanged" });
    expect(await run("table create", "tenants.config.ts")).toMatchObject({
      stdout: `Table ${table} is already there and fits; nothing was changed.\n`,
    });
    const misfit = await run("table create", "devices.config.ts");
    expect(misfit.exitCode).toBe(1);
    expect(misfit.stderr).toBe(
      `Error: Table ${table} is already there and does not fit registry devices: its keys are pk (S, HASH), ` +
        "sk (S, RANGE) and should be id (S, HASH), which cannot be changed: use another table\n",
    );
  });

  it("lists the one that is named, in its scope", async () => {
    await run("table create", "tenants.config.ts");
    await registryOf(tenants).put("acme");
    await registryOf(tenants).put("zeta");
    await registryOf(projects, "acme").put("p 1");
    expect(await run("registry list --registry tenants", "tenants.config.ts")).toEqual({
      exitCode: 0,
      stdout: "acme\nzeta\n",
      stderr: "",
    });
    const { stdout } = await run("registry list --registry projects --scope acme --json", "tenants.config.ts");
    expect(JSON.parse(stdout)).toEqual({ registry: "projects", scope: "acme", names: ["p 1"] });
    expect(await run("registry list --registry projects --scope zeta", "tenants.config.ts")).toMatchObject({
      exitCode: 0,
      stderr: `The registry projects of scope zeta of table ${table} is empty.\n`,
    });
  });

  it.each<[string, string, RegExp]>([
    [
      "several, none of them named",
      "list",
      /There are several registries: pass --registry NAME; .* names tenants, projects/,
    ],
    [
      "one that is not there",
      "list --registry x",
      /There is no registry "x": .*tenants\.config\.ts names tenants, projects/,
    ],
    ["one that needs a scope", "list --registry projects", /Registry projects is one for each scope: pass --scope ID/],
    [
      "one without scopes",
      "list --registry tenants --scope a",
      /--scope "a" is no scope of tenants: its keys have none/,
    ],
  ])("refuses %s with exit code 2, in one line", async (_, line, message) => {
    await run("table create", "tenants.config.ts");
    const { exitCode, stderr } = await run(`registry ${line}`, "tenants.config.ts");
    expect(stderr).toMatch(message);
    expect(stderr.split("\n")).toHaveLength(3); // it, and where help is
    expect(exitCode).toBe(2);
  });

  it("audits and repairs all registries in one pass, in every scope", async () => {
    await run("table create", "tenants.config.ts");
    await registryOf(tenants).put("acme");
    await registryOf(tenants).put("gone");
    await registryOf(projects, "acme").put("p1");
    await context.client.send(
      new DeleteItemCommand({ TableName: table, Key: { pk: { S: "TENANT#gone" }, sk: { S: "#META" } } }),
    );
    await putItem({ pk: "TENANT#zeta", sk: "PROJECT#stray" });
    const audited = await run("registry audit", "tenants.config.ts");
    expect(audited).toEqual({
      exitCode: 3,
      stdout: [
        `registry projects of scope acme of table ${table}: 1 member, 1 registered; no drift`,
        `registry projects of scope zeta of table ${table}: 1 member, 0 registered; 1 missing, 0 orphaned`,
        "  missing   stray",
        `registry tenants of table ${table}: 1 member, 2 registered; 0 missing, 1 orphaned`,
        "  orphaned   gone\n",
      ].join("\n"),
      stderr:
        `Repair the drift with: rollcall registry repair --table ${table} ` +
        `--region eu-west-1 --config ${project.path("tenants.config.ts")}\n`,
    });
    const { stdout } = await run("registry audit --registry tenants --json", "tenants.config.ts");
    expect(JSON.parse(stdout)).toEqual({
      registries: [
        { registry: "tenants", scope: null, registered: 2, members: 1, missing: [], orphaned: ["gone"], malformed: 0 },
      ],
    });

    const repaired = await run("registry repair --json", "tenants.config.ts");
    expect(repaired).toMatchObject({ exitCode: 0, stderr: "" });
    expect(JSON.parse(repaired.stdout)).toEqual({
      registries: [
        { registry: "projects", scope: "acme", added: [], removed: [], unrepaired: [] },
        { registry: "projects", scope: "zeta", added: ["stray"], removed: [], unrepaired: [] },
        { registry: "tenants", scope: null, added: [], removed: ["gone"], unrepaired: [] },
      ],
    });
    expect(await run("registry audit --all-scopes", "tenants.config.ts")).toMatchObject({ exitCode: 0 });
    expect(await run("registry list --registry projects --scope zeta", "tenants.config.ts")).toMatchObject({
      stdout: "stray\n",
    });
  });

  it("audits one scope, and rebuilds one registry that is no string set", async () => {
    await run("table create", "tenants.config.ts");
    await registryOf(projects, "acme").put("p1");
    await putItem({ pk: "TENANT#acme", sk: "#PROJECTS", projects: "p1" });
    const ruined = await run("registry repair --scope acme", "tenants.config.ts");
    expect(ruined.exitCode).toBe(1);
    expect(ruined.stderr).toContain(
      `The registry projects of scope acme of table ${table} is no string set; rebuild it: rollcall registry repair ` +
        `--table ${table} --region eu-west-1 --registry projects --scope acme --config ${project.path("tenants.config.ts")} --rebuild\n`,
    );
    expect(await run("registry repair --rebuild", "tenants.config.ts")).toMatchObject({ exitCode: 2 });
    const rebuilt = await run("registry repair --registry projects --scope acme --rebuild", "tenants.config.ts");
    expect(rebuilt).toMatchObject({
      exitCode: 0,
      stderr: `Rebuilt the registry projects of scope acme of table ${table}: it lists 1 name.\n`,
    });
  });

  it("shows the status of the one that is named", async () => {
    await run("table create", "tenants.config.ts");
    await registryOf(projects, "acme").put("p1");
    const { stdout } = await run("registry status --registry projects --scope acme --json", "tenants.config.ts");
    expect(JSON.parse(stdout)).toMatchObject({ registry: "projects", scope: "acme", names: 1, lastSweep: null });
    const shown = await run("registry status --registry tenants", "tenants.config.ts");
    expect(shown).toMatchObject({ exitCode: 0, stderr: "" });
    expect(shown.stdout).toMatch(new RegExp(`^The registry tenants of table ${table}\\n {2}Names +0\\n`));
  });

  it("a pass refuses a table of other keys, by the registry's name", async () => {
    await run("table create", "tenants.config.ts");
    const { exitCode, stderr } = await run("registry audit", "devices.config.ts");
    expect(stderr).toBe(
      `Error: Registry devices does not fit table ${table}: its keys are pk (S, HASH), sk (S, RANGE) and should be ` +
        "id (S, HASH). Change the definition's key, or name another table.\n",
    );
    expect(exitCode).toBe(1);
  });

  it("lists a registry of a table whose key is one attribute, without naming it", async () => {
    await run("table create", "devices.config.ts");
    await registryOf(devices).put("d1");
    await putItem({ id: "DEVICE#d2" });
    expect(await run("registry list", "devices.config.ts")).toMatchObject({ exitCode: 0, stdout: "d1\n" });
    expect(await run("registry audit", "devices.config.ts")).toMatchObject({
      exitCode: 3,
      stdout: `registry devices of table ${table}: 2 members, 1 registered; 1 missing, 0 orphaned\n  missing   d2\n`,
    });
    expect(await run("registry backfill", "devices.config.ts")).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await run("registry list", "devices.config.ts")).toMatchObject({ stdout: "d1\nd2\n" });
  });
});
