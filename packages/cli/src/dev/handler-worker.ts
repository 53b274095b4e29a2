import { parentPort, workerData } from "node:worker_threads";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { createStreamHandler } from "@rollcall/maintainer";
import type { FromHandler, HandlerSetup, ToHandler } from "./handler-messages.ts";

/*
 * The maintainer's handler in a thread of its own: a new thread loads all of its code afresh, which is the one way to
 * reload ECMAScript modules, and what a new Lambda environment does.
 */
const { tableName, clientConfig } = workerData as HandlerSetup;
const post = (message: FromHandler) => parentPort?.postMessage(message);
const problem = (message: unknown, error: unknown) =>
  post({ kind: "problem", message: error instanceof Error ? `${message}: ${error.message}` : String(message) });
const complain = (message: unknown, ...details: unknown[]) => {
  const { error, names } = (details[0] ?? {}) as { error?: unknown; names?: unknown };
  if (names === undefined) problem(message, error); // what became of names is in the events
};

const handler = createStreamHandler({
  tableName,
  client: new DynamoDBClient(clientConfig),
  logger: { info() {}, warn: complain, error: complain },
  metrics: { addMetric() {}, publishStoredMetrics() {} },
  onEvent: (event) => {
    if (event.kind === "check-failed") problem("Could not check names; their records are retried", event.names.error);
    if (event.kind !== "reconciled") return;
    const { namespace, findings } = event;
    const { added, removed, dropped, unrepaired } = findings;
    const [unrepairable, failed] = [
      unrepaired.filter((each) => each.isPermanent),
      unrepaired.filter((each) => !each.isPermanent),
    ];
    post({
      kind: "reconciled",
      namespace,
      added,
      removed,
      dropped,
      unrepairable: unrepairable.map(({ name, reason }) => ({ name, reason })),
      failed: failed.map(({ name, reason }) => ({ name, reason })),
    });
  },
});

parentPort?.on("message", async ({ id, event, remainingMs }: ToHandler) => {
  const deadline = performance.now() + remainingMs;
  const answer = await handler(event, { getRemainingTimeInMillis: () => deadline - performance.now() });
  post({ kind: "answer", id, answer });
});
post({ kind: "loaded" });
