import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { tableDefinition } from "@rollcall/registry/schema";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { type Run, rollcall, Sink, type World } from "../../fixtures/run-cli.ts";

const dynamodb = mockClient(DynamoDBClient);

beforeEach(() => {
  dynamodb.reset();
  dynamodb.onAnyCommand().resolves({});
  dynamodb
    .on(DescribeTableCommand)
    .resolves({ Table: { TableName: "limits", TableStatus: "ACTIVE", ...tableDefinition() } });
});

const ON_AWS = { AWS_REGION: "eu-west-1" };
const HERE = ["--endpoint-url", "http://127.0.0.1:8000"];

/** Takes a port as another program would, unless one has it already. */
async function take(port: number): Promise<Server> {
  const server = createServer();
  const answered = Promise.race([once(server, "listening"), once(server, "error")]);
  server.on("error", () => {}).listen(port, "127.0.0.1");
  await answered.catch(() => {});
  return server;
}

/** Runs `rollcall ui` until it is ready, looks at its page and ends it; or until it refuses. */
async function serve(
  options: readonly string[],
  world: World = {},
): Promise<Run & { ready?: Record<string, unknown>; status?: number }> {
  const ending = new AbortController();
  const ready = Promise.withResolvers<Record<string, unknown>>();
  const stdout = new Sink((text) => text.endsWith("\n") && ready.resolve(JSON.parse(text) as Record<string, unknown>));
  const words = ["ui", "--table", "limits", "--json", ...options];
  const run = rollcall(words, { env: ON_AWS, ...world, stdout, signal: ending.signal });
  const first = await Promise.race([ready.promise, run]);
  if ("exitCode" in first) return first as Run;
  const { status } = await fetch(first.url as string);
  ending.abort();
  return { ...(await run), ready: first, status };
}

describe("rollcall ui", () => {
  it("serves a page that only reads, and ends with the exit code of Ctrl-C", async () => {
    const { ready, status, exitCode, stderr } = await serve([]);
    expect(ready).toEqual({
      event: "ready",
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/$/),
      table: "limits",
      writable: false,
    });
    expect({ status, exitCode, stderr }).toEqual({ status: 200, exitCode: 130, stderr: expect.any(String) });
  });

  it.each([
    ["of a table on this machine without a question", ["--write", ...HERE], {}],
    ["of a table on AWS when it is told --yes", ["--write", "--yes"], {}],
    ["of a table on AWS after a yes", ["--write"], { typed: "y\n" }],
  ])("allows repairs %s", async (_, options, world) => {
    expect((await serve(options, world)).ready).toMatchObject({ writable: true });
  });

  it("does not start after a no", async () => {
    const { ready, exitCode, stderr } = await serve(["--write"], { typed: "n\n" });
    expect({ ready, exitCode }).toEqual({ ready: undefined, exitCode: 1 });
    expect(stderr).toContain("Allow repairs of table limits from the page?");
    expect(stderr).toContain("Nothing was started. Leave out --write to only read.");
  });

  it("does not allow repairs of a table on AWS where there is no terminal to ask on", async () => {
    expect(await serve(["--write"])).toMatchObject({
      exitCode: 1,
      stderr: "Error: Table limits is not on this machine: allow repairs from the page with --write --yes.\n",
    });
  });

  it("takes the next port where another program has the usual one, and says which", async () => {
    const other = await take(8_421);
    const { ready, status } = await serve([]);
    expect(ready?.url).not.toContain(":8421/");
    expect(status).toBe(200);
    other.close();
  });

  it("refuses a port that another program has, if it was named", async () => {
    const other = await take(0);
    const { port } = other.address() as AddressInfo;
    expect(await serve(["--ui-port", String(port)])).toMatchObject({
      exitCode: 1,
      stderr: `Error: Port ${port} is in use by another program: choose another with --ui-port, or leave it out.\n`,
    });
    other.close();
  });
});
