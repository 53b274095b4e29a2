import path from "node:path";
import { DEFAULT_HEAP_MB, DEFAULT_START_TIMEOUT_MS, ENGINE_NAMES } from "./constants.ts";
import type { EngineName } from "./engine.ts";
import { InvalidEngineOptionError } from "./errors.ts";

const NAMES = ENGINE_NAMES.slice(0, -1);
const LAST = ENGINE_NAMES.at(-1);

/** What {@link startEngine} takes. */
export interface StartEngineOptions {
  /**
   * Which engine to start. The default `"auto"` takes dynoxide where its binary is installed, else `memory`, which can
   * run everywhere.
   */
  engine?: "auto" | EngineName | undefined;
  /** The TCP port to listen on, on 127.0.0.1; by default a free one. */
  port?: number | undefined;
  /**
   * A directory to keep the tables in; made, for this user alone, when it is not there. By default tables are kept in
   * memory and gone when the engine stops. One engine at a time uses it, which its file `engine.lock` sees to, and each
   * engine keeps a file of its own there: they do not read each other's.
   */
  dbPath?: string | undefined;
  /** The largest Java heap in megabytes, by default 512. Only DynamoDB Local has one. */
  heapMb?: number | undefined;
  /** How long it may take until the engine answers, in milliseconds; by default 30,000. */
  startTimeoutMs?: number | undefined;
  /**
   * Whether a guard stands before the engine; true by default. It answers as 127.0.0.1, `localhost` and `[::1]` on its
   * own port, and refuses with status 403 what a page in a browser sends. It takes well under a millisecond a request;
   * false is for measuring the engine itself.
   */
  guard?: boolean | undefined;
  /** Ends the engine: while it starts, the call rejects with the signal's reason; later, it is as {@link Engine.stop}. */
  signal?: AbortSignal | undefined;
}

/** The options with their defaults. */
export interface ResolvedOptions {
  engine: "auto" | EngineName;
  port: number | undefined;
  dbPath: string | undefined;
  heapMb: number;
  startTimeoutMs: number;
  guard: boolean;
  signal: AbortSignal | undefined;
}

/** Checks the options and fills in the defaults. */
export function resolveOptions(options: StartEngineOptions): ResolvedOptions {
  const { engine = "auto", port, dbPath, heapMb, startTimeoutMs, guard = true, signal, ...unknown } = options;
  for (const name of Object.keys(unknown)) {
    throw new InvalidEngineOptionError(
      name,
      "there is no such option; there are engine, port, dbPath, heapMb, startTimeoutMs, guard and signal",
    );
  }
  if (engine !== "auto" && !ENGINE_NAMES.includes(engine)) {
    throw new InvalidEngineOptionError(
      "engine",
      `${JSON.stringify(engine)} is not auto, ${NAMES.join(", ")} or ${LAST}`,
    );
  }
  if (typeof guard !== "boolean") {
    throw new InvalidEngineOptionError("guard", `${JSON.stringify(guard)} is neither true nor false`);
  }
  if (dbPath === "") throw new InvalidEngineOptionError("dbPath", "it is empty; leave it out to keep tables in memory");
  return {
    engine,
    port: port === undefined ? undefined : integer("port", port, 1, 65_535),
    dbPath: dbPath === undefined ? undefined : path.resolve(dbPath),
    heapMb: integer("heapMb", heapMb ?? DEFAULT_HEAP_MB, 64, 1_048_576),
    // setTimeout's own limit, past which it fires immediately
    startTimeoutMs: integer("startTimeoutMs", startTimeoutMs ?? DEFAULT_START_TIMEOUT_MS, 1, 2_147_483_647),
    guard,
    signal,
  };
}

function integer(option: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new InvalidEngineOptionError(option, `${value} is not a whole number from ${min} to ${max}`);
}
