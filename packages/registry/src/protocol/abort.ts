/** Settles as `work` does, or rejects with the signal's reason as soon as it aborts; `work` itself goes on. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort);
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/**
 * A signal that aborts once all of the given ones have: shared work ends when nobody waits for it any more. There is
 * none where somebody cannot abort at all. `release` takes the listeners off again.
 */
export function allAborted(signals: readonly (AbortSignal | undefined)[]): {
  signal: AbortSignal | undefined;
  release(): void;
} {
  const distinct = [...new Set(signals)].filter((signal) => signal !== undefined);
  if (distinct.length === 0 || signals.includes(undefined)) return { signal: undefined, release() {} };
  const all = new AbortController();
  const onAbort = (): void => {
    if (distinct.every(({ aborted }) => aborted)) all.abort(distinct[0]?.reason);
  };
  for (const signal of distinct) signal.addEventListener("abort", onAbort);
  onAbort();
  return {
    signal: all.signal,
    release() {
      for (const signal of distinct) signal.removeEventListener("abort", onAbort);
    },
  };
}
