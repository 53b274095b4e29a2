import { parentPort, workerData } from "node:worker_threads";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { createStreamHandler } from "@rollcall/maintainer";
import type { FromHandler, HandlerSetup, ToHandler } from "./handler-messages.ts";
import { maintainerTelling } from "./maintainer-events.ts";

/*
 * The maintainer's handler in a thread of its own: a new thread loads all of its code afresh, which is the one way to
 * reload ECMAScript modules, and what a new Lambda environment does.
 */
const { tableName, registries, clientConfig, words } = workerData as HandlerSetup;
const post = (message: FromHandler) => parentPort?.postMessage(message);
const silent = () => {}; // all that log and metrics are made of is in the events

const handler = createStreamHandler({
  tableName,
  registries,
  client: new DynamoDBClient(clientConfig),
  logger: { info: silent, warn: silent, error: silent },
  metrics: { addMetric: silent, publishStoredMetrics: silent },
  onEvent: (event) => {
    const telling = maintainerTelling(event, words);
    if (telling !== undefined) post({ kind: "telling", telling });
  },
});

parentPort?.on("message", async ({ id, event, remainingMs }: ToHandler) => {
  const deadline = performance.now() + remainingMs;
  const answer = await handler(event, { getRemainingTimeInMillis: () => deadline - performance.now() });
  post({ kind: "answer", id, answer });
});
post({ kind: "loaded" });
