import type { Io } from "../terminal/io.ts";

/** Waits for something, but no longer than so many milliseconds. Resolves to whether it is done. */
export async function within(ms: number, work: Promise<unknown>, clock: Io["clock"]): Promise<boolean> {
  const done = new AbortController();
  const late = clock.sleep(ms, done.signal).then(
    () => false,
    () => true,
  );
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    done.abort();
  }
}
