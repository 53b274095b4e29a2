import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { Database } from "../database.ts";
import { Journal } from "../disk/journal.ts";
import { type MemoryClock, MovableClock } from "./clock.ts";
import { Door, type Refuse } from "./door.ts";
import type { ActiveFault, Fault } from "./faults.ts";

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
  /**
   * A file to keep everything in; made, for this user alone, when it is not there. What was answered is in it, also
   * after SIGKILL; one program at a time may use it. Default: nothing is kept.
   */
  readonly file?: string | undefined;
  /** Why a request is refused, or undefined where it is not; asked before its body is read. Default: none is. */
  readonly refuse?: Refuse | undefined;
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
   * dynamodb.fail({ operation: "TransactWriteItems", with: "lose-answer" }); // done, but the answer does not arrive
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
  const { port = 0, region = DEFAULT_REGION, file, refuse } = options;
  const clock = new MovableClock(() => door.expire());
  const database = new Database({ now: () => clock.now(), region });
  const warn = (line: string): void => process.emitWarning(line);
  const journal = file === undefined ? undefined : await Journal.open(file, database, clock, warn);
  const door: Door = new Door(database, clock, journal, refuse);
  door.server.listen(port, LOOPBACK_HOST);
  try {
    await once(door.server, "listening");
  } catch (error) {
    await journal?.[Symbol.asyncDispose]();
    throw error;
  }
  const expiry = setInterval(() => door.expire(), EXPIRY_INTERVAL_MS).unref();

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
    splitShard: (tableName) => door.splitShard(tableName),
    fail: (fault) => door.faults.add(fault),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
