import type { Clock } from "@rollcall/registry/protocol";

/** The part of the time left that is kept back to save where the sweep is, in milliseconds. */
export const SAVE_MARGIN_MS = 5_000;
/** The part of that in which nothing is waited for any longer: the answer is sent. */
const ANSWER_MARGIN_MS = 1_000;

/** The end of an invocation's time, in two steps. */
export interface SweepTime {
  /** Aborts when the sweep is to stop and to save. */
  readonly timeUp: AbortSignal;
  /** Aborts when no answer can be waited for any longer. */
  readonly deadline: AbortSignal;
  /** Ends the watch: the invocation has its result. */
  end(): void;
}

/** Watches an invocation's time. Where it is unknown or has no end, it does not end. */
export function watchTime(leftMs: number | undefined, clock: Clock): SweepTime {
  const [ended, timeUp, deadline] = [new AbortController(), new AbortController(), new AbortController()];
  const watch = async (ms: number): Promise<void> => {
    const sweepingMs = Math.max(0, ms - SAVE_MARGIN_MS);
    if (sweepingMs > 0) await clock.sleep(sweepingMs, ended.signal);
    timeUp.abort(new Error(`the sweep's time was up after ${Math.round(sweepingMs)} ms`));
    await clock.sleep(Math.max(0, ms - ANSWER_MARGIN_MS - sweepingMs), ended.signal);
    deadline.abort(
      new Error(`DynamoDB did not answer before the function's time-out, ${Math.round(ms)} ms away at first`),
    );
  };
  if (leftMs !== undefined && leftMs < Number.POSITIVE_INFINITY) watch(leftMs).catch(() => {}); // the sweep ended first
  return { timeUp: timeUp.signal, deadline: deadline.signal, end: () => ended.abort() };
}
