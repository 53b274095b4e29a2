import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { registryKey, resourceKey, tableDefinition } from "@rollcall/registry/schema";
import { mockClient } from "aws-sdk-client-mock";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/commands.ts";
import { EVIL, HOSTILE, HOSTILE_NAMESPACE, hasControls, hostileLines } from "../fixtures/hostile.ts";
import { rollcall } from "../fixtures/run-cli.ts";

const dynamodb = mockClient(DynamoDBClient);
const folder = mkdtempSync(path.join(tmpdir(), "rollcall-hostile-"));
afterAll(() => rmSync(folder, { recursive: true }));

const number = { N: "5" };
const namespace = HOSTILE_NAMESPACE;
const defaultItem = (resource: string, of?: string) => ({
  ...resourceKey(resource, of),
  resource: { S: resource },
  l_rpm_cp: { S: EVIL },
  l_rpm_ra: number,
  l_rpm_rp: number,
});

/** A table in which every name, key, text and message is hostile. */
function hostileTable(): void {
  dynamodb.reset();
  const registered = [...HOSTILE, "orphan"].map((name) => `${name}!`);
  const items = HOSTILE.flatMap((name) => [defaultItem(name), defaultItem(name, namespace)]);
  const registry = { resources: { SS: registered } };
  const sweep = { last: { S: EVIL }, state: { S: EVIL }, version: number };
  const entry = { namespace_id: { S: EVIL }, namespace_name: { S: EVIL }, status: { S: EVIL } };
  dynamodb.onAnyCommand().callsFake(async (input: Record<string, unknown>) => {
    if ("TotalSegments" in input) return { Items: [...items, { ...registryKey(namespace), ...registry }] };
    if ("Key" in input) {
      const { SK } = input.Key as { SK: { S: string } };
      return { Item: SK.S === "#RESOURCES" ? registry : { ...sweep, ...entry, ...defaultItem("a") } };
    }
    if ("KeyConditionExpression" in input) return { Items: [entry] };
    if ("RequestItems" in input) return { Responses: { limits: items } };
    if ("TransactItems" in input) {
      const { TransactItems } = input as { TransactItems: { Get?: { Key: { PK: { S: string } } } }[] };
      return {
        Responses: TransactItems.map(({ Get }) => (Get?.Key.PK.S.includes("SYSTEM#") ? { Item: registry } : {})),
      };
    }
    if ("TableName" in input) return { Table: { ...tableDefinition(), TableName: EVIL, TableStatus: "ACTIVE" } };
    return {};
  });
}

const LINES = hostileLines(folder);

beforeEach(hostileTable);

const env = { XDG_STATE_HOME: folder };

/** `dev` and `ui` have tests of their own; a template is made of the configuration, and of nothing that is found. */
const APART = ["deploy template", "dev", "ui"];

it("every command that reads a table, but dev and ui, is walked with hostile names", () => {
  expect(Object.keys(LINES).toSorted()).toEqual(
    COMMANDS.map(({ name }) => name)
      .filter((name) => !APART.includes(name))
      .toSorted(),
  );
});

describe.each(
  Object.entries(LINES).flatMap(([name, lines]) =>
    lines.map((words, i) => ({ name, words, title: `${name} (${i + 1})` })),
  ),
)("$title", ({ name, words }) => {
  const more = name === "table create" ? [[], ["--json"]] : [[], ["--json"], ["--namespace", namespace]];

  it.each(more.map((options) => ({ options })))(
    "prints no control character of a stranger's, with $options.0",
    async ({ options }) => {
      const line = [...name.split(" "), ...words, "--table", "limits", ...options];
      const { stdout, stderr } = await rollcall(line, { env });
      expect(hasControls(stdout + stderr)).toBe(false);
      expect(/^Error: forged/m.test(stdout + stderr)).toBe(false);
      expect(stderr.includes("This is a fault in rollcall")).toBe(false);
      expect(stderr.length).toBeLessThan(10_000);
      if (options[0] === "--json" && stdout !== "") expect(() => JSON.parse(stdout)).not.toThrow();
    },
  );
});

describe("any failure of DynamoDB's", () => {
  it.each(Object.entries(LINES).map(([name, [words = []]]) => ({ name, words })))(
    "is told in one line of bounded length by $name",
    async ({ name, words }) => {
      dynamodb
        .onAnyCommand()
        .rejects(Object.assign(new Error(EVIL.repeat(200)), { name: "Evil\u001b[2J", $fault: "client" }));
      const { exitCode, stdout, stderr } = await rollcall([...name.split(" "), ...words, "--table", "limits"], { env });
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
      expect(hasControls(stderr)).toBe(false);
      expect(stderr.length).toBeLessThan(2_048);
    },
  );
});
