/** What a meter needs of a `DynamoDBClient`: the middleware stack of any AWS SDK v3 client. */
interface MeteredClient {
  middlewareStack: {
    // biome-ignore lint/suspicious/noExplicitAny: the SDK's overloads differ by step; all that matters here is the pair
    add(middleware: any, options: any): void;
    remove(name: string): boolean;
  };
}

/** One call as the middleware sees it; only the members a meter reads. */
interface Call {
  input: { ReturnConsumedCapacity?: string };
}
interface Answer {
  output: { ConsumedCapacity?: Consumed | Consumed[] };
}
interface Consumed {
  CapacityUnits?: number;
}
type Handler = (call: Call) => Promise<Answer>;

const READS: ReadonlySet<string> = new Set(["GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"]);
const WRITES: ReadonlySet<string> = new Set([
  "PutItem",
  "UpdateItem",
  "DeleteItem",
  "BatchWriteItem",
  "TransactWriteItems",
]);
const METER = "capacityMeter";

/** Counts the requests of one client and the capacity units they consume, as AWS would bill them. */
export interface CapacityMeter extends Disposable {
  /** Data requests since the meter started, tries of one call counted one by one. */
  readonly requests: number;
  /** Read units since the meter started. */
  readonly readUnits: number;
  /** Write units since the meter started. */
  readonly writeUnits: number;
}

/**
 * Starts to count what a client's calls cost, until the meter is disposed. Asks the engine for the consumed capacity
 * with every call.
 *
 * DynamoDB Local reports a transaction at the price of plain writes; AWS charges twice that, and so does the meter.
 *
 * @param engine the engine's name, for the flaws it is known by; leave it out for AWS itself
 *
 * @example
 * ```ts
 * import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
 * import { meterCapacity, startEngine } from "@rollcall/local";
 *
 * await using engine = await startEngine();
 * const client = new DynamoDBClient(engine.clientConfig);
 * using meter = meterCapacity(client, engine.name);
 * await client.send(new ListTablesCommand({}));
 * console.log(meter.requests, meter.readUnits, meter.writeUnits); // 0 0 0: only data requests are counted
 * ```
 */
export function meterCapacity(client: MeteredClient, engine?: string): CapacityMeter {
  const count = { requests: 0, readUnits: 0, writeUnits: 0 };
  const names = [`${METER}:units:${crypto.randomUUID()}`, `${METER}:requests:${crypto.randomUUID()}`] as const;

  const countUnits = (next: Handler, context: { commandName?: string }) => {
    const operation = operationOf(context);
    if (operation === undefined) return next;
    return async (call: Call): Promise<Answer> => {
      const answer = await next({ ...call, input: { ...call.input, ReturnConsumedCapacity: "TOTAL" } });
      const consumed = [answer.output.ConsumedCapacity ?? []].flat();
      const units = consumed.reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
      if (READS.has(operation)) count.readUnits += units;
      else count.writeUnits += engine === "dynamodb-local" && operation === "TransactWriteItems" ? 2 * units : units;
      return answer;
    };
  };
  const countRequests = (next: Handler, context: { commandName?: string }) => (call: Call) => {
    if (operationOf(context) !== undefined) count.requests++;
    return next(call);
  };
  client.middlewareStack.add(countUnits, { step: "initialize", name: names[0] });
  // Below the SDK's own retries, so that each try counts.
  client.middlewareStack.add(countRequests, { step: "finalizeRequest", priority: "low", name: names[1] });

  return {
    get requests() {
      return count.requests;
    },
    get readUnits() {
      return count.readUnits;
    },
    get writeUnits() {
      return count.writeUnits;
    },
    [Symbol.dispose]() {
      for (const name of names) client.middlewareStack.remove(name);
    },
  };
}

function operationOf({ commandName = "" }: { commandName?: string }): string | undefined {
  const operation = commandName.replace(/Command$/, "");
  return READS.has(operation) || WRITES.has(operation) ? operation : undefined;
}
