import { once } from "node:events";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { SeedProgress, SeedRange } from "./seed-worker.ts";
import { addTally, newTally, type Tally } from "./tally.ts";

/** What a thread may use: without a limit garbage is left lying for long. */
const LIMITS = { maxOldGenerationSizeMb: 512 };

/** Options of {@link runSeeds}. */
export interface RunSeedsOptions {
  first: number;
  last: number;
  /** Operations of each seed, about. */
  operations: number;
  /** Ends the run; seeds under way count no more. */
  signal?: AbortSignal;
  /** Hears of the sum so far. */
  onProgress?: (tally: Tally) => void;
}

/** What many seeds came to, and which of them broke a promise first. */
export interface SeedsResult {
  readonly tally: Tally;
  readonly failed: number | undefined;
}

/** Runs seeds on all cores. Ends with the first that breaks a promise. */
export async function runSeeds(options: RunSeedsOptions): Promise<SeedsResult> {
  const { first, last, operations, signal, onProgress = () => {} } = options;
  const tally = newTally();
  const stop = new AbortController();
  let failed: number | undefined;
  const stride = Math.min(availableParallelism(), last - first + 1);
  const work = async (offset: number): Promise<void> => {
    const range: SeedRange = { first: first + offset, last, stride, operations };
    const worker = new Worker(new URL("seed-worker.ts", import.meta.url), {
      workerData: range,
      resourceLimits: LIMITS,
    });
    const end = (): void => void worker.terminate();
    const ending = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
    ending.addEventListener("abort", end, { once: true });
    worker.on("message", (progress: SeedProgress) => {
      addTally(tally, progress.tally);
      onProgress(tally);
      if (progress.failed === undefined) return;
      failed = Math.min(failed ?? Number.POSITIVE_INFINITY, progress.failed);
      stop.abort();
    });
    await once(worker, "exit");
  };
  await Promise.all(Array.from({ length: stride }, (_, offset) => work(offset)));
  return { tally, failed };
}
