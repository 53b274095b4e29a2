import { availableParallelism } from "node:os";
import { runGuarded } from "./guarded-process.ts";
import type { SeedProgress, SeedRange } from "./seed-process.ts";
import { addTally, newTally, type Tally } from "./tally.ts";

/** Options of {@link runSeeds}. */
export interface RunSeedsOptions {
  readonly first: number;
  readonly last: number;
  /** Operations of each seed, about. */
  readonly operations: number;
  /** Processes that run seeds. Default: one a core. */
  readonly workers?: number | undefined;
  /** Whether seeds are run on after one has failed. */
  readonly keepsGoing?: boolean;
  /** Ends the run; seeds that are running count no more. */
  readonly signal?: AbortSignal | undefined;
  /** Hears of the sum so far. */
  readonly onProgress?: (tally: Tally) => void;
}

/** A seed that failed: it broke a promise, or did not come to an end. */
export interface FailedSeed {
  readonly seed: number;
  readonly problem: string;
  /** Whether it broke a promise, so that its history can be told. */
  readonly hasHistory: boolean;
}

/** What many seeds came to, and which of them failed, in their order. */
export interface SeedsResult {
  readonly tally: Tally;
  readonly failed: readonly FailedSeed[];
}

/** Runs seeds in several processes. Ends with the first that fails, unless it keeps going. */
export async function runSeeds(options: RunSeedsOptions): Promise<SeedsResult> {
  const { first, last, operations, keepsGoing = false, signal, onProgress = () => {} } = options;
  const tally = newTally();
  const failed: FailedSeed[] = [];
  const stop = new AbortController();
  const fail = (failure: FailedSeed): void => {
    failed.push(failure);
    if (!keepsGoing) stop.abort();
  };
  const stride = Math.min(options.workers ?? availableParallelism(), last - first + 1);
  const work = async (offset: number): Promise<void> => {
    for (let from: number | undefined = first + offset; from !== undefined && from <= last; ) {
      const range: SeedRange = { first: from, last, stride, operations };
      const broken = await runGuarded<SeedProgress>({
        module: new URL("seed-process.ts", import.meta.url),
        work: range,
        signal: signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]),
        onMessage: (progress) => {
          addTally(tally, progress.tally);
          onProgress(tally);
          if (progress.failed === undefined) return;
          const { seed, violation } = progress.failed;
          fail({ seed, problem: `${violation.kind}: ${violation.problem}`, hasHistory: true });
        },
      });
      if (broken !== undefined) fail({ seed: broken.seed, problem: broken.reason, hasHistory: false });
      from = broken !== undefined && keepsGoing ? broken.seed + stride : undefined;
    }
  };
  await Promise.all(Array.from({ length: stride }, (_, offset) => work(offset)));
  return { tally, failed: failed.sort((a, b) => a.seed - b.seed) };
}
