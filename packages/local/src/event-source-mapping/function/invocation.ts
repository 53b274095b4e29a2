import { randomUUID } from "node:crypto";
import type { SteadyClock } from "../clock.ts";
import { parseStreamArn } from "../shards/stream-arn.ts";
import type { LambdaContext, StreamHandler } from "./lambda-event.ts";

/** How an invocation ended: with a response, or with what Lambda calls an unhandled function error. */
export interface InvocationResult {
  readonly requestId: string;
  readonly durationMs: number;
  readonly response?: unknown;
  readonly error?: Error;
}

/** The function as Lambda knows it. */
export interface FunctionIdentity {
  readonly functionName: string;
  readonly functionArn: string;
  readonly timeoutMs: number;
}

/** Places the function in the region and account of its stream. */
export function functionArn(functionName: string, streamArn: string): string {
  const { region, account } = parseStreamArn(streamArn);
  return `arn:aws:lambda:${region}:${account}:function:${functionName}`;
}

/**
 * Invokes a handler with an event, both ways through JSON as on AWS, until the function's time-out.
 *
 * Differs from AWS: a handler that has timed out runs on, for nothing can end it within a process; what it answers then
 * is ignored, and a retry may run beside it.
 */
export async function invoke(
  handler: StreamHandler,
  eventJson: string,
  identity: FunctionIdentity,
  clock: SteadyClock,
): Promise<InvocationResult> {
  const requestId = randomUUID();
  const startedAt = clock.monotonicNow();
  const timer = new AbortController();
  const timeout = clock.sleep(identity.timeoutMs, timer.signal).then(() => {
    throw new Error(`Task timed out after ${(identity.timeoutMs / 1000).toFixed(2)} seconds`);
  });
  timeout.catch(() => {}); // called off once the handler has answered; the race below hears of it otherwise
  const run = async () =>
    handler(JSON.parse(eventJson), lambdaContext(identity, requestId, startedAt, clock), refuseCallback);
  const outcome = await Promise.race([run(), timeout]).then(
    (response) => throughJson(response),
    (error: unknown) => ({ error: error instanceof Error ? error : new Error(String(error), { cause: error }) }),
  );
  timer.abort();
  return { requestId, durationMs: Math.round(clock.monotonicNow() - startedAt), ...outcome };
}

/** The runtime sends the response as JSON, so what cannot be JSON is an error of the function. */
function throughJson(response: unknown): { response?: unknown; error?: Error } {
  try {
    const json = JSON.stringify(response);
    return json === undefined ? {} : { response: JSON.parse(json) };
  } catch (error) {
    return { error: new Error("Unable to stringify response body", { cause: error }) };
  }
}

function lambdaContext(
  identity: FunctionIdentity,
  requestId: string,
  startedAt: number,
  clock: SteadyClock,
): LambdaContext {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: identity.functionName,
    functionVersion: "$LATEST",
    invokedFunctionArn: identity.functionArn,
    memoryLimitInMB: "128",
    awsRequestId: requestId,
    logGroupName: `/aws/lambda/${identity.functionName}`,
    logStreamName: "local",
    getRemainingTimeInMillis: () => Math.max(0, Math.round(startedAt + identity.timeoutMs - clock.monotonicNow())),
    done: refuseCallback,
    fail: refuseCallback,
    succeed: refuseCallback,
  };
}

function refuseCallback(): never {
  throw new Error(
    "Handlers with callbacks are not supported, as in Lambda's runtime for Node.js 24: return a promise instead",
  );
}
