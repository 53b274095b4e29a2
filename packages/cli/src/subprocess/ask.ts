import { fork } from "node:child_process";
import path from "node:path";
import type { Said } from "./said.ts";

/** What became of a question to a process. */
export type Outcome<Answer> =
  | Said<Answer>
  /** It ended without a word: by itself, or because its memory was full. */
  | { kind: "ended" }
  | { kind: "too-slow" };

/** What a process may take. */
export interface ProcessLimits {
  timeoutMs: number;
  /** Megabytes of objects. Default: Node's own limit. */
  memoryMb?: number | undefined;
}

/** What a terminal sends to all processes of a command. The command itself then decides what happens. */
const OF_THE_TERMINAL = ["SIGINT", "SIGHUP"];

/**
 * Starts a process, resolves to the first thing that it says to a question, and ends it, in the midst of its work too.
 * A thread would not do: one whose memory is full, or that is ended while it winds up, can take the whole process with it.
 * What it prints is dropped, for stdout belongs to the command. Source: nodejs/node, issue 56312, seen with Node 24.21.
 *
 * @param module its module, which calls `answer`: the name without extension, and the URL of the module that it stands beside
 * @param question all that can be cloned
 * @throws the signal's reason
 * @throws Error when no process can be started
 */
export async function askProcess<Question, Answer>(
  module: { name: string; beside: string },
  question: Question,
  { timeoutMs, memoryMb }: ProcessLimits,
  signal: AbortSignal,
): Promise<Outcome<Answer>> {
  signal.throwIfAborted();
  // The build turns imports of .ts into .js; the name of the asking module tells which of them it is.
  const extension = path.extname(module.beside);
  const child = fork(new URL(`./${module.name}${extension}`, module.beside), {
    execArgv: [
      ...(memoryMb === undefined ? [] : [`--max-old-space-size=${memoryMb}`]),
      // From the sources, packages use each other's sources.
      ...(extension === ".ts" ? ["--conditions=@rollcall/source"] : []),
      // Node before 22.18 strips types only where it is asked to; later versions know the option too.
      ...(process.features.typescript ? [] : ["--experimental-strip-types"]),
    ],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const outcome = Promise.withResolvers<Outcome<Answer>>();
  child.once("message", (said) => outcome.resolve(said as Said<Answer>));
  child.on("error", outcome.reject);
  const exited = Promise.withResolvers<void>();
  child.once("exit", (_code, exitSignal) => {
    exited.resolve();
    if (OF_THE_TERMINAL.includes(exitSignal ?? "")) return;
    // Its last word comes before it is disconnected, and may come after its exit.
    if (!child.connected) outcome.resolve({ kind: "ended" });
    child.once("disconnect", () => outcome.resolve({ kind: "ended" }));
  });
  const timer = setTimeout(() => outcome.resolve({ kind: "too-slow" }), timeoutMs);
  const onAbort = () => outcome.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    child.send(question as object, () => {}); // where that fails, it has ended
    return await outcome.promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
    if (child.kill("SIGKILL")) await exited.promise;
  }
}
