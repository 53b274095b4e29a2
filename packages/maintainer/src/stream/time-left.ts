import type { Clock } from "@rollcall/registry/protocol";

/** The part of the time left that is kept back to answer in, in milliseconds. */
const ANSWER_MARGIN_MS = 1_000;

/** The part of it in which no work is waited for any more, in milliseconds: it sends the answer. */
const ENDING_MS = 500;

/** Milliseconds until a function's time-out, `Infinity` where it has none; `undefined` where its context does not tell. */
export function timeLeftMs(context: unknown): number | undefined {
  try {
    const ms: unknown = (context as { getRemainingTimeInMillis(): unknown }).getRemainingTimeInMillis();
    return typeof ms === "number" && !Number.isNaN(ms) ? Math.max(0, ms) : undefined;
  } catch {
    return undefined; // no context, or one of another kind
  }
}

/** The end of an invocation's time, in two steps. */
export interface Deadline {
  /** Aborts when the work is to end. */
  readonly signal: AbortSignal;
  /** Resolves when an answer can wait for the work no longer. */
  readonly passed: Promise<void>;
  /** Ends the watch: the answer is there. */
  end(): void;
}

/** Watches an invocation's time. Where it is unknown, there is no deadline. */
export function watchTime(leftMs: number | undefined, clock: Clock): Deadline {
  const [answered, timeUp] = [new AbortController(), new AbortController()];
  const passed = Promise.withResolvers<void>();
  const watch = async (ms: number): Promise<void> => {
    const workMs = Math.max(0, ms - ANSWER_MARGIN_MS);
    await clock.sleep(workMs, answered.signal);
    timeUp.abort(new Error(`the function's time was up after ${Math.round(workMs)} ms`));
    await clock.sleep(Math.max(0, ms - ENDING_MS - workMs), answered.signal);
    passed.resolve();
  };
  if (leftMs !== undefined) watch(leftMs).catch(() => {}); // answered first
  return { signal: timeUp.signal, passed: passed.promise, end: () => answered.abort() };
}
