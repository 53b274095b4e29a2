import type { Readable, Writable } from "node:stream";
import { type Clock, systemClock } from "@rollcall/registry/clock"; // alone: the rest of the protocol loads the SDK

/** All that a command takes from the world around it, so that it can run inside another program or a test. */
export interface Io {
  /** Where answers to questions come from. */
  stdin: Readable & { isTTY?: boolean | undefined };
  /** Where results go, and nothing else. */
  stdout: Writable & { isTTY?: boolean | undefined; columns?: number | undefined };
  /** Where errors, notes and questions go. */
  stderr: Writable & { isTTY?: boolean | undefined; columns?: number | undefined };
  /** Environment variables. The AWS SDK reads its own from the process. */
  env: Readonly<Record<string, string | undefined>>;
  /** Where time comes from. */
  clock: Clock;
  /** Ends the command early: with the exit code of an `Ending` that is its reason, else with 130. */
  signal: AbortSignal;
}

/**
 * The process's own streams, environment and clock.
 *
 * @example
 * ```ts
 * import { main, processIo } from "@rollcall/cli";
 *
 * process.exitCode = await main(["resource", "list", "--table", "limits"], processIo(AbortSignal.timeout(10_000)));
 * ```
 */
export function processIo(signal: AbortSignal): Io {
  const { stdin, stdout, stderr, env } = process;
  return { stdin, stdout, stderr, env, clock: systemClock, signal };
}
