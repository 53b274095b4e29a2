import type { Io } from "./io.ts";

/** For how long to ask, and how often. */
export interface PollOptions {
  intervalMs: number;
  timeoutMs: number;
}

/**
 * Asks until there is an answer. Resolves to `undefined` when there was none in time.
 *
 * @throws what `ask` throws, or the signal's reason
 */
export async function poll<T>(
  ask: () => Promise<T | undefined>,
  { intervalMs, timeoutMs }: PollOptions,
  { clock, signal }: Pick<Io, "clock" | "signal">,
): Promise<T | undefined> {
  for (const start = clock.now(); ; ) {
    const answer = await ask();
    if (answer !== undefined || clock.now() - start >= timeoutMs) return answer;
    await clock.sleep(intervalMs, signal);
  }
}
