import type { AddressInfo } from "node:net";
import { parentPort } from "node:worker_threads";
import { LOOPBACK_HOST } from "./constants.ts";
import { createRequestGuard, type RequestGuard } from "./request-guard.ts";

/** What the thread is told. */
export type ToGuard =
  /** Listen on a port, 0 for a free one, and pass on to the engine's. */
  { readonly kind: "listen"; readonly port: number; readonly enginePort: number } | { readonly kind: "drain" };

/** What the thread says. */
export type FromGuard =
  | { readonly kind: "listening"; readonly port: number }
  | { readonly kind: "failed"; readonly code: string | undefined; readonly message: string };

/*
 * The guard of one engine in a thread of its own: a program that keeps its own thread busy, or waits for another program
 * with `execFileSync`, would otherwise keep the engine from answering.
 */
let guard: RequestGuard | undefined;
const say = (message: FromGuard): void => parentPort?.postMessage(message);

parentPort?.on("message", (message: ToGuard) => {
  if (message.kind === "drain") return guard?.drain();
  guard = createRequestGuard(message.enginePort);
  const { server } = guard;
  server.once("error", ({ code, message: text }: NodeJS.ErrnoException) =>
    say({ kind: "failed", code, message: text }),
  );
  server.listen(message.port, LOOPBACK_HOST, () =>
    say({ kind: "listening", port: (server.address() as AddressInfo).port }),
  );
});
