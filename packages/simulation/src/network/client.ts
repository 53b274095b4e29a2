import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { SdkCommand } from "@rollcall/memory-dynamodb";
import type { Process } from "../timeline/process.ts";
import type { Timeline } from "../timeline/timeline.ts";
import type { Region } from "../world/region.ts";
import { type Answer, carryOut } from "./delivery.ts";
import type { Fate, Fates } from "./fate.ts";
import { aborted, timedOut, withAttempts } from "./refusals.ts";

/** Requests of one call in the SDK's standard mode: one, and three retries. */
const SDK_ATTEMPTS = 4;
/** How long the SDK waits for an answer, in milliseconds. The request may arrive later all the same. */
const REQUEST_TIMEOUT_MS = 2_000;
/** The longest delay before the SDK's first retry, in milliseconds. It doubles with every retry. */
const SDK_RETRY_MS = 100;
/** What the SDK retries by itself. Neither kind of transaction conflict is among it. */
const SDK_RETRIES: ReadonlySet<string> = new Set([
  "TimeoutError",
  "ProvisionedThroughputExceededException",
  "ThrottlingException",
  "TransactionInProgressException",
]);

/** The client of one process, by its one method that the code under test calls. */
export type SimulatedClient = DynamoDBClient;

/** What a process's requests go through. */
export interface Route {
  readonly region: Region;
  readonly timeline: Timeline;
  readonly fates: Fates;
}

/**
 * Connects a process to a Region. The client retries as the SDK's does, with the same request and so the same token. An
 * attempt that timed out stays in flight: it may arrive after those that followed it.
 */
export function connect(process: Process, route: Route): SimulatedClient {
  const send = (command: SdkCommand, { abortSignal }: { abortSignal?: AbortSignal } = {}): Promise<object> => {
    const { promise, resolve, reject } = Promise.withResolvers<object>();
    let attempts = 0;
    const onAbort = (): void => {
      if (process.isAlive) reject(withAttempts(aborted(), attempts));
    };
    if (abortSignal?.aborted) {
      onAbort();
      return promise;
    }
    const stopListening = process.listen(abortSignal, onAbort);
    const { watch } = route.region;
    const attempt = (): void => {
      watch.sent(process, command, ++attempts > 1);
      const fate = route.fates.next(route.region.conditions, isConditionalPut(command));
      sendOnce(process, route, command, fate, ({ output, error }) => {
        if (error === undefined) return resolve({ ...output, $metadata: { attempts } });
        if (attempts === SDK_ATTEMPTS || !SDK_RETRIES.has(error.name) || abortSignal?.aborted) {
          watch.rules.costs.excuse(process);
          return reject(withAttempts(error, attempts));
        }
        process.after(Math.floor(fate.retryDelay * SDK_RETRY_MS * 2 ** attempts), attempt);
      });
    };
    watch.asked(process, command);
    attempt();
    return promise.finally(stopListening);
  };
  return { send } as unknown as SimulatedClient;
}

/** One attempt: its way to the Region, and its answer's way back. The process hears of it only while it lives. */
function sendOnce(
  process: Process,
  { region, timeline }: Route,
  command: SdkCommand,
  fate: Fate,
  hear: (answer: Answer) => void,
): void {
  const { arrivesAfterMs, answersAfterMs } = fate;
  const holdsMs = isTransaction(command) ? fate.holdsMs : 0;
  const isHeard = arrivesAfterMs + holdsMs + answersAfterMs < REQUEST_TIMEOUT_MS;
  if (!isHeard) process.after(REQUEST_TIMEOUT_MS, () => hear({ error: timedOut() }));
  if (arrivesAfterMs === Number.POSITIVE_INFINITY) return;
  region.sentOff(process);
  timeline.after(arrivesAfterMs, () =>
    carryOut(process, region, timeline, command, fate, (answer) => {
      region.dealtWith(process);
      if (isHeard) process.after(answersAfterMs, () => hear(answer));
    }),
  );
}

function isTransaction({ constructor: { name } }: SdkCommand): boolean {
  return name === "TransactWriteItemsCommand";
}

function isConditionalPut({ constructor: { name }, input }: SdkCommand): boolean {
  return name === "PutItemCommand" && (input as { ConditionExpression?: string }).ConditionExpression !== undefined;
}
