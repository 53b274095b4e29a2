import { type ChildProcessByStdio, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { DynamoDBClient, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { childrenOf, runningInGroup } from "@rollcall/testing/dynamodb/processes";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { rollcall } from "../fixtures/run-cli.ts";

const run = promisify(execFile);
const ROOT = path.resolve(import.meta.dirname, "../../../..");
const MAIN = path.join(ROOT, "packages/cli/src/main.ts");
/** As `npm run dev` starts it. */
const NODE = [process.execPath, "--conditions=@rollcall/source"] as const;

/** A loop as a person sees it. */
class Console {
  readonly process: ChildProcessByStdio<null, Readable, Readable>;
  text = "";

  constructor(home: string, ...args: string[]) {
    const env = { PATH: process.env.PATH, HOME: home, npm_package_name: "rollcall-workspace" };
    this.process = spawn(NODE[0], [NODE[1], MAIN, "dev", ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.text += text;
      });
    }
  }

  get endpoint(): string {
    return /at (http:\S+)/.exec(this.text)?.[1] ?? "";
  }

  shows(text: string): Promise<void> {
    return vi.waitFor(() => expect(this.text).toContain(text), { timeout: 20_000 });
  }

  async end(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const exit = once(this.process, "exit");
    this.process.kill("SIGINT");
    await exit;
  }
}

describe("rollcall dev, on a console", () => {
  let home: string;
  const consoles: Console[] = [];
  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), "rollcall-console-"));
  });
  afterEach(async () => {
    await Promise.all(consoles.splice(0).map((each) => each.end()));
    await rm(home, { recursive: true });
  });

  const start = async (...args: string[]): Promise<Console> => {
    const started = new Console(home, ...args);
    consoles.push(started);
    await started.shows("Ctrl-C stops everything.");
    return started;
  };

  it("tells in lines of at most 80 columns all that the library's snippet, its own commands and others need", async () => {
    const readme = await readFile(path.join(ROOT, "packages/registry/README.md"), "utf8");
    const [, snippet = ""] = /```ts\n([^`]*?new ResourceRegistry.*?)```/s.exec(readme) ?? [];
    const [, table = "rollcall"] = /tableName: "(.+?)"/.exec(snippet) ?? [];
    const { text } = await start("--table", table);
    expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
    const told = text.split("\n").map((line) => line.trim());
    const variables = told.filter((line) => /^(unset|export) /.test(line));
    const commands = told.filter((line) => line.startsWith("npm run rollcall -- "));
    expect(commands).toHaveLength(2);

    // a shell with just them, though its user had other ideas
    const env = { PATH: process.env.PATH, HOME: home, AWS_PROFILE: "nowhere", AWS_SESSION_TOKEN: "another's" };
    const inShell = async (command: string) =>
      (await run("sh", ["-c", [...variables, command].join("\n")], { cwd: ROOT, env })).stdout;
    await writeFile(path.join(home, "snippet.ts"), snippet);
    const node = `${NODE.join(" ")} --input-type=module-typescript - <"${path.join(home, "snippet.ts")}"`;
    expect(await inShell(node)).toMatch(/^\[ 'gpt-4' \]\n\[\n? *\{/);
    expect(await inShell(commands.join("\n"))).toMatch(/\ngpt-4\n$/);
    const streams = `import { DynamoDBStreams } from "@aws-sdk/client-dynamodb-streams";
      console.log((await new DynamoDBStreams().listStreams({})).Streams[0].TableName);`;
    expect(await inShell(`${NODE[0]} --input-type=module -e '${streams}'`)).toBe(`${table}\n`);
    expect(await inShell('echo "$AWS_ENDPOINT_URL $AWS_DEFAULT_REGION"')).toBe(`${consoles[0]?.endpoint} us-east-1\n`);
  });

  it("takes port 8000, or the next one that is free", async () => {
    const first = await start();
    const second = await start();
    const ports = [first, second].map(({ endpoint }) => Number(new URL(endpoint).port));
    expect(new Set(ports).size).toBe(2);
    for (const port of ports) expect(port).toSatisfy((each: number) => each >= 8_000 && each <= 8_020);
  });

  it("says in one problem that a registry is no string set, and prints no empty repair", async () => {
    const loop = await start();
    const client = new DynamoDBClient({
      endpoint: loop.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
    });
    const Key = { PK: { S: "SYSTEM#" }, SK: { S: "#RESOURCES" } };
    await client.send(
      new UpdateItemCommand({
        TableName: "rollcall",
        Key,
        UpdateExpression: "SET resources = :map",
        ExpressionAttributeValues: { ":map": { M: {} } }, // as an editor of items saves a set
      }),
    );
    await client.send(
      new PutItemCommand({ TableName: "rollcall", Item: { PK: { S: "RESOURCE#a" }, SK: { S: "#CONFIG" } } }),
    );
    client.destroy();
    await loop.shows("handled in");
    const lines = loop.text.split("\n");
    expect(loop.text.replaceAll(/\s+/g, " ")).toContain(
      "problem the registry is no string set, so it lists nothing; rebuild it: npm run rollcall -- registry repair",
    );
    expect(lines.filter((line) => line.startsWith("  repair"))).toEqual([]);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  it("ends within 5 seconds of Ctrl-C, though its engine is frozen", async () => {
    const loop = await start();
    const [engine = 0] = childrenOf(loop.process.pid ?? 0);
    process.kill(engine, "SIGSTOP");
    const startedAt = performance.now();
    await loop.end();
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect(loop.process.exitCode).toBe(130);
    await vi.waitFor(() => expect(runningInGroup(engine)).toEqual([]), { timeout: 10_000 });
  });

  it("ends quietly when the reader of its output has gone, though nothing happens", async () => {
    const dev = [...NODE, MAIN, "dev", "--json"].map((word) => `'${word}'`).join(" ");
    const env = { PATH: process.env.PATH, HOME: home };
    const { stdout, stderr } = await run("sh", ["-c", `${dev} | head -1`], { cwd: ROOT, env, timeout: 20_000 });
    expect(JSON.parse(stdout)).toMatchObject({ event: "ready" });
    expect(stderr).toBe("");
  });

  it.each([
    ["--db-path FILE", (file: string) => ["--db-path", file], 1, /^Error: --db-path ".*" is no directory: name one/],
    ["--table with a space", () => ["--table", "a b"], 2, /^Error: --table "a b" cannot be a table/],
    ["--table with an ARN", () => ["--table", "arn:aws:dynamodb:a:1:table/t"], 2, /^Error: --table takes a name here/],
    ["an empty --db-path", () => ["--db-path", ""], 1, /^Error: --db-path cannot be used: it is empty/],
  ])("refuses %s in the command line's own words", async (_, args, code, message) => {
    const file = path.join(home, "file");
    await writeFile(file, "");
    const { exitCode, stdout, stderr } = await rollcall(["dev", ...args(file)]);
    expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: "" });
    expect(stderr).toMatch(message);
  });

  it("says that a --port is taken, and what to do", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const { exitCode, stderr } = await rollcall(["dev", "--port", String(port)]);
    server.close();
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: `Error: --port ${port} is in use by another program: end that one, or leave --port out for a free one.\n`,
    });
  });
});
