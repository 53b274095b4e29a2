import { fork } from "node:child_process";
import { once } from "node:events";

/** What a seed may take: one that takes more is a failure. Usual ones take less than a second. */
interface SeedLimits {
  readonly ms: number;
  readonly megabytes: number;
}

const LIMITS: SeedLimits = { ms: 30_000, megabytes: 1_024 };
/** How often a process is looked at while a seed may run. */
const CHECKS = 30;
/** The last of what a process wrote to its error output, in characters: the cause of its death. */
const MAX_ERROR_OUTPUT = 4_000;

/** A process says which seed it begins, before anything can befall it. */
interface SeedBegins {
  readonly begins: number;
}

/** A seed that did not come to an end, and why. */
export interface BrokenSeed {
  readonly seed: number;
  readonly reason: string;
}

/** Options of {@link runGuarded}. */
export interface GuardedOptions<Message> {
  /** The process's module. It reads its work with {@link workOf}. */
  readonly module: URL;
  /** Its work, as plain data. */
  readonly work: object;
  /** Default: 30 s and 1 GB. */
  readonly limits?: SeedLimits;
  readonly signal?: AbortSignal | undefined;
  readonly onMessage: (message: Message) => void;
}

/**
 * Runs seeds in a process of their own, within limits of time and memory for each. A thread would not do: where memory
 * runs out it takes its process with it.
 *
 * @returns the seed that broke the limits or the process, if one did
 */
export async function runGuarded<Message extends object>(
  options: GuardedOptions<Message>,
): Promise<BrokenSeed | undefined> {
  const { module, work, limits = LIMITS, signal, onMessage } = options;
  const child = fork(module, [JSON.stringify(work)], {
    execArgv: ["--conditions=@rollcall/source", `--max-old-space-size=${limits.megabytes}`],
    stdio: ["ignore", "inherit", "pipe", "ipc"],
  });
  let running: { seed: number; since: number } | undefined;
  let reason: string | undefined;
  let errorOutput = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    errorOutput = (errorOutput + chunk.toString()).slice(-MAX_ERROR_OUTPUT);
  });
  child.on("message", (message: Message | SeedBegins) => {
    if ("begins" in message) running = { seed: message.begins, since: Date.now() };
    else onMessage(message);
  });
  const watchdog = setInterval(() => {
    if (running === undefined || Date.now() - running.since <= limits.ms) return;
    reason = `it has been running for more than ${limits.ms / 1_000} s`;
    child.kill("SIGKILL");
  }, limits.ms / CHECKS);
  const onAbort = (): void => void child.kill("SIGKILL");
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted) onAbort();
  const [code] = (await once(child, "close")) as [number | null];
  clearInterval(watchdog);
  signal?.removeEventListener("abort", onAbort);
  if (code === 0 || signal?.aborted) return undefined;
  if (errorOutput.includes("heap out of memory")) reason = `it takes more than ${limits.megabytes} MB`;
  return { seed: running?.seed ?? 0, reason: reason ?? `the simulation itself failed: ${errorOutput}` };
}

/** The work that a guarded process was given. */
export function workOf<Work>(): Work {
  return JSON.parse(process.argv[2] ?? "{}") as Work;
}

/** Says in a guarded process that a seed begins, or another part of it. */
export function beginSeed(seed: number): void {
  process.send?.({ begins: seed } satisfies SeedBegins);
}
