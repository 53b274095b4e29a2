interface Shared {
  readonly callbacks: Set<() => void>;
  readonly listener: () => void;
}

/**
 * What each signal calls. A signal itself has one listener of ours, for any number of calls that share it: adding a
 * listener walks through those that are there.
 */
const shared = new WeakMap<AbortSignal, Shared>();

/** Calls back when the signal aborts. Returns what ends that; the last one takes the listener off. */
function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const { callbacks, listener } = shared.get(signal) ?? share(signal);
  callbacks.add(callback);
  return () => {
    callbacks.delete(callback);
    if (callbacks.size > 0) return;
    signal.removeEventListener("abort", listener);
    shared.delete(signal);
  };
}

function share(signal: AbortSignal): Shared {
  const callbacks = new Set<() => void>();
  const listener = (): void => {
    for (const callback of callbacks) callback();
  };
  const entry = { callbacks, listener };
  shared.set(signal, entry);
  signal.addEventListener("abort", listener);
  return entry;
}

/** Resolves or rejects as `work` does, or rejects with the signal's reason as soon as it aborts; `work` itself continues. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  if (signal.aborted) {
    work.catch(() => {}); // has no caller any more
    return Promise.reject(signal.reason);
  }
  return new Promise((resolve, reject) => {
    const release = onAbort(signal, () => {
      release();
      reject(signal.reason);
    });
    work.then(
      (value) => {
        release();
        resolve(value);
      },
      (error) => {
        release();
        reject(error);
      },
    );
  });
}

/**
 * A signal that aborts once all of the given ones have: shared work ends when no caller waits for it any more. There is
 * none where one caller cannot abort at all. `release` takes the listeners off again.
 */
export function allAborted(signals: readonly (AbortSignal | undefined)[]): {
  signal: AbortSignal | undefined;
  release(): void;
} {
  const distinct = [...new Set(signals)].filter((signal) => signal !== undefined);
  if (distinct.length === 0 || signals.includes(undefined)) return { signal: undefined, release() {} };
  const all = new AbortController();
  const abortIfAll = (): void => {
    if (distinct.every(({ aborted }) => aborted)) all.abort(distinct[0]?.reason);
  };
  const releases = distinct.map((signal) => onAbort(signal, () => abortIfAll()));
  abortIfAll();
  return {
    signal: all.signal,
    release() {
      for (const release of releases) release();
    },
  };
}

/** Runs work on a signal of its own, so that a client may add to it as many listeners as it likes. */
export async function withOwnSignal<T>(
  signals: readonly (AbortSignal | undefined)[],
  work: (signal: AbortSignal | undefined) => Promise<T>,
): Promise<T> {
  const { signal, release } = allAborted(signals);
  try {
    return await work(signal);
  } finally {
    release();
  }
}
