import { PassThrough } from "node:stream";
import {
  type AttributeValue,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { rollcall, Sink, type World } from "../fixtures/run-cli.ts";

const dynamodb = mockClient(DynamoDBClient);
const rpm: Record<string, AttributeValue> = { l_rpm_cp: { N: "500" }, l_rpm_ra: { N: "500" }, l_rpm_rp: { N: "60" } };

/** A table with this default of `gpt-4`, if any, and these names in its registry. */
function tableWith(item: Record<string, AttributeValue> | undefined, names: string[]): void {
  dynamodb.reset();
  dynamodb.on(TransactWriteItemsCommand).resolves({});
  dynamodb
    .on(GetItemCommand, { Key: { PK: { S: "RESOURCE#gpt-4" }, SK: { S: "#CONFIG" } } })
    .resolves(item ? { Item: item } : {});
  dynamodb
    .on(GetItemCommand, { Key: { PK: { S: "SYSTEM#" }, SK: { S: "#RESOURCES" } } })
    .resolves(names.length > 0 ? { Item: { resources: { SS: names } } } : {});
}

const run = (world: World, ...options: string[]) =>
  rollcall(["resource", "delete", "gpt-4", "--table", "limits", ...options], world);
const deletions = () => dynamodb.commandCalls(TransactWriteItemsCommand).length;

beforeEach(() => tableWith(rpm, ["gpt-4"]));

describe("resource delete on a terminal", () => {
  it("shows the limits and asks, on stderr", async () => {
    const { stderr } = await run({ typed: "n\n" });
    expect(stderr).toBe(
      "Defaults of gpt-4 in table limits:\n  rpm:500/min   500 every minute, up to 500 at a time\nDelete them? [y/N] " +
        "Error: Not confirmed: nothing was deleted.\n",
    );
  });

  it.each(["y\n", "Y\n", "yes\n", " YES \r\n"])("deletes when the answer is %j", async (typed) => {
    const { exitCode, stdout } = await run({ typed });
    expect(stdout).toBe(
      "Deleted the defaults of gpt-4 in table limits:\n  rpm:500/min   500 every minute, up to 500 at a time\n",
    );
    expect(exitCode).toBe(0);
    expect(deletions()).toBe(1);
  });

  it.each(["n\n", "\n", "yess\n", "ja\n", "", "y"])("deletes nothing when the answer is %j", async (typed) => {
    const { exitCode, stdout, stderr } = await run({ typed });
    expect(stderr).toMatch(/Error: Not confirmed: nothing was deleted\.\n$/);
    expect(stdout).toBe("");
    expect(exitCode).toBe(1);
    expect(deletions()).toBe(0);
  });

  it("prints one JSON document with --json, and asks all the same", async () => {
    const { stdout, stderr } = await run({ typed: "y\n" }, "--json");
    expect(JSON.parse(stdout)).toEqual({
      resource: "gpt-4",
      deleted: true,
      limits: [{ name: "rpm", capacity: 500, refillAmount: 500, refillPeriodSeconds: 60 }],
    });
    expect(stderr).toContain("Delete them? [y/N]");
  });

  it("ends with exit code 130 when it is interrupted at the question", async () => {
    const controller = new AbortController();
    const stderr = new Sink((text) => {
      if (text.endsWith("[y/N] ")) controller.abort();
    });
    const { exitCode } = await run({ typed: new PassThrough(), stderr, signal: controller.signal });
    expect(stderr.text).toMatch(/\[y\/N\] \s+Interrupted\.\n$/);
    expect(exitCode).toBe(130);
    expect(deletions()).toBe(0);
  });
});

describe("resource delete --yes", () => {
  it("neither needs a terminal nor asks", async () => {
    const { exitCode, stdout, stderr } = await run({}, "--yes");
    expect(stdout).toMatch(/^Deleted the defaults of gpt-4 in table limits:\n {2}rpm:500\/min /);
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
  });

  it("reads the latest state before it deletes", async () => {
    await run({}, "-y");
    const reads = dynamodb.commandCalls(GetItemCommand);
    expect(reads.map(({ args: [{ input }] }) => input.ConsistentRead)).toEqual([true, true]);
  });
});

describe.each<[string, World, string[]]>([
  ["on a terminal", { typed: "y\n" }, []],
  ["with --yes", {}, ["--yes"]],
])("resource delete %s", (_, world, options) => {
  it("of a resource without defaults has nothing to do, and says so", async () => {
    tableWith(undefined, ["other"]);
    const { exitCode, stdout, stderr } = await run(world, ...options);
    expect(stdout).toBe("Nothing to delete: there are no defaults of gpt-4 in table limits.\n");
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
    expect(deletions()).toBe(0);
  });

  it("takes a name off the registry that has nothing else", async () => {
    tableWith(undefined, ["gpt-4"]);
    const { exitCode, stdout } = await run(world, ...options);
    expect(stdout).toMatch(/^Deleted .*\n {2}no limits; only its name, in the registry\n$/);
    expect(exitCode).toBe(0);
    expect(deletions()).toBe(1);
  });

  it.each([["gpt-4"], []])(
    "deletes an item without limits, whether the registry has its name or not (%j)",
    async (...names) => {
      tableWith({ resource: { S: "gpt-4" } }, names);
      const { exitCode, stdout } = await run(world, ...options);
      expect(stdout).toMatch(/^Deleted .*\n {2}a default without limits\n$/);
      expect(exitCode).toBe(0);
      expect(deletions()).toBe(1);
    },
  );

  it("deletes what it cannot read, and says why it cannot", async () => {
    tableWith({ l_rpm_cp: { S: "many\u001b[2J" } }, ["gpt-4"]);
    const { exitCode, stdout } = await run(world, ...options);
    expect(stdout).toMatch(/^Deleted .*\n {2}Malformed item .*l_rpm_cp should be a whole number/);
    expect(stdout).not.toContain("\u001b");
    expect(exitCode).toBe(0);
    expect(deletions()).toBe(1);
  });
});

describe("resource update with fewer limits than there are", () => {
  const tpm = { l_tpm_cp: { N: "9" }, l_tpm_ra: { N: "9" }, l_tpm_rp: { N: "60" } };
  const update = (world: World, ...options: string[]) =>
    rollcall(["resource", "update", "gpt-4", "-l", "rpm:5", "--table", "limits", ...options], world);
  const writes = () => dynamodb.commandCalls(PutItemCommand).length;

  beforeEach(() => {
    tableWith({ ...rpm, ...tpm }, ["gpt-4"]);
    dynamodb.on(PutItemCommand).resolves({});
  });

  it("names the limits that would be gone, and writes nothing without a terminal or --yes", async () => {
    const { exitCode, stderr } = await update({});
    expect(stderr).toMatch(
      /^Error: An update replaces all limits of "gpt-4", and tpm would be gone: .* or pass --yes\./,
    );
    expect(exitCode).toBe(1);
    expect(writes()).toBe(0);
  });

  it("asks on a terminal, and writes nothing when the answer is no", async () => {
    const { exitCode, stderr } = await update({ typed: "n\n" });
    expect(stderr).toMatch(/lose 1 limit:\n {2}tpm:9\/min .*\nReplace the defaults\? \[y\/N\] Error: Not confirmed/);
    expect(exitCode).toBe(1);
    expect(writes()).toBe(0);
  });

  it("tells with --yes which limits are gone", async () => {
    const { stdout } = await update({}, "--yes", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ limits: [{ name: "rpm" }], removed: [{ name: "tpm", capacity: 9 }] });
    expect(writes()).toBe(1);
  });

  it("asks nothing where no limit would be gone", async () => {
    tableWith(rpm, ["gpt-4"]);
    dynamodb.on(PutItemCommand).resolves({});
    expect(await update({})).toMatchObject({ exitCode: 0, stderr: "" });
    expect(writes()).toBe(1);
  });
});
