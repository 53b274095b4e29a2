import { DynamoDBClient, GetItemCommand, ResourceNotFoundException } from "@aws-sdk/client-dynamodb";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { rollcall, Sink } from "../fixtures/run-cli.ts";

const dynamodb = mockClient(DynamoDBClient);
const list = ["resource", "list", "--table", "limits"];

beforeEach(() => {
  dynamodb.reset();
  const missing = new ResourceNotFoundException({ $metadata: {}, message: "Requested resource not found" });
  dynamodb.on(GetItemCommand).rejects(missing);
});

const run = (env: Record<string, string>, isTTY: boolean, ...options: string[]) => {
  const stderr = new Sink();
  return rollcall([...list, ...options], { env: { NO_COLOR: "", ...env }, stderr, ...(isTTY && { typed: "" }) });
};

describe("a failure", () => {
  it("is red where a terminal has color", async () => {
    const { stderr } = await run({}, true);
    expect(stderr.startsWith("\u001b[31mError: ")).toBe(true);
    expect(stderr.endsWith("\u001b[39m\n")).toBe(true);
  });

  it.each<[string, Record<string, string>, boolean, string[]]>([
    ["with NO_COLOR", { NO_COLOR: "1" }, true, []],
    ["on a terminal without", { TERM: "dumb" }, true, []],
    ["in a pipe", {}, false, []],
    ["with --json", {}, true, ["--json"]],
  ])("has no color %s", async (_, env, isTTY, options) => {
    const { stderr } = await run(env, isTTY, ...options);
    expect(stderr).toMatch(/^Error: /);
    expect(stderr).not.toContain("\u001b");
  });
});
