import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, open, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { CONTRACT_TABLE } from "@rollcall/testing/dynamodb/contract/table";
import { runs } from "@rollcall/testing/dynamodb/only-in-ci";
import * as fc from "fast-check";
import { expect, it, onTestFinished } from "vitest";

const SEED = Number(process.env.ROLLCALL_SEED ?? Math.floor(Math.random() * 2 ** 31));
const KILLS = process.env.ROLLCALL_FULL_SIZE === undefined ? runs(10) : 100;
const WRITERS = 6;
const TableName = "kept";
const SERVER = fileURLToPath(new URL("kept-server.ts", import.meta.url));

/** When it is killed, and how large what is written then is: large writes are those that a kill cuts short. */
const MOMENTS = fc.sample(
  fc.noBias(
    fc.record({
      answers: fc.integer({ min: 1, max: 60 }),
      ms: fc.integer({ min: 0, max: 5 }),
      kb: fc.integer({ min: 0, max: 60 }),
    }),
  ),
  { numRuns: KILLS, seed: SEED },
);

/** A server in a process of its own, on a file. */
class Server {
  static async start(file: string): Promise<Server> {
    const child = spawn(process.execPath, ["--conditions=@rollcall/source", SERVER, file], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    let warnings = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      warnings += text;
    });
    const [endpoint] = await Promise.race([
      once(createInterface(child.stdout), "line"),
      once(child, "exit").then(() => Promise.reject(new Error(`It did not start: ${warnings}`))),
    ]);
    const credentials = { accessKeyId: "local", secretAccessKey: "local" };
    const client = new DynamoDBClient({ endpoint, region: "us-east-1", credentials, maxAttempts: 1 });
    return new Server(child, client, () => warnings);
  }

  readonly #child: ChildProcess;
  readonly client: DynamoDBClient;
  readonly warnings: () => string;

  private constructor(child: ChildProcess, client: DynamoDBClient, warnings: () => string) {
    this.#child = child;
    this.client = client;
    this.warnings = warnings;
  }

  async kill(): Promise<void> {
    const closed = once(this.#child, "close");
    this.#child.kill("SIGKILL");
    await closed;
    this.client.destroy();
  }
}

const keyOf = (name: string) => ({ PK: { S: name }, SK: { S: "#" } });

/** What writers were told, over all kills. */
class Ledger {
  /** The last number of each writer that was acknowledged, and the last that was sent. */
  readonly acknowledged = new Map<number, number>();
  readonly sent = new Map<number, number>();
  #answers = 0;
  #heard: { count: number; resolve: () => void } | undefined;

  /** Resolves after so many more answers. */
  async answers(more: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#heard = { count: this.#answers + more, resolve };
    await promise;
  }

  /**
   * Writes one number after the other, in turn in a transaction of two and alone, until the server is gone. It begins with a
   * transaction: the last one before a kill may be lost, and a number alone would follow on it.
   */
  async write(client: DynamoDBClient, writer: number, kb: number): Promise<void> {
    for (let n = 2 * Math.ceil(((this.sent.get(writer) ?? 0) + 1) / 2); ; n++) {
      this.sent.set(writer, n);
      const Item = (name: string) => ({ ...keyOf(name), n: { N: String(n) }, text: { S: "x".repeat(kb * 1024) } });
      const [first, second] = [`${writer}`, `${writer}+`];
      try {
        if (n % 2 === 1) await client.send(new PutItemCommand({ TableName, Item: Item(first) }));
        else {
          const TransactItems = [first, second].map((name) => ({ Put: { TableName, Item: Item(name) } }));
          await client.send(new TransactWriteItemsCommand({ TransactItems }));
        }
      } catch (error) {
        if ((error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode !== undefined) throw error;
        return; // the server is gone
      }
      this.acknowledged.set(writer, n);
      if (this.#heard !== undefined && ++this.#answers >= this.#heard.count) this.#heard.resolve();
    }
  }
}

async function endsTorn(file: string): Promise<boolean> {
  const handle = await open(file);
  const { size } = await handle.stat();
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  await handle.close();
  return buffer[0] !== 0x0a;
}

it(`a file keeps what was acknowledged through ${KILLS} × SIGKILL, seed ${SEED}`, { timeout: 300_000 }, async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "rollcall-memory-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = path.join(folder, "memory.log");
  const ledger = new Ledger();
  let server = await Server.start(file);
  await server.client.send(new CreateTableCommand({ TableName, ...CONTRACT_TABLE }));
  for (const { answers, ms, kb } of MOMENTS) {
    const enough = ledger.answers(answers);
    const { client } = server;
    const writers = Array.from({ length: WRITERS }, (_, writer) => ledger.write(client, writer, kb));
    await Promise.race([enough.then(() => setTimeout(ms)), Promise.all(writers)]);
    await server.kill();
    await Promise.all(writers);
    const isTorn = await endsTorn(file);

    server = await Server.start(file);
    expect(/dropped \d+ bytes of a last write/.test(server.warnings())).toBe(isTorn);
    for (let writer = 0; writer < WRITERS; writer++) {
      const read = async (name: string) => {
        const { Item } = await server.client.send(new GetItemCommand({ TableName, Key: keyOf(name) }));
        return Number(Item?.n?.N ?? 0);
      };
      const [first, second] = [await read(`${writer}`), await read(`${writer}+`)];
      const [acknowledged = 0, sent = 0] = [ledger.acknowledged.get(writer), ledger.sent.get(writer)];
      expect(first).toBeGreaterThanOrEqual(acknowledged);
      expect(first).toBeLessThanOrEqual(sent);
      expect(second).toBe(first - (first % 2)); // both items of a transaction, or neither
    }
  }
  const { Count } = await server.client.send(new ScanCommand({ TableName, Select: "COUNT" }));
  expect(Count).toBeLessThanOrEqual(2 * WRITERS);
  await server.kill();
  expect((await readdir(folder)).toSorted()).toEqual(["memory.log"]);
});
