import path from "node:path";
import { Worker } from "node:worker_threads";
import { endThread } from "../end-thread.ts";

/** What the thread starts with. */
export interface ConfigFile {
  /** Absolute. */
  file: string;
}

/** What the thread says: the default export, or why that is more than data. */
export type FromConfig = { kind: "loaded"; value: unknown } | { kind: "no-data"; message: string };

/** Why there is no default export. */
interface FailedImport {
  kind: "failed";
  message: string;
  stack: string;
}

/** What became of an import: what the thread said, or how it ended without a word. */
export type Imported = FromConfig | FailedImport | { kind: "too-slow" } | { kind: "ended" };

/** The build turns imports of .ts into .js; this file's own name tells which of them it is. */
const EXTENSION = path.extname(import.meta.url);
/** Node before 22.18 strips types only where it is asked to; later versions know the option too. */
const EXEC_ARGV = [
  ...process.execArgv,
  ...(EXTENSION === ".ts" ? ["--conditions=@rollcall/source"] : []),
  ...(process.features.typescript ? [] : ["--experimental-strip-types"]),
];

/**
 * Imports a module's default export within a limit of time. Its code is not trusted: it may throw, wait for ever, run for
 * ever or end its process. What it prints is dropped, for stdout belongs to the command.
 *
 * @throws the signal's reason
 */
export async function importInThread(file: string, timeoutMs: number, signal: AbortSignal): Promise<Imported> {
  signal.throwIfAborted();
  const result = Promise.withResolvers<Imported>();
  const worker = new Worker(new URL(`./config-worker${EXTENSION}`, import.meta.url), {
    workerData: { file } satisfies ConfigFile,
    execArgv: EXEC_ARGV,
    stdout: true,
    stderr: true,
  });
  let hasAnswered = false;
  worker.once("message", (message: FromConfig) => {
    hasAnswered = true;
    result.resolve(message);
  });
  worker.once("error", (error: unknown) => {
    const { message, stack = "" } = error instanceof Error ? error : new Error(String(error));
    result.resolve({ kind: "failed", message, stack });
  });
  worker.once("exit", () => result.resolve({ kind: "ended" }));
  const timer = setTimeout(() => result.resolve({ kind: "too-slow" }), timeoutMs);
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
