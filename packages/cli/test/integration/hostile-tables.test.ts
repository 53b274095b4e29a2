import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type AttributeValue, DynamoDB } from "@aws-sdk/client-dynamodb";
import { type Engine, startEngine } from "@rollcall/local";
import { sweepStateKey } from "@rollcall/maintainer";
import { registryKey, resourceKey, tableDefinition } from "@rollcall/registry/schema";
import { describeInCi } from "@rollcall/testing/dynamodb/only-in-ci";
import { putAll } from "@rollcall/testing/dynamodb/put-all";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { loadCommands } from "../../src/commands.ts";
import { withoutAwsConfiguration } from "../fixtures/aws-environment.ts";
import { contentsOf } from "../fixtures/contents.ts";
import { EVIL, HOSTILE, HOSTILE_NAMESPACE, hasControls, hostileLines } from "../fixtures/hostile.ts";
import { peakOf } from "../fixtures/peak-memory.ts";
import { rollcall } from "../fixtures/run-cli.ts";
import { finished, spawnRollcall } from "../fixtures/spawn-cli.ts";

type Item = Record<string, AttributeValue>;

const TableName = "limits";
const number = { N: "5" };
const limits = { l_rpm_cp: number, l_rpm_ra: number, l_rpm_rp: number };
const defaultItem = (name: string, namespace?: string, rest: Item = limits): Item => ({
  ...resourceKey(name, namespace),
  resource: { S: name },
  ...rest,
});
const registryItem = (resources: AttributeValue, namespace?: string): Item => ({
  ...registryKey(namespace),
  resources,
});
const nested = (levels: number): AttributeValue =>
  levels === 0 ? number : { M: { [EVIL.slice(0, 50)]: nested(levels - 1) } };

/** Items of others, which no command may change. */
const FOREIGN: readonly Item[] = [
  ...["\u0000", EVIL.slice(0, 200), "RESOURCE", "SYSTEM"].map((PK) => ({
    PK: { S: PK },
    SK: { S: "#CONFIG" },
    text: { S: EVIL },
  })),
  { PK: { S: "SYSTEM#" }, SK: { S: "#OTHER" }, resources: { SS: ["theirs"] } },
  { PK: { S: "RESOURCE#a" }, SK: { S: "#CONFIGURATION" }, resource: { S: "a" } },
];

interface Kind {
  items: readonly Item[];
  /** Exit codes of commands, by their words; 0 where none is given. */
  exits: Readonly<Record<string, number>>;
}

const DRIFT = { "registry audit": 3 };
/** What reads a registry says in one line that it is none; what only reads or writes a default does not look. */
const NO_REGISTRY = {
  ...DRIFT,
  ...Object.fromEntries(
    ["resource list", "resource set", "resource delete", "resource apply", "resource export"].map((name) => [name, 1]),
  ),
  ...Object.fromEntries(["list", "status", "repair", "backfill"].map((verb) => [`registry ${verb}`, 1])),
};

const ODD_REGISTRIES: Readonly<Record<string, AttributeValue>> = {
  "a text": { S: EVIL },
  "a number": number,
  "a list": { L: [{ S: "a" }] },
  "a map": nested(20),
  "a set of numbers": { NS: ["1"] },
  "a set of bytes": { BS: [Buffer.from(EVIL)] },
  null: { NULL: true },
};
const ODD_DEFAULTS: Readonly<Record<string, Item>> = {
  "without attributes": {},
  "with 200,000 spaces for a number": { ...limits, l_rpm_cp: { S: " ".repeat(200_000) } },
  "with a number of 10^125": { ...limits, l_rpm_cp: { N: "1E125" } },
  "with a negative number": { ...limits, l_rpm_cp: { N: "-5" } },
  "with a map for a number": { ...limits, l_rpm_cp: nested(25) },
  "with null for a number": { ...limits, l_rpm_cp: { NULL: true } },
  "with a limit that a terminal obeys": { ...limits, [`l_${EVIL.slice(0, 100)}_cp`]: { S: EVIL } },
};
/** What the sweep's own item may hold after others wrote it. */
const ODD_SWEEPS: Readonly<Record<string, Item>> = {
  "a version that is a text": { version: { S: EVIL } },
  "a version beyond all numbers": { version: { N: "9007199254740993" } },
  "a summary that is a number": { version: number, last: number },
  "a summary of nothing": { version: number, last: { S: '{"last": 5}' } },
  "a state of null": { version: number, state: { S: "null" }, last: { S: "null" } },
  "a state of null segments": {
    version: number,
    state: { S: '{"segments":[null],"suspects":[null]}' },
    last: { S: '{"startedAt":"x"}' },
  },
  "a state that is no JSON": { version: number, state: { S: EVIL }, last: { S: EVIL } },
};

const KINDS: Readonly<Record<string, Kind>> = {
  "names of every kind": {
    items: [
      ...HOSTILE.flatMap((name) => [
        defaultItem(name),
        defaultItem(name, HOSTILE_NAMESPACE),
        defaultItem(name, EVIL.slice(0, 200)),
      ]),
      registryItem({ SS: [...HOSTILE, "orphan"].map((name) => `${name}!`) }),
      registryItem({ SS: [...HOSTILE] }, HOSTILE_NAMESPACE),
    ],
    // There is no default of the resource that the commands name, and names that no writer may delete are left.
    exits: { ...DRIFT, "resource get": 1, "resource update": 1, "resource apply": 1, "resource export": 1 },
  },
  ...Object.fromEntries(
    Object.entries(ODD_REGISTRIES).map(([title, value]): [string, Kind] => [
      `a registry that is ${title}`,
      { items: [registryItem(value), defaultItem("a")], exits: NO_REGISTRY },
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(ODD_DEFAULTS).map(([title, rest]): [string, Kind] => [
      `a default ${title}`,
      {
        items: [registryItem({ SS: ["a"] }), defaultItem("a", undefined, rest)],
        exits: { "resource get": Object.keys(rest).length > 0 ? 1 : 0, "resource export": 1 },
      },
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(ODD_SWEEPS).map(([title, rest]): [string, Kind] => [
      `a sweep with ${title}`,
      { items: [registryItem({ SS: ["a"] }), defaultItem("a"), { ...sweepStateKey(), ...rest }], exits: {} },
    ]),
  ),
};

/** What may stand where a cursor is kept. */
const CURSORS: Readonly<Record<string, string>> = {
  "another program's notes": "my notes\n",
  nothing: "",
  null: "null",
  "a list": "[]",
  "half an object": '{"task":"audit"',
  "null segments": '{"task":"audit","cursor":{"pages":1,"segments":[null]},"reports":[null]}',
  "a text that a terminal obeys": JSON.stringify(EVIL),
  "nesting of 100,000": "[".repeat(100_000),
};

const folder = mkdtempSync(path.join(tmpdir(), "rollcall-hostile-"));
afterAll(() => rmSync(folder, { recursive: true }));
const LINES = Object.entries(hostileLines(folder)).map(([name, [words = []]]) => ({ name, words }));
const PASSES = ["registry audit", "registry repair", "registry backfill"];

const WRITERS: ReadonlySet<string> = new Set(
  (await loadCommands()).flatMap(({ name, writes }) => (writes === true ? [name] : [])),
);
/** Thrice what a command may take: others may be busy beside the tests. */
const MAX_MS = 3 * 40_000;
const MAX_STDERR = 2_048;
const MAX_MEGABYTES = 512;

let dynamodb: Engine;
let client: DynamoDB;
beforeAll(async () => {
  dynamodb = await startEngine({ engine: "memory" });
  client = new DynamoDB(dynamodb.clientConfig);
});
afterAll(async () => {
  client.destroy();
  await dynamodb.stop();
});
beforeEach(async () => {
  withoutAwsConfiguration();
  await client.createTable({ TableName, ...tableDefinition() });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await client.deleteTable({ TableName });
});

const keyOf = ({ PK, SK }: Item) => JSON.stringify([PK?.S, SK?.S]);
const contents = async () => {
  const { Items = [] } = await client.scan({ TableName });
  return new Map(Items.map((item) => [keyOf(item), item]));
};
const run = (words: readonly string[]) =>
  rollcall([...words, "--table", TableName, "--endpoint-url", dynamodb.endpoint], {
    env: { XDG_STATE_HOME: path.join(folder, "state") },
  });

describeInCi("every command:", {}, () => {
  describe.each(Object.entries(KINDS))("a table with %s", (_, { items, exits }) => {
    it.each(LINES)("ends $name in a few short lines, and nothing of others is changed", async ({ name, words }) => {
      await putAll(client, TableName, [...FOREIGN, ...items]);
      const before = await contents();
      const started = performance.now();
      const { exitCode, stdout, stderr } = await run([...name.split(" "), ...words]);
      expect(performance.now() - started).toBeLessThan(MAX_MS);
      expect(exitCode, stderr).toBe(exits[name] ?? 0);
      expect(hasControls(stdout + stderr)).toBe(false);
      expect(stderr).not.toMatch(/This is a fault in rollcall|^Error: forged/m);
      expect(Buffer.byteLength(stderr)).toBeLessThanOrEqual(MAX_STDERR);
      const after = await contents();
      for (const item of FOREIGN) expect(after.get(keyOf(item))).toEqual(item);
      if (!WRITERS.has(name)) expect(after).toEqual(before);
    });
  });
});

describe("the process of a command", () => {
  it.skipIf(process.platform !== "linux").each([
    ["registry audit", "names of every kind"],
    ["resource get", "a default with 200,000 spaces for a number"],
    ["registry status", "a sweep with a state that is no JSON"],
  ])("%s ends in bounded memory on a table with %s", async (name, kind) => {
    const { items, exits } = KINDS[kind] as Kind;
    await putAll(client, TableName, [...FOREIGN, ...items]);
    const words = LINES.find((line) => line.name === name)?.words ?? [];
    const { env, megabytes } = peakOf(path.join(folder, "status"));
    const line = [...name.split(" "), ...words, "--table", TableName, "--endpoint-url", dynamodb.endpoint];
    const { exitCode, stderr } = await finished(spawnRollcall(line, env));
    expect(exitCode, stderr).toBe(exits[name] ?? 0);
    expect(megabytes()).toBeLessThan(MAX_MEGABYTES);
  });
});

describe.each(Object.entries(CURSORS))("a cursor file that holds %s", (_, text) => {
  it.each(PASSES.flatMap((pass) => [[pass], [`${pass} --resume`]]))(
    "is refused by %s, and left as it is",
    async (line) => {
      const cursor = path.join(folder, "cursor.json");
      writeFileSync(cursor, text);
      const before = contentsOf(folder);
      const { exitCode, stdout, stderr } = await run([...line.split(" "), "--cursor", cursor]);
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
      expect(stderr).toMatch(/^Error: .* is no cursor file; it was left as it is\. [^\n]*\n$/);
      expect(contentsOf(folder)).toEqual(before);
      rmSync(cursor);
    },
  );
});
