import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { DynamoDBStreamsClient, ListStreamsCommand } from "@aws-sdk/client-dynamodb-streams";
import { availableEngines, DbPathInUseError, ENGINE_NAMES, PortInUseError, startEngine } from "@rollcall/local";
import { describeEachEngineName, describeEachEngineProgram } from "@rollcall/testing/dynamodb/engines";
import { isRunning, runningInGroup, runningWith } from "@rollcall/testing/dynamodb/processes";
import { expect, onTestFinished, test, vi } from "vitest";
import { freePort } from "../../src/engine/free-port.ts";
import { listeningAddresses } from "../sockets.ts";

describeEachEngineName("startEngine", (engineName) => {
  test("starts, answers clients of the SDK on 127.0.0.1 alone, and leaves nothing when it is stopped", async () => {
    await using engine = await startEngine({ engine: engineName });
    expect(engine.name).toBe(engineName);
    expect(engine.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(engine.clientConfig.endpoint).toBe(engine.endpoint);
    const client = new DynamoDBClient(engine.clientConfig);
    const streams = new DynamoDBStreamsClient(engine.clientConfig);
    await createTable(client);
    expect((await client.send(new ListTablesCommand({}))).TableNames).toEqual(["kept"]);
    expect((await streams.send(new ListStreamsCommand({ TableName: "kept" }))).Streams).toEqual([]);
    const isProgram = engine.pid !== process.pid;
    const { host } = new URL(engine.endpoint);
    if (process.platform === "linux") expect(listeningAddresses(process.pid)).toContain(host);
    if (process.platform === "linux" && isProgram) {
      expect(listeningAddresses(engine.pid)).toEqual([expect.stringMatching(/^127\.0\.0\.1:\d+$/)]);
      expect(listeningAddresses(engine.pid)).not.toContain(host);
    }

    await Promise.all([engine.stop(), engine.stop()]); // with the clients' connections still open
    await engine.stop();
    await expect(fetch(engine.endpoint)).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
    if (isProgram) {
      expect(isRunning(engine.pid)).toBe(false);
      expect((await engine.exited).output).toContain("listening on http");
      await vi.waitFor(() => expect(runningInGroup(engine.pid)).toEqual([]));
    }
    client.destroy();
    streams.destroy();
  });

  test("keeps tables on disk, in a directory it makes, from one start to the next", async () => {
    const directory = await mkdtemp(path.join(tmpdir(), "rollcall-engine-"));
    onTestFinished(() => rm(directory, { recursive: true }));
    const dbPath = path.join(directory, "not", "there yet");
    const options = { engine: engineName, dbPath };
    const Item = { PK: { S: "x" }, n: { N: "1" } };
    {
      await using engine = await startEngine(options);
      const client = new DynamoDBClient(engine.clientConfig);
      await createTable(client);
      await client.send(new PutItemCommand({ TableName: "kept", Item }));
      client.destroy();
    }
    await using engine = await startEngine(options);
    const client = new DynamoDBClient(engine.clientConfig);
    const found = await client.send(new GetItemCommand({ TableName: "kept", Key: { PK: Item.PK } }));
    client.destroy();
    expect(found.Item).toEqual(Item);
    expect((await stat(dbPath)).mode & 0o777).toBe(0o700);
    for (const name of await readdir(dbPath)) {
      expect((await stat(path.join(dbPath, name))).mode & 0o077, name).toBe(0);
    }
  });

  test("refuses a directory that another engine has, and says which process that is", async () => {
    const dbPath = await mkdtemp(path.join(tmpdir(), "rollcall-engine-"));
    onTestFinished(() => rm(dbPath, { recursive: true }));
    const engine = await startEngine({ engine: engineName, dbPath });
    const error = await startEngine({ engine: engineName, dbPath }).catch((reason: unknown) => reason);
    await engine.stop();
    expect(error).toBeInstanceOf(DbPathInUseError);
    expect(error).toMatchObject({ code: "DB_PATH_IN_USE", dbPath, owner: { pid: process.pid } });
    expect((error as Error).message).toMatch(
      /is in use by this process \(.*, since .*\); end that one or take another/,
    );
    await (await startEngine({ engine: engineName, dbPath })).close();
  });

  test("says so when the port asked for is taken", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const error = await startEngine({ engine: engineName, port }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(PortInUseError);
    expect(error).toMatchObject({ port, message: expect.stringContaining(`Port ${port} is in use`) });
    await vi.waitFor(() => expect(runningWith(`-port ${port}`)).toEqual([]));
  });

  test("ends with the signal", async () => {
    const controller = new AbortController();
    const engine = await startEngine({ engine: engineName, signal: controller.signal });
    controller.abort();
    await engine.exited;
    await expect(fetch(engine.endpoint)).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
  });
});

describeEachEngineProgram("startEngine's process", (engineName) => {
  test("gives the engine what it needs of the environment, and nothing else", async () => {
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "a-secret");
    vi.stubEnv("SOME_TOKEN", "a-secret");
    onTestFinished(() => void vi.unstubAllEnvs());
    await using engine = await startEngine({ engine: engineName });
    if (process.platform !== "linux") return;
    const names = readFileSync(`/proc/${engine.pid}/environ`, "utf8")
      .split("\0")
      .map((line) => line.split("=")[0]);
    const needed = ["PATH", "HOME", "TMPDIR", "JAVA_HOME", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ"];
    const ofTheShell = ["PWD", "OLDPWD", "SHLVL", "_", ""];
    expect(names.filter((name = "") => ![...needed, ...ofTheShell].includes(name))).toEqual([]);
  });

  test("rejects with the signal's reason when aborted while it starts", async () => {
    const port = await freePort();
    const controller = new AbortController();
    const starting = startEngine({ engine: engineName, port, guard: false, signal: controller.signal });
    const rejected = expect(starting).rejects.toThrow("changed my mind");
    await vi.waitFor(() => expect(runningWith(`-port ${port}`)).not.toEqual([]), { interval: 1, timeout: 10_000 });
    controller.abort(new Error("changed my mind"));
    await rejected;
    await vi.waitFor(() => expect(runningWith(`-port ${port}`)).toEqual([]));
  });

  test("ends with its parent when that is killed", async () => {
    const program = fileURLToPath(new URL("../abandoning-parent.ts", import.meta.url));
    const parent = spawn(process.execPath, ["--conditions=@rollcall/source", program, engineName], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void parent.kill("SIGKILL"));
    const [line] = await once(createInterface(parent.stdout), "line");
    const pid = Number(line);
    expect(isRunning(pid)).toBe(true);
    parent.kill("SIGKILL");
    await vi.waitFor(() => expect(runningInGroup(pid)).toEqual([]), { timeout: 10_000 });
  });
});

test("availableEngines says for each engine whether it can run, and why not", async () => {
  const found = await availableEngines();
  expect(found.map(({ engine }) => engine)).toEqual(ENGINE_NAMES);
  for (const one of found) {
    if (!one.available)
      expect(one).toEqual({ ...one, reason: expect.any(String), remedy: expect.stringContaining("install") });
  }
});

async function createTable(client: DynamoDBClient): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: "kept",
      KeySchema: [{ AttributeName: "PK", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "PK", AttributeType: "S" }],
      BillingMode: "PAY_PER_REQUEST",
    }),
  );
}
