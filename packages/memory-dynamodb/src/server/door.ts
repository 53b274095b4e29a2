import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import type { Database } from "../database.ts";
import type { Journal } from "../disk/journal.ts";
import type { MovableClock } from "./clock.ts";
import { Faults, refusalFor, splitBatch } from "./faults.ts";
import { readRequest, respond, respondError, type ServiceRequest } from "./protocol.ts";

/** Why a request is refused, or undefined where it is not. */
export type Refuse = (request: IncomingMessage) => string | undefined;

/** The way from a request to the database and back. */
export class Door {
  readonly server: Server;
  readonly faults = new Faults();
  readonly #database: Database;
  readonly #clock: MovableClock;
  readonly #journal: Journal | undefined;
  readonly #refuse: Refuse;

  constructor(database: Database, clock: MovableClock, journal: Journal | undefined, refuse: Refuse = () => undefined) {
    this.#database = database;
    this.#clock = clock;
    this.#journal = journal;
    this.#refuse = refuse;
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
    await this.#journal?.flushed().catch(() => {}); // each request that waits for it hears of it
    await setImmediate();
    this.server.closeAllConnections();
    await closed;
    await this.#journal?.[Symbol.asyncDispose]();
  }

  expire(): void {
    const expired = this.#database.expired();
    this.#now((at) => {
      this.#database.expire(expired);
      this.#journal?.noteExpired(at, expired);
    });
  }

  splitShard(tableName: string): string[] {
    return this.#now((at) => {
      const shards = this.#database.splitShard(tableName);
      this.#journal?.noteSplit(at, tableName);
      return shards;
    });
  }

  /** Does something at one moment, which is the one that the journal keeps. */
  #now<T>(work: (at: number) => T): T {
    const at = this.#clock.now();
    return this.#clock.holdAt(at, () => work(at));
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
    // reads wait too: what could still be lost is not seen
    if (this.#journal !== undefined) await this.#journal.flushed();
    if (fault === "lose-answer") response.destroy();
    else respond(response, 200, output);
  }

  /**
   * A transaction holds its items until the requests that arrived meanwhile have been looked at: those that want them too
   * meet a conflict, as on AWS.
   */
  async #run({ operation, input }: ServiceRequest): Promise<object> {
    if (operation !== "TransactWriteItems") {
      return this.#done(operation, input, () => this.#database.run(operation, input));
    }
    const transaction = this.#database.begin({ input });
    await setImmediate();
    return this.#done(operation, input, () => transaction.commit());
  }

  #done(operation: string, input: object, work: () => object): object {
    return this.#now((at) => {
      const output = work();
      this.#journal?.note(at, operation, input, output);
      return output;
    });
  }

  async #runHalf({ operation, input: whole }: ServiceRequest): Promise<object> {
    const { input, left, isEmpty } = splitBatch(operation, whole);
    return { ...(isEmpty ? {} : await this.#run({ operation, input })), ...left };
  }
}
