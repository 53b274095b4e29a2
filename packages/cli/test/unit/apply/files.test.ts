import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ConditionalCheckFailedException, PutItemCommand, ThrottlingException } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  dynamodb,
  file,
  folder,
  item,
  json,
  manifest,
  putItem,
  run,
  tableWith,
  title,
  writes,
} from "../../fixtures/apply-table.ts";
import { rollcall, type World } from "../../fixtures/run-cli.ts";

beforeAll(() => manifest({}));
afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(() => {
  manifest({ new: 1, changed: 5, same: 7 });
  tableWith([item("changed", 4), item("same", 7), item("old", 9)], ["changed", "same", "old"]);
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

describe("what resource apply does not handle", () => {
  const limiterManifest = { namespace: "prod", system: {}, entities: {} };

  it("is told on stderr and in the JSON", async () => {
    manifest({ same: 7 }, limiterManifest);
    expect((await run({}, "--yes")).stderr).toBe(
      "Not handled: the file names its namespace prod, and keys hold a namespace's id. Compared with the flat " +
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

  it("does the rest, lists each failure, says what is left to do, and ends with exit code 1", async () => {
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
        'Could not change same: DynamoDB throttles table "limits": retry in a moment, or raise its capacity.',
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
