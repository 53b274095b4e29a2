import { randomUUID } from "node:crypto";
import {
  DeleteTableCommand,
  PutItemCommand,
  ResourceNotFoundException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { registryKey, resourceKey, tableDefinition } from "@rollcall/registry/schema";
import { describeEachEngine } from "@rollcall/testing/dynamodb/engines";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Run, rollcall, type World } from "../fixtures/run-cli.ts";

const rpm500 = { name: "rpm", capacity: 500, refillAmount: 500, refillPeriodSeconds: 60 };
const bulk = { name: "bulk", capacity: 100, refillAmount: 20, refillPeriodSeconds: 300 };

describeEachEngine("rollcall", (context) => {
  let table: string;

  /** Runs a command line, of words without spaces, against the test's table. */
  const run = (line: string, world: World = {}): Promise<Run> =>
    rollcall(line.split(" "), {
      ...world,
      env: { ROLLCALL_TABLE: table, AWS_ENDPOINT_URL: context.engine.endpoint, ...world.env },
    });
  /** The same, of which nothing but a JSON document is expected. */
  const json = async (line: string): Promise<unknown> => {
    const { exitCode, stdout, stderr } = await run(`${line} --json`);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    return JSON.parse(stdout);
  };
  const text = async (line: string): Promise<string> => {
    const { exitCode, stdout, stderr } = await run(line);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    return stdout;
  };

  describe("with a table", () => {
    beforeEach(async () => {
      table = await context.createTable(tableDefinition());
    });

    it("sets, lists, shows, updates and deletes defaults", async () => {
      expect(await text("resource set gpt-4 -l rpm:500 -l bulk:20/5min:100")).toBe(
        [
          `Set the defaults of gpt-4 in table ${table}:`,
          "  rpm:500/min        500 every minute, up to 500 at a time",
          "  bulk:20/5min:100   20 every 5 minutes, up to 100 at a time\n",
        ].join("\n"),
      );
      await text("resource set openai/gpt-4o -l rpm:500");
      expect(await text("resource list")).toBe("gpt-4\nopenai/gpt-4o\n");
      expect(await text("resource get gpt-4")).toBe(
        "bulk:20/5min:100   20 every 5 minutes, up to 100 at a time\nrpm:500/min        500 every minute, up to 500 at a time\n",
      );
      expect(await text("resource update gpt-4 -l rpm:1/day -y")).toMatch(
        /^Updated the defaults of gpt-4 in table [^\s]+:\n/,
      );
      expect(await text("resource get gpt-4 --consistent")).toBe("rpm:1/day   1 every day, up to 1 at a time\n");
      expect(await text("resource delete gpt-4 --yes")).toMatch(/^Deleted the defaults of gpt-4 in table/);
      expect(await text("resource delete gpt-4 --yes")).toMatch(/^Nothing to delete: /);
      expect(await text("resource list --consistent")).toBe("openai/gpt-4o\n");
    });

    it("does the same with one JSON document each", async () => {
      const set = await json("resource set gpt-4 -l rpm:500 -l bulk:20/5min:100");
      expect(set).toEqual({ resource: "gpt-4", limits: [rpm500, bulk] });
      expect(await json("resource list")).toEqual({ resources: ["gpt-4"] });
      expect(await json("resource get gpt-4")).toEqual({ resource: "gpt-4", limits: [bulk, rpm500] });
      expect(await json("resource update gpt-4 -l rpm:500 --yes")).toEqual({
        resource: "gpt-4",
        limits: [rpm500],
        removed: [bulk],
      });
      expect(await json("resource delete gpt-4 -y")).toEqual({ resource: "gpt-4", deleted: true, limits: [rpm500] });
      expect(await json("resource delete gpt-4 -y")).toEqual({ resource: "gpt-4", deleted: false, limits: [] });
      expect(await json("resource list")).toEqual({ resources: [] });
    });

    it("tells what is not there", async () => {
      expect(await run("resource get gpt-5")).toEqual({
        exitCode: 1,
        stdout: "",
        stderr: `Error: Resource "gpt-5" has no defaults in table ${table}; see those that have with: rollcall resource list --table ${table}\n`,
      });
      const update = await run("resource update gpt-5 -l rpm:1");
      expect(update).toMatchObject({
        exitCode: 1,
        stderr: expect.stringMatching(/^Error: Resource "gpt-5" has no defaults to update/),
      });
      expect(await run("resource list")).toMatchObject({ exitCode: 0, stdout: "" });
    });

    it("asks before it deletes", async () => {
      await run("resource set gpt-4 -l rpm:500");
      expect(await run("resource delete gpt-4", { typed: "n\n" })).toMatchObject({ exitCode: 1, stdout: "" });
      expect(await text("resource list --consistent")).toBe("gpt-4\n");
      expect(await run("resource delete gpt-4", { typed: "y\n" })).toMatchObject({ exitCode: 0 });
      expect(await json("resource list --consistent")).toEqual({ resources: [] });
    });

    it("keeps namespaces apart", async () => {
      await run("resource set flat -l rpm:1");
      await run("resource set mine -l rpm:2 --namespace tenant-1");
      const env = { ROLLCALL_NAMESPACE: "tenant-1" };
      expect((await run("resource list", { env })).stdout).toBe("mine\n");
      expect(await text("resource list")).toBe("flat\n");
      expect(await run("resource get mine --namespace tenant-2")).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining("in namespace tenant-2 of table"),
      });
    });

    it("shows how large the registry is", async () => {
      expect(await json("registry status")).toMatchObject({ names: 0, bytes: 0, setWriteUnits: 4, listReadUnits: 0.5 });
      await run("resource set gpt-4 -l rpm:500");
      expect(await json("registry status")).toMatchObject({ names: 1, bytes: 35, nearLimit: false });
      expect(await text("registry status")).toBe(
        [
          `Registry of table ${table}`,
          "  Names              1",
          "  Size               35 bytes of 409,600 (0.0085%)",
          "  Room               about 81,913 more names",
          "  To list            0.5 read units",
          "  To set or delete   4 write units; 2.02 units where many are written together",
          "  To update          1 write unit",
          "  Last sweep         none has completed\n",
        ].join("\n"),
      );
    });

    it("lists, shows and deletes names that it would not write", async () => {
      const odd = "gpt-4\n\u001b[2J";
      const item = { ...resourceKey(odd), l_rpm_cp: { N: "5" }, l_rpm_ra: { N: "5" }, l_rpm_rp: { N: "60" } };
      const put: TransactWriteItem = { Put: { TableName: table, Item: item } };
      const register: TransactWriteItem = {
        Put: { TableName: table, Item: { ...registryKey(), resources: { SS: [odd] } } },
      };
      await context.client.send(new TransactWriteItemsCommand({ TransactItems: [put, register] }));

      const shown = '"gpt-4\\n\\u001b[2J"';
      expect(await text("resource list")).toBe(`${shown}\n`);
      expect(await json("resource list")).toEqual({ resources: [odd] });
      const env = { ROLLCALL_TABLE: table, AWS_ENDPOINT_URL: context.engine.endpoint };
      expect((await rollcall(["resource", "get", odd], { env })).stdout).toBe(
        "rpm:5/min   5 every minute, up to 5 at a time\n",
      );
      const { exitCode, stdout } = await rollcall(["resource", "delete", odd, "--yes"], { env });
      expect(stdout).toContain(`Deleted the defaults of ${shown} in table`);
      expect(exitCode).toBe(0);
      expect(await json("resource list --consistent")).toEqual({ resources: [] });
    });

    it("says which item is malformed", async () => {
      const resources = { L: [{ S: "gpt-4" }] };
      await context.client.send(new PutItemCommand({ TableName: table, Item: { ...registryKey(), resources } }));
      for (const line of ["resource list", "registry status", "resource delete gpt-4 -y"]) {
        const { exitCode, stderr } = await run(line);
        expect(stderr).toMatch(
          /^Error: Malformed item {"PK":"SYSTEM#","SK":"#RESOURCES"}: [^\n]*remove that attribute[^\n]*\n$/,
        );
        expect(exitCode).toBe(1);
      }
    });
  });

  describe("table create", () => {
    const hasRecovery = context.engineName === "memory";
    beforeEach(() => {
      table = `new-${randomUUID()}`;
    });
    afterEach(async () => {
      try {
        await context.client.send(new DeleteTableCommand({ TableName: table }));
      } catch (error) {
        if (!(error instanceof ResourceNotFoundException)) throw error;
      }
    });

    it("says what it has done, and then that there is nothing to do", async () => {
      expect(await text("table create")).toBe(
        [
          `Created table ${table}`,
          "  Stream                   new and old images",
          "  Time to live             enabled",
          `  Point-in-time recovery   ${hasRecovery ? "enabled" : "not supported by this endpoint"}\n`,
        ].join("\n"),
      );
      expect(await text("table create")).toBe(`Table ${table} is already there and fits; nothing was changed.\n`);
    });

    it("has one JSON document for each", async () => {
      const pointInTimeRecovery = hasRecovery ? "enabled" : "unsupported";
      const settings = { timeToLive: "enabled", pointInTimeRecovery };
      expect(await json("table create")).toEqual({ table, created: true, ...settings });
      const unchanged = { timeToLive: "unchanged", pointInTimeRecovery: "unchanged" };
      expect(await json("table create")).toEqual({ table, created: false, ...unchanged });
    });

    it("refuses a table that does not fit", async () => {
      const { StreamSpecification: _, ...withoutStream } = tableDefinition();
      table = await context.createTable(withoutStream);
      const { exitCode, stdout, stderr } = await run("table create");
      expect(stderr).toMatch(/^Error: Table [^\s]+ is already there and does not fit: its stream is off: [^\n]*\n$/);
      expect(stdout).toBe("");
      expect(exitCode).toBe(1);
    });

    it("refuses a name that cannot be one, in one line", async () => {
      const { exitCode, stderr } = await run("table create --table no");
      expect(stderr).toMatch(/^Error: Table "no" cannot be created: a name has at least 3 characters\.\n/);
      expect(exitCode).toBe(2);
    });
  });

  const everyCommand = [
    "resource list",
    "resource get gpt-4",
    "resource set gpt-4 -l rpm:5",
    "resource update gpt-4 -l rpm:5",
    "resource delete gpt-4 --yes",
    "registry status",
  ];

  it.each(everyCommand)("%s says so when there is no such table", async (line) => {
    table = "no-such-table";
    const { exitCode, stdout, stderr } = await run(line);
    expect(stderr).toMatch(
      /^Error: There is no table "[^\s]+" at http:[^\n]*create it with: rollcall table create[^\n]*\n$/,
    );
    expect(stdout).toBe("");
    expect(exitCode).toBe(1);
  });

  it.each(everyCommand)("%s says so when the table is of another program", async (line) => {
    table = await context.createTable({
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      BillingMode: "PAY_PER_REQUEST",
    });
    const { exitCode, stdout, stderr } = await run(line);
    expect(stderr).toMatch(/^Error: The keys of table "[^\s]+" are not PK and SK, [^\n]*\n$/);
    expect(stdout).toBe("");
    expect(exitCode).toBe(1);
  });
});
