import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { PassThrough } from "node:stream";
import {
  BatchGetItemCommand,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { parseResourceKey, resourceKey } from "@rollcall/registry/schema";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  dynamodb,
  file,
  folder,
  item,
  json,
  manifest,
  rpm,
  run,
  tableWith,
  title,
  writes,
} from "../../fixtures/apply-table.ts";
import { rollcall, Sink } from "../../fixtures/run-cli.ts";

beforeAll(() => manifest({}));
afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(() => {
  manifest({ new: 1, changed: 5, same: 7 });
  tableWith([item("changed", 4), item("same", 7), item("old", 9)], ["changed", "same", "old"]);
});

const PLAN = [
  "To apply FILE to table limits:",
  "  + new       rpm:1/min",
  "  ~ changed   rpm:4/min → rpm:5/min",
  "1 to create, 1 to change, 1 unchanged, 1 not in the file and left alone",
];

describe("resource apply on a terminal", () => {
  it("shows the plan and asks, on stderr, and writes nothing when the answer is no", async () => {
    const { exitCode, stdout, stderr } = await run({ typed: "n\n" });
    expect(title(stderr)).toBe([...PLAN, "Write this? [y/N] Error: Not confirmed: nothing was written.\n"].join("\n"));
    expect(stdout).toBe("");
    expect(exitCode).toBe(1);
    expect(writes()).toBe(0);
  });

  it("writes when the answer is yes, and does not show everything again", async () => {
    const { exitCode, stdout } = await run({ typed: "y\n" });
    expect(title(stdout)).toBe(
      "Applied FILE to table limits: 1 created, 1 changed, 1 unchanged, 1 not in the file and left alone\n",
    );
    expect(exitCode).toBe(0);
    expect(writes()).toBe(2);
  });

  it("prints one JSON document with --json, and asks all the same", async () => {
    const { stdout, stderr } = await run({ typed: "y\n" }, "--json");
    expect(JSON.parse(stdout)).toMatchObject({ created: [{ resource: "new" }], changed: [{ resource: "changed" }] });
    expect(stderr).toContain("Write this? [y/N]");
  });

  it("does not ask when there is nothing to write", async () => {
    manifest({ same: 7 });
    const { exitCode, stdout, stderr } = await run({ typed: "" });
    expect(title(stdout)).toBe(
      "Nothing to apply from FILE to table limits: 1 unchanged, 2 not in the file and left alone.\n",
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  });

  it("ends with exit code 130 when it is interrupted at the question", async () => {
    const controller = new AbortController();
    const stderr = new Sink((text) => {
      if (text.endsWith("[y/N] ")) controller.abort();
    });
    const { exitCode } = await run({ typed: new PassThrough(), stderr, signal: controller.signal });
    expect(exitCode).toBe(130);
    expect(writes()).toBe(0);
  });
});

describe("resource apply without a terminal", () => {
  it("needs --yes or --dry-run, and sends nothing without", async () => {
    const { exitCode, stdout, stderr } = await run({});
    expect(stderr).toMatch(/^Error: There is no terminal to ask on: pass --yes .* or --dry-run\.\n/);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(dynamodb.calls()).toHaveLength(0);
  });

  it("writes with --yes, and shows what", async () => {
    const { exitCode, stdout, stderr } = await run({}, "-y");
    expect(title(stdout)).toBe(
      [
        "Applied FILE to table limits: 1 created, 1 changed, 1 unchanged, 1 not in the file and left alone",
        "  + new       rpm:1/min",
        "  ~ changed   rpm:4/min → rpm:5/min\n",
      ].join("\n"),
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  });

  it("only shows the plan with --dry-run, also with --yes", async () => {
    for (const options of [["--dry-run"], ["--dry-run", "--yes"]]) {
      const { exitCode, stdout, stderr } = await run({}, ...options);
      expect(title(stdout)).toBe([...PLAN, "Dry run: nothing was written.\n"].join("\n"));
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    }
    expect(writes()).toBe(0);
  });

  it("has one JSON shape for the dry run and the real one", async () => {
    const dry = await json("--dry-run", "--prune");
    expect(dry).toEqual({
      dryRun: true,
      created: [{ resource: "new", limits: [rpm(1)] }],
      changed: [{ resource: "changed", from: [rpm(4)], to: [rpm(5)] }],
      registered: [],
      deleted: [{ resource: "old", limits: [rpm(9)] }],
      unchanged: 1,
      leftAlone: 0,
      failed: [],
      notHandled: [],
    });
    expect(writes()).toBe(0);
    expect(await json("--prune")).toEqual({ ...dry, dryRun: false });
    expect(writes()).toBe(3);
  });

  it("says where a bad file is bad, and sends nothing", async () => {
    writeFileSync(file, "resources:\n  gpt-4: { limits: { rpm: { capcity: 5 } } }\n");
    const { exitCode, stdout, stderr } = await run({}, "--yes");
    expect(title(stderr)).toBe(
      "Error: FILE:2:29: resources.gpt-4.limits.rpm.capcity: unknown field; did you mean capacity?\n",
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(dynamodb.calls()).toHaveLength(0);
  });

  it.each([
    ["no file", path.join(folder, "none.yaml"), /^Error: There is no file .*none\.yaml: give the path of a manifest/],
    ["a directory", folder, /^Error: .* is a directory: give the path of a manifest/],
    [
      "a file without an end",
      "/dev/zero",
      /^Error: \/dev\/zero is larger than the 32 MiB of a manifest: split it\.\n$/,
    ],
  ])("says so when it is given %s", async (_, name, message) => {
    const { exitCode, stderr } = await rollcall(["resource", "apply", name, "--table", "limits", "--yes"]);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^[^\n]*\n$/);
    expect(exitCode).toBe(1);
  });

  it("says so when the file is no text", async () => {
    writeFileSync(file, Buffer.from("ff fe 61 00".replaceAll(" ", ""), "hex"));
    expect((await run({}, "--yes")).stderr).toMatch(/is not text in UTF-8: save it as that\.\n$/);
  });
});

describe("what resource apply compares with", () => {
  it("is the latest state, of the file's names alone", async () => {
    await run({}, "--dry-run");
    expect(dynamodb.commandCalls(GetItemCommand)[0]?.args[0].input).toMatchObject({ ConsistentRead: true });
    const asked = dynamodb.commandCalls(BatchGetItemCommand)[0]?.args[0].input.RequestItems?.limits;
    expect(asked?.ConsistentRead).toBe(true);
    expect(asked?.Keys?.map((key) => parseResourceKey(key)?.resource)).toEqual(["new", "changed", "same"]);
  });

  it("is read on where DynamoDB left keys unprocessed", async () => {
    const left = { UnprocessedKeys: { limits: { Keys: [resourceKey("same")], ConsistentRead: true } } };
    dynamodb
      .on(BatchGetItemCommand)
      .resolvesOnce({ Responses: { limits: [item("changed", 4)] }, ...left })
      .resolvesOnce({ Responses: {}, ...left })
      .resolvesOnce({ Responses: { limits: [item("same", 7)] } });
    expect(await json()).toMatchObject({ created: [{ resource: "new" }], unchanged: 1 });
  });

  it("is a ceiling where the stored item has one", async () => {
    tableWith([{ ...item("same", 4), l_rpm_bx: { N: "7" }, l_rpm_ra: { N: "7" } }], ["same"]);
    manifest({ same: 7 });
    expect(await json()).toMatchObject({ unchanged: 1 });
  });

  it("may lack the name of a default in the registry, which is then registered", async () => {
    tableWith([item("changed", 4), item("same", 7)], []);
    const { stdout } = await run({}, "--yes");
    expect(title(stdout).split("\n").slice(1)).toEqual([
      "  + new       rpm:1/min",
      "  ~ changed   rpm:4/min → rpm:5/min",
      "              its name is missing in the registry",
      "  ~ same      its limits are right; its name is missing in the registry",
      "",
    ]);
    expect(dynamodb.commandCalls(TransactWriteItemsCommand)[0]?.args[0].input.TransactItems).toHaveLength(4);
    expect(writes()).toBe(1);
    expect(await json()).toMatchObject({ registered: [{ resource: "same", limits: [rpm(7)] }] });
  });

  it("may have a name without a default, which is then created", async () => {
    tableWith([item("changed", 5), item("same", 7)], ["new", "changed", "same"]);
    expect(await json()).toMatchObject({ created: [{ resource: "new" }], unchanged: 2 });
  });

  it("may hold a default that cannot be read, which is then replaced", async () => {
    tableWith([{ ...item("same", 7), l_rpm_cp: { S: "many\n" } }], ["same"]);
    manifest({ same: 7 });
    const { exitCode, stdout } = await run({}, "--yes");
    expect(stdout).toMatch(/~ same {3}Malformed item .*l_rpm_cp should be a whole number.*\n {11}\+ rpm:7\/min\n$/);
    expect(exitCode).toBe(0);
    expect(dynamodb.commandCalls(PutItemCommand)).toHaveLength(1);
  });

  it("may hold names that no writer of ours writes, which --prune deletes", async () => {
    const odd = "gpt-4\n\u001b[2J";
    tableWith([{ ...item(odd, 5) }], [odd, "ghost"]);
    manifest({});
    const { stdout } = await run({}, "--yes", "--prune");
    expect(title(stdout)).toBe(
      [
        "Applied FILE to table limits: 2 deleted",
        "  - ghost                no limits; only its name, in the registry",
        '  - "gpt-4\\n\\u001b[2J"   rpm:5/min\n',
      ].join("\n"),
    );
  });
});
