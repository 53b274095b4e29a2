import { once } from "node:events";
import type { Worker } from "node:worker_threads";

/** A thread that has said all it has to say needs no more than this to end by itself. */
const GRACE_MS = 1_000;

/**
 * Ends a thread, and resolves when it has ended. One that has given its answer is let end by itself: ending it from outside
 * while it winds up can crash the whole process. Source: nodejs/node, issue 56312, seen with Node 24.21.
 */
export async function endThread(worker: Worker, { hasAnswered }: { hasAnswered: boolean }): Promise<void> {
  if (hasAnswered && worker.threadId !== -1) {
    const timeUp = new AbortController();
    const timer = setTimeout(() => timeUp.abort(), GRACE_MS);
    await once(worker, "exit", { signal: timeUp.signal }).catch(() => {});
    clearTimeout(timer);
  }
  await worker.terminate();
}
