import path from "node:path";
import { Worker } from "node:worker_threads";
import { endThread } from "../../end-thread.ts";
import { CommandError } from "../../errors.ts";
import { printable } from "../../terminal/printable.ts";
import { READING_LIMITS } from "../constants.ts";
import type { LocatedManifest } from "./manifest.ts";

/** What a thread is to read. */
export interface ManifestText {
  text: string;
  /** What to call the text in errors. */
  file: string;
}

/** What a thread has read: a manifest, or the mistakes of the text, one line each. */
export type Read =
  | { manifest: LocatedManifest; mistakes?: undefined }
  | { mistakes: readonly string[]; manifest?: undefined };

/** The build turns imports of .ts into .js; this file's own name tells which of them it is. */
const EXTENSION = path.extname(import.meta.url);
/** From the sources, packages use each other's sources; the thread of a test runner has no such setting of its own. */
const EXEC_ARGV = EXTENSION === ".ts" ? [...process.execArgv, "--conditions=@rollcall/source"] : process.execArgv;

/**
 * Reads a manifest within limits of time and memory, for any text.
 *
 * @throws CommandError when it takes more than that
 * @throws the signal's reason
 */
export async function readInThread(
  manifest: ManifestText,
  signal: AbortSignal,
  { timeoutMs, memoryMb }: { timeoutMs: number; memoryMb: number } = READING_LIMITS,
): Promise<Read> {
  signal.throwIfAborted();
  const name = printable(manifest.file);
  const result = Promise.withResolvers<Read>();
  const worker = new Worker(new URL(`./manifest-worker${EXTENSION}`, import.meta.url), {
    workerData: manifest,
    execArgv: EXEC_ARGV,
    resourceLimits: { maxOldGenerationSizeMb: memoryMb },
  });
  let hasAnswered = false;
  worker.once("message", (read: Read) => {
    hasAnswered = true;
    result.resolve(read);
  });
  worker.once("error", (error: NodeJS.ErrnoException) => {
    const isFull = error.code === "ERR_WORKER_OUT_OF_MEMORY";
    const tooMuch = `${name} takes more than ${memoryMb} MB of memory to read: split it, or write it as JSON.`;
    result.reject(isFull ? new CommandError(tooMuch, { cause: error }) : error);
  });
  const tooLong = `${name} takes more than ${timeoutMs / 1_000} seconds to read: split it, or write it as JSON.`;
  const timer = setTimeout(() => result.reject(new CommandError(tooLong)), timeoutMs);
  const onAbort = () => result.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await result.promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
    await endThread(worker, { hasAnswered });
  }
}
