import {
  type BatchGetItemCommand,
  type DynamoDBClient,
  DynamoDBServiceException,
  TransactionCanceledException,
} from "@aws-sdk/client-dynamodb";
import type { SdkCommand } from "@rollcall/memory-dynamodb";
import type { Process } from "../timeline/process.ts";
import type { Timeline } from "../timeline/timeline.ts";
import type { Region } from "../world/region.ts";

/** Requests of one call in the SDK's standard mode: one, and three retries. */
const SDK_ATTEMPTS = 4;
/** How long the SDK waits for an answer, in milliseconds. */
const REQUEST_TIMEOUT_MS = 2_000;
/** What the SDK tries again by itself. Neither kind of transaction conflict is among it. */
const SDK_RETRIES: ReadonlySet<string> = new Set([
  "TimeoutError",
  "ProvisionedThroughputExceededException",
  "ThrottlingException",
  "TransactionInProgressException",
]);

/** The client of one process: what `send` of the SDK's client does, over a network of this quality. */
export type SimulatedClient = DynamoDBClient;

interface Answer {
  readonly output?: object;
  readonly error?: Error;
}

/** Connects a process to a region. The client retries as the SDK's does, with the same request and so the same token. */
export function connect(process: Process, region: Region, timeline: Timeline): SimulatedClient {
  const send = (command: SdkCommand, { abortSignal }: { abortSignal?: AbortSignal } = {}): Promise<object> => {
    const { promise, resolve, reject } = Promise.withResolvers<object>();
    const abort = (): void => {
      if (process.isAlive) reject(Object.assign(new Error("Request aborted"), { name: "AbortError" }));
    };
    if (abortSignal?.aborted) {
      abort();
      return promise;
    }
    abortSignal?.addEventListener("abort", abort, { once: true });
    const attempt = (left: number): void => {
      region.watch.sent(process, command, left < SDK_ATTEMPTS - 1);
      travel(process, region, timeline, command, ({ output, error }) => {
        if (error === undefined) return resolve(output ?? {});
        if (left === 0 || !SDK_RETRIES.has(error.name) || abortSignal?.aborted) {
          return reject(withAttempts(error, SDK_ATTEMPTS - left));
        }
        process.after(process.random.int(0, 100 * 2 ** (SDK_ATTEMPTS - left)), () => attempt(left - 1));
      });
    };
    region.watch.asked(process, command);
    attempt(SDK_ATTEMPTS - 1);
    return promise.finally(() => abortSignal?.removeEventListener("abort", abort));
  };
  return { send } as unknown as SimulatedClient;
}

/** One request's way to the region and its answer's way back. The process hears of it only while it lives. */
function travel(
  process: Process,
  region: Region,
  timeline: Timeline,
  command: SdkCommand,
  answered: (answer: Answer) => void,
): void {
  const { random } = process;
  const { conditions } = region;
  const way = (): number => random.int(1, conditions.latencyMs);
  const delay = way() + (random.chance(conditions.stalled) ? random.int(0, conditions.stallMs) : 0);
  if (random.chance(conditions.lost)) {
    process.after(REQUEST_TIMEOUT_MS, () => answered({ error: timeout() }));
    return;
  }
  const isUnanswered = random.chance(conditions.unanswered);
  const reply = (answer: Answer): void => {
    if (isUnanswered) process.after(REQUEST_TIMEOUT_MS, () => answered({ error: timeout() }));
    else process.after(way(), () => answered(answer));
  };
  region.requestsUnderWay++;
  timeline.after(delay, () => {
    const done = (answer: Answer): void => {
      region.requestsUnderWay--;
      reply(answer);
    };
    if (random.chance(conditions.throttled)) done({ error: throttled(command) });
    else execute(process, region, timeline, command, done);
  });
}

function execute(
  process: Process,
  region: Region,
  timeline: Timeline,
  command: SdkCommand,
  reply: (answer: Answer) => void,
): void {
  const { random } = process;
  const { conditions, database } = region;
  try {
    if (command.constructor.name === "TransactWriteItemsCommand") {
      const transaction = database.begin(command);
      timeline.after(random.int(0, conditions.transactionMs), () => {
        reply({ output: region.as(process, command, () => transaction.commit()) });
      });
      return;
    }
    const request = random.chance(conditions.throttled) ? withoutSomeKeys(command) : { command };
    if (request.unprocessed !== undefined) region.watch.costs.excuse(process);
    const lag = random.int(0, conditions.staleWrites);
    const output = region.as(process, command, () => database.execute(request.command, { lag }));
    reply({ output: request.unprocessed ? { ...output, UnprocessedKeys: request.unprocessed } : output });
  } catch (error) {
    if (!(error instanceof DynamoDBServiceException)) throw error;
    reply({ error });
  }
}

/** BatchGetItem may leave keys for another time. */
function withoutSomeKeys(command: SdkCommand): { command: SdkCommand; unprocessed?: object } {
  if (command.constructor.name !== "BatchGetItemCommand") return { command };
  const { RequestItems = {} } = (command as BatchGetItemCommand).input;
  const [[table, request] = []] = Object.entries(RequestItems);
  if (table === undefined || request?.Keys === undefined || request.Keys.length < 2) return { command };
  const middle = Math.ceil(request.Keys.length / 2);
  const input = { RequestItems: { [table]: { ...request, Keys: request.Keys.slice(0, middle) } } };
  const unprocessed = { [table]: { ...request, Keys: request.Keys.slice(middle) } };
  return { command: { constructor: command.constructor, input } as SdkCommand, unprocessed };
}

function throttled(command: SdkCommand): Error {
  const metadata = { $metadata: {} };
  if (
    command.constructor.name !== "TransactWriteItemsCommand" &&
    command.constructor.name !== "TransactGetItemsCommand"
  ) {
    const name = "ProvisionedThroughputExceededException";
    return new DynamoDBServiceException({ name, message: "Rate exceeded", $fault: "client", ...metadata });
  }
  const { TransactItems = [] } = command.input as { TransactItems?: unknown[] };
  const CancellationReasons = TransactItems.map((_, i) =>
    i === TransactItems.length - 1 ? { Code: "ThrottlingError", Message: "Rate exceeded" } : { Code: "None" },
  );
  return new TransactionCanceledException({ message: "Transaction cancelled", CancellationReasons, ...metadata });
}

/** The SDK says of every error how many requests it took. */
function withAttempts(error: Error, attempts: number): Error {
  const { $metadata = {} } = error as { $metadata?: object };
  return Object.assign(error, { $metadata: { ...$metadata, attempts } });
}

function timeout(): Error {
  return Object.assign(new Error("Connection timed out"), { name: "TimeoutError" });
}
