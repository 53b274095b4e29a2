import { execFileSync } from "node:child_process";
import { request } from "node:http";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { type Engine, startEngine } from "@rollcall/local";
import { describeEachEngineName, describeEachEngineProgram } from "@rollcall/testing/dynamodb/engines";
import { afterAll, beforeAll, expect, test } from "vitest";

interface Answer {
  readonly status: number | undefined;
  readonly body: string;
}

/** One plain request, with these headers and no others. */
function ask(endpoint: string, headers: Record<string, string>, options: { method?: string; body?: string } = {}) {
  const { hostname, port } = new URL(endpoint);
  const { method = "POST", body = "{}" } = options;
  return new Promise<Answer>((resolve, reject) => {
    const sent = request({ hostname, port, method, agent: false, setHost: false, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.once("end", () => resolve({ status: response.statusCode, body: text })).once("error", reject);
    });
    sent.once("error", reject).end(method === "GET" ? undefined : body);
  });
}

const listTables = {
  "content-type": "application/x-amz-json-1.0",
  "x-amz-target": "DynamoDB_20120810.ListTables",
  authorization:
    "AWS4-HMAC-SHA256 Credential=local/20261127/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
  "x-amz-date": "20261127T000000Z",
};

describeEachEngineName("the guard before an engine", (engineName) => {
  let engine: Engine;
  let port: string;
  beforeAll(async () => {
    engine = await startEngine({ engine: engineName });
    ({ port } = new URL(engine.endpoint));
  });
  afterAll(() => engine.stop());

  test.for(["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])("passes on what is asked of %s", async (name) => {
    const answer = await ask(engine.endpoint, { ...listTables, host: `${name}:${port}` });
    expect(answer).toMatchObject({ status: 200, body: expect.stringContaining('"TableNames":[]') });
  });

  test.for<[what: string, host: () => string]>([
    ["another name", () => `rebound.example:${port}`],
    ["another port", () => "127.0.0.1:1"],
    ["no port", () => "127.0.0.1"],
    ["a name that only begins alike", () => `localhost.rebound.example:${port}`],
    ["an empty name", () => ""],
  ])("refuses a Host with %s", async ([, host]) => {
    const answer = await ask(engine.endpoint, { ...listTables, host: host() });
    expect(answer).toMatchObject({ status: 403, body: expect.stringContaining("AccessDeniedException") });
  });

  test.for(["https://page.example", "null", "http://127.0.0.1"])("refuses the Origin %s", async (origin) => {
    const headers = { ...listTables, host: `127.0.0.1:${port}`, origin };
    const refused = { status: 403, body: expect.stringContaining("pages may not use this engine") };
    expect(await ask(engine.endpoint, headers)).toMatchObject(refused);
    expect(await ask(engine.endpoint, headers, { method: "GET" })).toMatchObject(refused);
    expect(await ask(engine.endpoint, headers, { method: "OPTIONS" })).toMatchObject(refused);
  });

  test("shows a client of the SDK why it was refused", async () => {
    const client = new DynamoDBClient({ ...engine.clientConfig, maxAttempts: 1 });
    client.middlewareStack.add(
      (next) => (args) => {
        (args.request as { headers: Record<string, string> }).headers.origin = "https://page.example";
        return next(args);
      },
      { step: "finalizeRequest" },
    );
    await expect(client.send(new ListTablesCommand({}))).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringContaining('Origin: "https://page.example"'),
    });
    client.destroy();
  });

  test("is not there when it is not wanted", async () => {
    await using bare = await startEngine({ engine: engineName, guard: false });
    const answer = await ask(bare.endpoint, { ...listTables, host: "elsewhere.example" });
    expect(answer.status).toBe(200);
  });
});

describeEachEngineProgram("the guard's own thread", (engineName) => {
  test("answers while the program's own thread waits for another program", async () => {
    await using engine = await startEngine({ engine: engineName });
    const program = `fetch(${JSON.stringify(engine.endpoint)}).then(({ status }) => console.log(status))`;
    expect(execFileSync(process.execPath, ["-e", program], { encoding: "utf8", timeout: 20_000 })).toMatch(/^\d{3}\n$/);
  });
});
