import path from "node:path";
import { DEFAULT_HEAP_MB, DEFAULT_START_TIMEOUT_MS, ENGINE_NAMES } from "./constants.ts";
import type { EngineName } from "./engine.ts";
import { InvalidEngineOptionError } from "./errors.ts";

/** What {@link startEngine} takes. */
export interface StartEngineOptions {
  /**
   * Which engine to start. The default `"auto"` takes dynoxide where its binary is installed, else DynamoDB Local where
   * it and Java are.
   */
  engine?: "auto" | EngineName | undefined;
  /** The TCP port to listen on, on 127.0.0.1; by default a free one. */
  port?: number | undefined;
  /**
   * A directory to keep the tables in; made when it is not there. By default they are kept in memory and gone when the
   * engine stops. One engine at a time may use it, and each engine keeps a file of its own there: they do not read
   * each other's.
   */
  dbPath?: string | undefined;
  /** The largest Java heap in megabytes, by default 512. Only DynamoDB Local has one. */
  heapMb?: number | undefined;
  /** How long it may take until the engine answers, in milliseconds; by default 30,000. */
  startTimeoutMs?: number | undefined;
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
  signal: AbortSignal | undefined;
}

/** Checks the options and fills in the defaults. */
export function resolveOptions(options: StartEngineOptions): ResolvedOptions {
  const { engine = "auto", port, dbPath, heapMb, startTimeoutMs, signal, ...unknown } = options;
  for (const name of Object.keys(unknown)) {
    throw new InvalidEngineOptionError(
      name,
      "there is no such option; there are engine, port, dbPath, heapMb, startTimeoutMs and signal",
    );
  }
  if (engine !== "auto" && !ENGINE_NAMES.includes(engine)) {
    throw new InvalidEngineOptionError("engine", `${JSON.stringify(engine)} is not auto, ${ENGINE_NAMES.join(" or ")}`);
  }
  if (dbPath === "") throw new InvalidEngineOptionError("dbPath", "it is empty; leave it out to keep tables in memory");
  return {
    engine,
    port: port === undefined ? undefined : integer("port", port, 1, 65_535),
    dbPath: dbPath === undefined ? undefined : path.resolve(dbPath),
    heapMb: integer("heapMb", heapMb ?? DEFAULT_HEAP_MB, 64, 1_048_576),
    // setTimeout's own limit, past which it fires at once
    startTimeoutMs: integer("startTimeoutMs", startTimeoutMs ?? DEFAULT_START_TIMEOUT_MS, 1, 2_147_483_647),
    signal,
  };
}

function integer(option: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new InvalidEngineOptionError(option, `${value} is not a whole number from ${min} to ${max}`);
}
