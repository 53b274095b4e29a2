import { stat } from "node:fs/promises";
import { type Engine, type EngineName, PortInUseError, type StartEngineOptions, startEngine } from "@rollcall/local";
import { CommandError } from "../errors.ts";
import type { Io } from "../terminal/io.ts";
import { quoted } from "../terminal/printable.ts";
import { within } from "./within.ts";

/** Which engine is to run, and where. */
export interface LocalEngineOptions {
  engine: "auto" | EngineName;
  /** Default: {@link DEFAULT_PORT}, or the next one that is free. */
  port?: number | undefined;
  dbPath?: string | undefined;
}

/** Where clients look for an engine on this machine. */
export const DEFAULT_PORT = 8_000;

/** Ports that are tried after it, before any free one will do. */
const NEXT_PORTS = 20;

/** How long an engine may take to end in order, in milliseconds, before it is killed. */
const STOP_MS = 2_000;

/**
 * Starts an engine.
 *
 * @throws CommandError where `dbPath` is no directory
 * @throws EngineError when it cannot start there
 */
export async function startLocalEngine(
  { engine, port, dbPath }: LocalEngineOptions,
  signal: AbortSignal,
): Promise<Engine> {
  if (dbPath !== undefined) await assertDirectory(dbPath);
  // The engine is to outlive the signal: what talks to it ends first.
  const starting = new AbortController();
  const abort = () => starting.abort(signal.reason);
  signal.addEventListener("abort", abort);
  try {
    signal.throwIfAborted();
    const options: StartEngineOptions = { engine, dbPath, signal: starting.signal };
    return await (port === undefined ? startOnFirstFreePort(options) : startEngine({ ...options, port }));
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** Ends an engine, in order where that takes no longer than it may. */
export async function stopLocalEngine(engine: Engine, clock: Io["clock"]): Promise<void> {
  const stopped = engine.stop();
  if (await within(STOP_MS, stopped, clock)) return;
  try {
    process.kill(engine.pid, "SIGKILL");
  } catch {
    // it has ended just now
  }
  await stopped;
}

async function startOnFirstFreePort(options: StartEngineOptions): Promise<Engine> {
  for (let port = DEFAULT_PORT; port <= DEFAULT_PORT + NEXT_PORTS; port++) {
    try {
      return await startEngine({ ...options, port });
    } catch (error) {
      if (!(error instanceof PortInUseError)) throw error;
    }
  }
  return await startEngine(options);
}

async function assertDirectory(dbPath: string): Promise<void> {
  const found = await stat(dbPath).catch(() => undefined); // where there is none, it is made
  if (found === undefined || found.isDirectory()) return;
  throw new CommandError(`--db-path ${quoted(dbPath)} is no directory: name one, or where one is to be made.`);
}
