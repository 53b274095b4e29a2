import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
} from "@aws-sdk/client-dynamodb";
import { startEngine } from "@rollcall/local";
import { ForeignWriter } from "@rollcall/maintainer/drifts";
import { ResourceRegistry, tableDefinition as tableOf } from "@rollcall/registry";
import { tableDefinition } from "@rollcall/registry/schema";
import { childrenOf, runningInGroup } from "@rollcall/testing/dynamodb/processes";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { Project, projects, TENANTS_CONFIG, tenants } from "../fixtures/project.ts";
import { rollcall } from "../fixtures/run-cli.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const HANDLER = fileURLToPath(import.meta.resolve("@rollcall/maintainer"));
const credentials = { accessKeyId: "local", secretAccessKey: "local" };

/** One line of `rollcall dev --json`. */
interface Line {
  event: string;
  [property: string]: unknown;
}

/** A local loop in a process of its own, and what it has said so far. */
class Loop {
  readonly process: ChildProcess;
  readonly lines: Line[] = [];
  #heard = Promise.withResolvers<void>();

  constructor(...args: string[]) {
    this.process = spawn(process.execPath, ["--conditions=@rollcall/source", MAIN, "dev", "--json", ...args], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    createInterface({ input: this.process.stdout as NodeJS.ReadableStream }).on("line", (line) => {
      this.lines.push(JSON.parse(line));
      this.#heard.resolve();
      this.#heard = Promise.withResolvers();
    });
  }

  /** Resolves with the first line, from the given one on, for which the test holds. */
  async line(test: (line: Line) => boolean, from = 0): Promise<Line> {
    for (;;) {
      const heard = this.#heard.promise;
      const found = this.lines.slice(from).find(test);
      if (found !== undefined) return found;
      const ended = once(this.process, "close").then(() => {
        throw new Error(`The loop ended, having said: ${JSON.stringify(this.lines)}`);
      });
      await Promise.race([heard, ended]);
    }
  }

  async ready(): Promise<{ endpoint: string; table: string }> {
    return (await this.line(({ event }) => event === "ready")) as unknown as { endpoint: string; table: string };
  }

  /** Ends it, and says with what exit code and after how many milliseconds. */
  async end(signal: NodeJS.Signals): Promise<{ code: number | null; ms: number }> {
    const startedAt = performance.now();
    const exit = once(this.process, "exit");
    this.process.kill(signal);
    const [code] = await exit;
    return { code, ms: performance.now() - startedAt };
  }
}

/** The engine that a loop has started, by its process id. */
const engineOf = ({ process }: Loop): number => childrenOf(process.pid ?? 0)[0] ?? 0;

describe("rollcall dev", () => {
  let loop: Loop;
  const project = new Project({ "tenants.config.ts": TENANTS_CONFIG });
  const folders: string[] = [];
  const start = (...args: string[]) => {
    loop = new Loop(...args);
    return loop;
  };
  const clientOf = ({ endpoint }: { endpoint: string }) =>
    new DynamoDBClient({ endpoint, region: "local", credentials });

  afterAll(() => project[Symbol.dispose]());
  afterEach(async () => {
    if (loop.process.exitCode === null && loop.process.signalCode === null) await loop.end("SIGKILL");
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true, maxRetries: 10 }); // a killed engine may still be writing
  });

  it("says first that it is ready, and where; heals what others break; ends with Ctrl-C within 2 seconds", async () => {
    start("--table", "limits");
    const ready = await loop.ready();
    expect(loop.lines[0]).toEqual({
      event: "ready",
      endpoint: ready.endpoint,
      table: "limits",
      engine: expect.any(String),
      registries: ["resources"],
      ui: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/$/),
    });
    const client = clientOf(ready);
    const registry = new ResourceRegistry({ tableName: "limits", client });
    await registry.setResourceDefaults("gpt-4", [{ name: "rpm", capacity: 5 }]);
    await new ForeignWriter(client, "limits").putItem("stray");
    const repair = await loop.line(({ event }) => event === "repair");
    expect(repair).toMatchObject({ added: ["stray"], removed: [] });
    expect(await registry.listResourcesWithDefaults({ consistentRead: true })).toEqual(["gpt-4", "stray"]);
    await loop.line(({ event }) => event === "batch");

    const engine = engineOf(loop);
    expect(runningInGroup(engine)).not.toEqual([]);
    client.destroy();
    const { code, ms } = await loop.end("SIGINT");
    expect(code).toBe(130);
    expect(ms).toBeLessThan(2_000);
    expect(loop.lines.at(-1)).toEqual({ event: "stopped" });
    expect(runningInGroup(engine)).toEqual([]);
  });

  it("heals drift in a median of 0.4 seconds, for which it may take three times as long beside other work", async () => {
    start("--table", "limits");
    const client = clientOf(await loop.ready());
    const writer = new ForeignWriter(client, "limits");
    const times: number[] = [];
    for (const name of ["a", "b", "c", "d", "e", "f", "g"]) {
      const startedAt = performance.now();
      await writer.putItem(name);
      await loop.line(({ event, added }) => event === "repair" && String(added) === name);
      times.push(performance.now() - startedAt);
    }
    expect(times.sort((a, b) => a - b)[3]).toBeLessThan(3 * 400);
    client.destroy();
  });

  it("leaves no process behind when it is killed", async () => {
    start();
    await loop.ready();
    const engine = engineOf(loop);
    expect(runningInGroup(engine)).not.toEqual([]);
    await loop.end("SIGKILL");
    await vi.waitFor(() => expect(runningInGroup(engine)).toEqual([]), { timeout: 10_000 });
  });

  it("takes the handler's code into use once more when it changes", async () => {
    start();
    const ready = await loop.ready();
    await utimes(HANDLER, new Date(), new Date());
    await loop.line(({ event }) => event === "reload");
    const client = clientOf(ready);
    await new ForeignWriter(client, ready.table).putItem("after-reload");
    expect(await loop.line(({ event }) => event === "repair")).toMatchObject({ added: ["after-reload"] });
    client.destroy();
  });

  it.each([
    ["resources", []],
    ["rollcall.config.ts", ["--config", project.path("tenants.config.ts")]],
  ])("breaks the registries of %s and heals them with --drift", async (_, args) => {
    start("--drift", ...args);
    const drift = await loop.line(({ event }) => event === "drift");
    const repair = await loop.line(({ event }) => event === "repair", loop.lines.indexOf(drift));
    const { registries } = loop.lines[0] as unknown as { registries: string[] };
    for (const { registry } of [drift, repair]) expect(registries).toContain(registry);
  });

  it("keeps the registries of rollcall.config.ts, on a table of their keys", async () => {
    const config = project.path("tenants.config.ts");
    start("--config", config);
    const ready = await loop.ready();
    expect(ready).toMatchObject({ table: "app", registries: ["tenants", "projects"] });
    const client = clientOf(ready);
    const { Table } = await client.send(new DescribeTableCommand({ TableName: "app" }));
    expect(Table?.KeySchema?.map(({ AttributeName }) => AttributeName)).toEqual(["pk", "sk"]);
    const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName: "app" }));
    expect(TimeToLiveDescription?.TimeToLiveStatus).toBe("DISABLED");
    const isRepair = (registry: string) => (line: Line) => line.event === "repair" && line.registry === registry;
    await new ForeignWriter(client, "app", undefined, tenants).putItem("acme");
    expect(await loop.line(isRepair("tenants"))).toMatchObject({ added: ["acme"], removed: [] });
    await new ForeignWriter(client, "app", "acme", projects).putItem("web");
    expect(await loop.line(isRepair("projects"))).toMatchObject({ scope: "acme", added: ["web"] });
    await utimes(HANDLER, new Date(), new Date());
    await loop.line(({ event }) => event === "reload");
    const from = loop.lines.length;
    await new ForeignWriter(client, "app", undefined, tenants).deleteItem("acme");
    expect(await loop.line(isRepair("tenants"), from)).toMatchObject({ added: [], removed: ["acme"] });
    client.destroy();
  });

  it.each([
    [
      "of other keys",
      ["PK", "SK"],
      "does not fit registry tenants: its keys are PK (S, HASH), SK (S, RANGE) and should be pk (S, HASH), sk (S, RANGE)",
    ],
    ["without a stream", ["pk", "sk"], "does not fit registry tenants: its stream is off"],
  ])("refuses a table %s by the registry's name, and ends", async (_, [partition = "", sort = ""], problem) => {
    const folder = await mkdtemp(path.join(tmpdir(), "rollcall-dev-"));
    folders.push(folder);
    await using engine = await startEngine({ engine: "dynoxide", dbPath: folder });
    const client = new DynamoDBClient(engine.clientConfig);
    const { StreamSpecification, ...definition } = tableOf({ key: { partition, sort } });
    await client.send(new CreateTableCommand({ TableName: "app", ...definition }));
    client.destroy();
    await engine.stop();
    const args = ["dev", "--config", project.path("tenants.config.ts"), "--engine", "dynoxide", "--db-path", folder];
    expect(await rollcall(args)).toMatchObject({
      exitCode: 1,
      stderr: `Error: Table app ${problem}. Name another with --table, or another --db-path.\n`,
    });
  });

  it("says that the table's stream has ended, and continues with the next one", async () => {
    start();
    const ready = await loop.ready();
    const client = clientOf(ready);
    await client.send(new DeleteTableCommand({ TableName: ready.table }));
    await loop.line(({ event, message }) => event === "stream" && String(message).includes("waiting for the next"));
    await client.send(new CreateTableCommand({ TableName: ready.table, ...tableDefinition() }));
    await loop.line(({ event, message }) => event === "stream" && String(message).includes("continues with"));
    await new ForeignWriter(client, ready.table).putItem("in-the-new-table");
    await loop.line(({ event, added }) => event === "repair" && String(added) === "in-the-new-table");
    client.destroy();
  });

  it("continues where it stopped, on disk", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "rollcall-dev-"));
    folders.push(folder);
    const first = start("--db-path", folder);
    const client = clientOf(await first.ready());
    await new ForeignWriter(client, "rollcall").putItem("one");
    await first.line(({ event }) => event === "repair");
    await first.line(({ event }) => event === "batch");
    client.destroy();
    await first.end("SIGINT");

    const second = start("--db-path", folder);
    const again = clientOf(await second.ready());
    await new ForeignWriter(again, "rollcall").putItem("two");
    expect(await second.line(({ event }) => event === "repair")).toMatchObject({ added: ["two"] });
    const registry = new ResourceRegistry({ tableName: "rollcall", client: again });
    expect(await registry.listResourcesWithDefaults({ consistentRead: true })).toEqual(["one", "two"]);
    again.destroy();
  });
});
