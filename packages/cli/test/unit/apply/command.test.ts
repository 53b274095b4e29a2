import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { PassThrough } from "node:stream";
import {
  type AttributeValue,
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ThrottlingException,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { parseResourceKey, resourceKey } from "@rollcall/registry/schema";
import { mockClient } from "aws-sdk-client-mock";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { rollcall, Sink, type World } from "../../fixtures/run-cli.ts";

type Item = Record<string, AttributeValue>;

const dynamodb = mockClient(DynamoDBClient);
const folder = mkdtempSync(path.join(tmpdir(), "rollcall-apply-"));
const file = path.join(folder, "limits.yaml");

const item = (resource: string, capacity: number): Item => ({
  ...resourceKey(resource),
  l_rpm_cp: { N: String(capacity) },
  l_rpm_ra: { N: String(capacity) },
  l_rpm_rp: { N: "60" },
});
const rpm = (capacity: number) => ({ name: "rpm", capacity, refillAmount: capacity, refillPeriodSeconds: 60 });
const manifest = (resources: Record<string, number>, more = {}) =>
  writeFileSync(
    file,
    JSON.stringify({
      ...more,
      resources: Object.fromEntries(
        Object.entries(resources).map(([name, capacity]) => [name, { limits: { rpm: { capacity } } }]),
      ),
    }),
  );

/** A table with these defaults, and these names in its registry. */
function tableWith(items: Item[], names: string[]): void {
  dynamodb.reset();
  dynamodb.on(TransactWriteItemsCommand).resolves({});
  dynamodb.on(PutItemCommand).resolves({});
  dynamodb.on(GetItemCommand).resolves(names.length > 0 ? { Item: { resources: { SS: names } } } : {});
  const byName = new Map(items.map((each) => [each.PK?.S, each]));
  dynamodb.on(BatchGetItemCommand).callsFake(({ RequestItems }) => ({
    Responses: { limits: RequestItems.limits.Keys.flatMap(({ PK }: Item) => byName.get(PK?.S) ?? []) },
  }));
}

const run = (world: World, ...options: string[]) =>
  rollcall(["resource", "apply", file, "--table", "limits", ...options], world);
const json = async (...options: string[]) => JSON.parse((await run({}, "--json", "--yes", ...options)).stdout);
const writes = () =>
  dynamodb.calls().filter(({ args: [command] }) => /Put|Write|Update|Delete/.test(command.constructor.name)).length;
const title = (text: string) => text.replaceAll(file, "FILE");

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

describe("resource apply of several files, or none", () => {
  const second = path.join(folder, "more.json");
  const more = (resources: object) => writeFileSync(second, JSON.stringify({ resources }));
  const both = (world: World, ...options: string[]) =>
    rollcall(["resource", "apply", file, second, "--table", "limits", ...options], world);

  it("compares all of them as one", async () => {
    manifest({ same: 7 });
    more({ extra: { limits: { rpm: { capacity: 3 } } } });
    const { exitCode, stdout } = await both({}, "--dry-run");
    expect(stdout.replaceAll(`${folder}/`, "")).toBe(
      "To apply limits.yaml, more.json to table limits:\n  + extra   rpm:3/min\n" +
        "1 to create, 1 unchanged, 2 not in the file and left alone\nDry run: nothing was written.\n",
    );
    expect(exitCode).toBe(0);
  });

  it("refuses a resource that two of them have, with both places", async () => {
    manifest({ same: 7 });
    more({ same: { limits: { rpm: { capacity: 3 } } } });
    const { exitCode, stderr } = await both({}, "--yes");
    expect(stderr.replaceAll(`${folder}/`, "")).toBe(
      "Error: more.json:1: same is here for the second time, first in limits.yaml:1.\n",
    );
    expect(exitCode).toBe(1);
  });

  it("lists the mistakes of all of them", async () => {
    writeFileSync(file, "resources:\n  a: 5\n  b: 5\n");
    more({ c: { limits: {} } });
    const { exitCode, stdout, stderr } = await both({}, "--yes");
    const lines = stderr.replaceAll(`${folder}/`, "").trimEnd().split("\n");
    expect(lines.map((line) => line.slice(0, 30))).toEqual([
      "limits.yaml:2:6: resources.a: ",
      "limits.yaml:3:6: resources.b: ",
      "more.json:1:20: resources.c.li",
      "Error: There are 3 mistakes in",
    ]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(dynamodb.calls()).toHaveLength(0);
  });

  it("reads standard input for -, and asks nothing there", async () => {
    const text = "resources: { new: { limits: { rpm: { capacity: 1 } } } }";
    const words = ["resource", "apply", "-", "--table", "limits"];
    const { stdout } = await rollcall([...words, "--dry-run"], { typed: text });
    expect(stdout).toMatch(/^To apply standard input to table limits:\n {2}\+ new {3}rpm:1\/min\n/);
    const asking = await rollcall(words, { typed: text });
    expect(asking.stderr).toMatch(/^Error: Standard input holds the manifest, and no answers: pass --yes/);
    expect(asking.exitCode).toBe(2);
  });

  it("changes nothing for a manifest without resources, and prunes nothing by it", async () => {
    writeFileSync(file, "namespace: prod\nsystem: {}\n");
    const { exitCode, stdout, stderr } = await run({}, "--yes");
    expect(title(stdout)).toBe(
      "Nothing to apply from FILE to table limits: it has no resources, only namespace, system.\n",
    );
    expect(stderr).toMatch(/^Not handled: .*\nNot handled: .*\n$/);
    expect(exitCode).toBe(0);
    const pruning = await run({}, "--yes", "--prune");
    expect(pruning.stderr).toMatch(/^Error: The manifest has no resources section, [^\n]* write resources: {} if /);
    expect(pruning.exitCode).toBe(1);
    expect(writes()).toBe(0);
  });
});

describe("resource apply --dry-run --exit-code", () => {
  it("exits with 3 when changes are left, and with 0 when none are", async () => {
    expect(await run({}, "--dry-run", "--exit-code")).toMatchObject({ exitCode: 3 });
    expect(await run({}, "--dry-run")).toMatchObject({ exitCode: 0 });
    manifest({ same: 7 });
    expect(await run({}, "--dry-run", "--exit-code")).toMatchObject({ exitCode: 0 });
    expect(await run({}, "--yes", "--exit-code")).toMatchObject({ exitCode: 2 });
  });
});

describe("resource apply of many changes", () => {
  beforeEach(() => manifest(Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`r${i}`, 1]))));

  it("shows 20 and counts the others, or shows all of them", async () => {
    const { stdout } = await run({}, "--dry-run");
    expect(stdout.match(/^ {2}\+ /gm)).toHaveLength(20);
    expect(stdout).toContain("\n  and 10 more: --all shows every one\n");
    expect((await run({}, "--dry-run", "--all")).stdout.match(/^ {2}\+ /gm)).toHaveLength(30);
    expect(JSON.parse((await run({}, "--dry-run", "--json")).stdout).created).toHaveLength(30);
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

  it("may hold names that nobody would write, which --prune deletes", async () => {
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

describe("what resource apply does not handle", () => {
  const limiterManifest = { namespace: "prod", system: {}, entities: {} };

  it("is told on stderr and in the JSON", async () => {
    manifest({ same: 7 }, limiterManifest);
    expect((await run({}, "--yes")).stderr).toBe(
      "Not handled: the file's namespace prod, a name of the limiter's, where keys have an id. Compared with the flat " +
        "keys of table limits; pass --namespace ID for another.\n" +
        "Not handled: the file's section system; only resources were compared.\n" +
        "Not handled: the file's section entities; only resources were compared.\n",
    );
    expect(await json()).toMatchObject({ notHandled: ["namespace", "system", "entities"] });
  });

  it("is told before the question", async () => {
    manifest({ new: 7 }, limiterManifest);
    expect((await run({ typed: "n\n" })).stderr).toMatch(
      /Not handled: .*\nNot handled: .*\nNot handled: .*\nWrite this/,
    );
  });

  it("is not the namespace that is in use", async () => {
    manifest({}, { namespace: "prod" });
    expect(await json("--namespace", "prod")).toMatchObject({ notHandled: [] });
    expect(await json("--namespace", "other")).toMatchObject({ notHandled: ["namespace"] });
  });
});

describe("resource apply that fails in part", () => {
  beforeEach(() => {
    manifest({ new: 1, changed: 5, same: 8, third: 4 });
    tableWith([item("changed", 4), item("same", 7), item("third", 3)], ["changed", "same", "third"]);
    const refused = new ConditionalCheckFailedException({ $metadata: {}, message: "The conditional request failed" });
    dynamodb.on(PutItemCommand, { Item: { ...putItem("changed", 5) } }).rejects(refused);
    const throttled = new ThrottlingException({ $metadata: {}, message: "slow down" });
    dynamodb.on(PutItemCommand, { Item: { ...putItem("same", 8) } }).rejects(throttled);
  });

  it("does the rest, lists each failure, says how to go on, and ends with exit code 1", async () => {
    const { exitCode, stdout, stderr } = await run({}, "--yes");
    expect(title(stdout)).toBe(
      [
        "Applied FILE to table limits: 1 created, 1 changed",
        "  + new     rpm:1/min",
        "  ~ third   rpm:3/min → rpm:4/min\n",
      ].join("\n"),
    );
    expect(stderr).toBe(
      [
        "Could not change changed: It was deleted meanwhile.",
        'Could not change same: DynamoDB throttles table "limits": try again in a moment, or raise its capacity.',
        "Error: 2 changes of 4 could not be made: remove the cause, then run the same command again; it does only what " +
          "is left.\n",
      ].join("\n"),
    );
    expect(exitCode).toBe(1);
  });

  it("has the failures in the same JSON", async () => {
    const { exitCode, stdout, stderr } = await run({}, "--yes", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      created: [{ resource: "new" }],
      changed: [{ resource: "third" }],
      failed: [
        { resource: "changed", action: "change", error: "It was deleted meanwhile." },
        { resource: "same", action: "change", error: expect.stringContaining("throttles") },
      ],
    });
    expect(stderr).toMatch(/^Error: 2 changes of 4 [^\n]*\n$/);
    expect(exitCode).toBe(1);
  });

  it("shows the stack of what is a fault of ours", async () => {
    dynamodb.on(PutItemCommand).rejects(new RangeError("an index is off by one"));
    const { exitCode, stderr } = await run({}, "--yes");
    expect(stderr).toMatch(/RangeError: an index is off by one\n(.*\n)*This is a fault in rollcall/);
    expect(exitCode).toBe(1);
  });

  it("and is interrupted, ends with exit code 130", async () => {
    const controller = new AbortController();
    dynamodb.on(PutItemCommand).callsFake(() => {
      controller.abort();
      return {};
    });
    const { exitCode, stdout, stderr } = await run({ signal: controller.signal }, "--yes");
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 130, stdout: "", stderr: "Interrupted.\n" });
  });
});

/** What is written for a resource whose one limit is `rpm`. */
function putItem(resource: string, capacity: number): Item {
  const extra = { resource: { S: resource }, config_version: { N: "1" }, l_rpm_bx: { N: String(capacity) } };
  return { ...item(resource, capacity), ...extra };
}
