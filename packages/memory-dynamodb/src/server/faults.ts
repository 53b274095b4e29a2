import type { KeysAndAttributes, WriteRequest } from "@aws-sdk/client-dynamodb";
import { CONFLICT, NO_REASON, serviceError, transactionCancelled, transactionConflict } from "../errors.ts";
import { OPERATIONS } from "../operations/operations.ts";

/** What befalls a request. */
export type FaultKind =
  /** Refused for want of capacity, and not carried out. */
  | "throttle"
  /** Refused because a transaction holds an item, and not carried out. */
  | "conflict"
  /** Carried out, and the connection is cut before the answer. */
  | "lose-answer"
  /** Of a batch the second half is left unprocessed. */
  | "unprocessed"
  /** Carried out after so many milliseconds. */
  | { readonly delayMs: number };

/** Which requests fail, and how. */
export interface Fault {
  /** The operation, such as `PutItem`. */
  readonly operation: string;
  /** How many of the next requests of this operation fail. Default: 1. */
  readonly times?: number;
  readonly with: FaultKind;
}

/** A fault that waits for requests. Disposing of it withdraws it. */
export interface ActiveFault extends Disposable {
  /** How many more requests it will befall. */
  readonly remaining: number;
}

interface Waiting extends Fault {
  remaining: number;
}

const WRITES = ["PutItem", "UpdateItem", "DeleteItem"];
const TRANSACTIONS = ["TransactWriteItems", "TransactGetItems"];
const BATCHES = ["BatchGetItem", "BatchWriteItem"];

/** The faults that a test has asked for, each of them for so many requests. */
export class Faults {
  readonly #waiting: Waiting[] = [];

  add(fault: Fault): ActiveFault {
    assertPossible(fault);
    const waiting: Waiting = { ...fault, remaining: fault.times ?? 1 };
    this.#waiting.push(waiting);
    return {
      get remaining() {
        return waiting.remaining;
      },
      [Symbol.dispose]() {
        waiting.remaining = 0;
      },
    };
  }

  /** What befalls this request: the oldest fault that waits for its operation. */
  next(operation: string): FaultKind | undefined {
    if (this.#waiting.length === 0) return undefined;
    const index = this.#waiting.findIndex((fault) => fault.operation === operation && fault.remaining > 0);
    const fault = this.#waiting[index];
    if (fault === undefined) return undefined;
    fault.remaining--;
    if (fault.remaining === 0) this.#waiting.splice(index, 1);
    return fault.with;
  }
}

/** A fault that could never befall anything would let a test pass that shows nothing. */
function assertPossible({ operation, times = 1, with: kind }: Fault): void {
  const refuse = (what: string): never => {
    throw new RangeError(`No such fault: ${what}.`);
  };
  if (!OPERATIONS.has(operation)) refuse(`there is no operation ${operation}`);
  if (!(Number.isInteger(times) && times > 0)) refuse(`times is ${times}, not a whole number above 0`);
  if (kind === "conflict" && ![...WRITES, ...TRANSACTIONS].includes(operation)) {
    refuse(`${operation} meets no transaction conflict`);
  }
  if (kind === "unprocessed" && !BATCHES.includes(operation)) refuse(`${operation} leaves nothing unprocessed`);
  if (typeof kind === "object" && !(kind.delayMs >= 0)) refuse(`delayMs is ${kind.delayMs}`);
}

/** What is answered in place of a result. */
export function refusalFor(kind: "throttle" | "conflict", operation: string, input: object): Error {
  const message = "The level of configured provisioned throughput for the table was exceeded";
  if (TRANSACTIONS.includes(operation)) {
    const { TransactItems = [] } = input as { TransactItems?: readonly unknown[] };
    const last = kind === "conflict" ? CONFLICT : { Code: "ThrottlingError", Message: message };
    return transactionCancelled(TransactItems.map((_, i) => (i === TransactItems.length - 1 ? last : NO_REASON)));
  }
  return kind === "conflict" ? transactionConflict() : serviceError("ProvisionedThroughputExceededException", message);
}

type Batch = Record<string, WriteRequest[] | KeysAndAttributes>;

/** A batch in two: what is carried out, which may be nothing, and what is left. */
export function splitBatch(operation: string, input: object): { input: object; left: object; isEmpty: boolean } {
  const { RequestItems = {} } = input as { RequestItems?: Batch };
  const all = Object.entries(RequestItems).flatMap(([table, requests]) =>
    (Array.isArray(requests) ? requests : (requests.Keys ?? [])).map((request) => ({ table, request })),
  );
  const gather = (some: typeof all): Batch => {
    const batch: Batch = {};
    for (const [table, group] of Map.groupBy(some, (each) => each.table)) {
      const requests = group.map(({ request }) => request);
      const whole = RequestItems[table];
      batch[table] = Array.isArray(whole) ? (requests as WriteRequest[]) : { ...whole, Keys: requests as never };
    }
    return batch;
  };
  const middle = Math.floor(all.length / 2);
  const unprocessed = operation === "BatchGetItem" ? "UnprocessedKeys" : "UnprocessedItems";
  return {
    input: { ...input, RequestItems: gather(all.slice(0, middle)) },
    isEmpty: middle === 0,
    left: { [unprocessed]: gather(all.slice(middle)) },
  };
}
