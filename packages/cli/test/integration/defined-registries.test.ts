import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { DeleteTableCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { defineRegistry, Registry, type RegistryDefinition } from "@rollcall/registry";
import { describeEachEngine } from "@rollcall/testing/dynamodb/engines";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Project, TENANTS_CONFIG } from "../fixtures/project.ts";
import { type Run, rollcall, type World } from "../fixtures/run-cli.ts";

const key = { partition: "pk", sort: "sk" };
const tenants = defineRegistry({
  name: "tenants",
  key,
  member: { partition: "TENANT#{member}", sort: "#META" },
  registry: { partition: "SYSTEM#", sort: "#TENANTS", attribute: "tenants" },
});
const projects = defineRegistry({
  name: "projects",
  key,
  member: { partition: "TENANT#{scope}", sort: "PROJECT#{member}" },
  registry: { partition: "TENANT#{scope}", sort: "#PROJECTS", attribute: "projects" },
});

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

  it("lists a registry of a table whose key is one attribute, without naming it", async () => {
    await run("table create", "devices.config.ts");
    await registryOf(devices).put("d1");
    await putItem({ id: "DEVICE#d2" });
    expect(await run("registry list", "devices.config.ts")).toMatchObject({ exitCode: 0, stdout: "d1\n" });
  });
});
