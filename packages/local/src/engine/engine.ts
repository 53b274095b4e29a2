import type { MemoryDynamoDB } from "@rollcall/memory-dynamodb";
import type { ENGINE_NAMES } from "./constants.ts";

/** An engine that answers DynamoDB's API on this machine. */
export type EngineName = (typeof ENGINE_NAMES)[number];

/** What an AWS SDK client needs to talk to an engine; fits `DynamoDBClient` and `DynamoDBStreamsClient` as it is. */
export interface EngineClientConfig {
  /** Where the engine listens, such as `http://127.0.0.1:40123`. */
  endpoint: string;
  /** Any region will do, the engines keep one set of tables for all of them; the SDK insists on one. */
  region: string;
  /** Any credentials will do; the SDK insists on some. */
  credentials: { accessKeyId: string; secretAccessKey: string };
}

/** How an engine's process ended. */
export interface EngineExit {
  /** Its exit status, or `null` when a signal ended it. */
  code: number | null;
  /** The signal that ended it, or `null`. */
  signal: NodeJS.Signals | null;
  /** The last lines it wrote to its standard output and error. */
  output: string;
}

/**
 * An engine that runs. Like any server it keeps the program alive until it is stopped; it ends with the program,
 * also when that is killed.
 */
export interface Engine extends AsyncDisposable {
  /** Which engine it is. */
  readonly name: EngineName;
  /** Where it listens, such as `http://127.0.0.1:40123`. */
  readonly endpoint: string;
  /** The first argument for a client of the AWS SDK. */
  readonly clientConfig: EngineClientConfig;
  /**
   * Its process id; that of the program itself where the engine is `memory`. With a guard, a process of its own listens
   * on a port of its own that is not for use.
   */
  readonly pid: number;
  /**
   * Resolves when its process has ended, by {@link Engine.stop} or by itself, and its port and directory are free. Never
   * rejects.
   */
  readonly exited: Promise<EngineExit>;
  /** Ends it and waits until its process has ended. Later calls wait for the same end. Never rejects. */
  stop(): Promise<void>;
  /** The same as {@link Engine.stop}, under the name that disposables usually have. */
  close(): Promise<void>;
}

/** What the engine `memory` lets a test do. */
export type EngineControls = Pick<MemoryDynamoDB, "clock" | "splitShard" | "fail">;

/**
 * The engine `memory`: its time can be moved, the shards of its streams split, and its requests made to fail.
 *
 * @example
 * ```ts
 * import { startEngine } from "@rollcall/local";
 *
 * await using engine = await startEngine({ engine: "memory" });
 * engine.clock.advance(24 * 60 * 60 * 1000); // items expire, records leave the streams
 * engine.fail({ operation: "PutItem", times: 2, with: "throttle" });
 * ```
 */
export interface MemoryEngine extends Engine, EngineControls {
  readonly name: "memory";
}
