import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import { Database } from "../database.ts";
import { type MemoryClock, MovableClock } from "./clock.ts";
import { type ActiveFault, type Fault, Faults, refusalFor, splitBatch } from "./faults.ts";
import { readRequest, respond, respondError, type ServiceRequest } from "./protocol.ts";

const LOOPBACK_HOST = "127.0.0.1";
const DEFAULT_REGION = "us-east-1";
/** How often items are looked at whether they have expired, in milliseconds. */
const EXPIRY_INTERVAL_MS = 1_000;

/** What {@link startMemoryDynamoDB} takes. */
export interface MemoryDynamoDBOptions {
  /** The TCP port to listen on, on 127.0.0.1. Default: a free one. */
  readonly port?: number | undefined;
  /** The Region in ARNs and stream records. Default: us-east-1. Requests for any Region are answered. */
  readonly region?: string | undefined;
  /** Why a request is refused, or undefined where it is not; asked before its body is read. Default: none is. */
  readonly refuse?: ((request: IncomingMessage) => string | undefined) | undefined;
}

/** A DynamoDB in memory that listens. Like any server it keeps the program alive until it is stopped. */
export interface MemoryDynamoDB extends AsyncDisposable {
  readonly port: number;
  /** Where it listens, such as `http://127.0.0.1:40123`. */
  readonly endpoint: string;
  readonly clock: MemoryClock;
  /**
   * Closes a shard of a table's stream, the widest of those that are open, and opens two for its items. AWS does so when
   * a table grows.
   *
   * @returns the ids of the new shards
   */
  splitShard(tableName: string): string[];
  /**
   * Makes the next requests of an operation fail.
   *
   * @throws RangeError where the fault could never befall a request
   * @example
   * ```ts
   * import { startMemoryDynamoDB } from "@rollcall/memory-dynamodb";
   *
   * await using dynamodb = await startMemoryDynamoDB();
   * dynamodb.fail({ operation: "PutItem", times: 2, with: "throttle" }); // the SDK sends it a third time
   * dynamodb.fail({ operation: "TransactWriteItems", with: "lose-answer" }); // done, but nobody hears of it
   * dynamodb.fail({ operation: "GetItem", with: { delayMs: 500 } });
   * ```
   */
  fail(fault: Fault): ActiveFault;
  /** Answers what it is asked already, frees the port and forgets everything. Never rejects. */
  stop(): Promise<void>;
}

/**
 * Starts a DynamoDB and its streams in this process, in some milliseconds: what it holds is in memory, and what it does
 * depends on nothing but its requests and its clock. It answers on the program's own thread, so it does not while the
 * program keeps that busy, with `execFileSync` for instance.
 *
 * @throws an error with Node's `code`, such as EADDRINUSE, when it cannot listen
 * @example
 * ```ts
 * import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
 * import { startMemoryDynamoDB } from "@rollcall/memory-dynamodb";
 *
 * await using dynamodb = await startMemoryDynamoDB();
 * const client = new DynamoDBClient({
 *   endpoint: dynamodb.endpoint,
 *   region: "us-east-1",
 *   credentials: { accessKeyId: "local", secretAccessKey: "local" },
 * });
 * console.log((await client.send(new ListTablesCommand({}))).TableNames); // []
 * ```
 */
export async function startMemoryDynamoDB(options: MemoryDynamoDBOptions = {}): Promise<MemoryDynamoDB> {
  const { port = 0, region = DEFAULT_REGION, refuse } = options;
  const clock = new MovableClock(() => database.expire());
  const database: Database = new Database({ now: () => clock.now(), region });
  const door = new Door(database, refuse);
  door.server.listen(port, LOOPBACK_HOST);
  await once(door.server, "listening");
  const expiry = setInterval(() => database.expire(), EXPIRY_INTERVAL_MS).unref();

  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    clearInterval(expiry);
    stopped ??= door.close();
    return stopped;
  };
  const listening = (door.server.address() as AddressInfo).port;
  return {
    port: listening,
    endpoint: `http://${LOOPBACK_HOST}:${listening}`,
    clock,
    splitShard: (tableName) => database.splitShard(tableName),
    fail: (fault) => door.faults.add(fault),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** The way from a request to the database and back. */
class Door {
  readonly server: Server;
  readonly faults = new Faults();
  readonly #database: Database;
  readonly #refuse: NonNullable<MemoryDynamoDBOptions["refuse"]>;

  constructor(database: Database, refuse: MemoryDynamoDBOptions["refuse"]) {
    this.#database = database;
    this.#refuse = refuse ?? (() => undefined);
    // no time-outs: a client that keeps a connection would find it cut under its next request
    this.server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (request, response) => {
      void this.#answer(request, response).catch((error: unknown) => respondError(response, error));
    });
  }

  /** Ends every connection; requests that wait for a delay of their own are cut. */
  async close(): Promise<void> {
    const closed = once(this.server, "close");
    this.server.close();
    await setImmediate(); // transactions that hold items end
    this.server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = this.#refuse(request);
    if (refusal !== undefined) {
      response.setHeader("connection", "close"); // the request's own body is never read
      respond(response, 403, { __type: "com.amazon.coral.service#AccessDeniedException", message: refusal });
      return;
    }
    if (request.method !== "POST") {
      response.end(`healthy: dynamodb.${this.#database.region}.amazonaws.com\n`);
      return;
    }
    const asked = await readRequest(request);
    const fault = this.faults.next(asked.operation);
    if (fault === "throttle" || fault === "conflict") throw refusalFor(fault, asked.operation, asked.input);
    if (typeof fault === "object") await sleep(fault.delayMs);
    const output = fault === "unprocessed" ? await this.#runHalf(asked) : await this.#run(asked);
    if (fault === "lose-answer") response.destroy();
    else respond(response, 200, output);
  }

  /**
   * A transaction holds its items until the requests that arrived meanwhile have been looked at: those that want them too
   * meet a conflict, as on AWS.
   */
  async #run({ operation, input }: ServiceRequest): Promise<object> {
    if (operation !== "TransactWriteItems") return this.#database.run(operation, input);
    const transaction = this.#database.begin({ input });
    await setImmediate();
    return transaction.commit();
  }

  async #runHalf({ operation, input: whole }: ServiceRequest): Promise<object> {
    const { input, left, isEmpty } = splitBatch(operation, whole);
    return { ...(isEmpty ? {} : await this.#run({ operation, input })), ...left };
  }
}
