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
const complain = (message: unknown, ...details: unknown[]) => {
  const { error, resource } = (details[0] ?? {}) as { error?: unknown; resource?: unknown };
  if (resource !== undefined) return; // names and their reasons are in the report
  post({ kind: "problem", message: error instanceof Error ? `${message}: ${error.message}` : String(message) });
};
const reasons = (names: readonly { name: string; error: unknown }[]) =>
  names.map(({ name, error }) => ({ name, reason: error instanceof Error ? error.message : String(error) }));

const handler = createStreamHandler({
  tableName,
  client: new DynamoDBClient(clientConfig),
  logger: { info() {}, warn: complain, error: complain },
  metrics: { addMetric() {}, publishStoredMetrics() {} },
  onReconciled: ({ unrepairable, failed, ...report }) =>
    post({ kind: "reconciled", ...report, unrepairable: reasons(unrepairable), failed: reasons(failed) }),
});

parentPort?.on("message", async ({ id, event, remainingMs }: ToHandler) => {
  const deadline = performance.now() + remainingMs;
  const answer = await handler(event, { getRemainingTimeInMillis: () => deadline - performance.now() });
  post({ kind: "answer", id, answer });
});
post({ kind: "loaded" });
