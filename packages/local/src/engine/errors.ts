import { hostname } from "node:os";
import { describeOwner, type LockOwner } from "../locks/file-lock.ts";
import type { EngineName } from "./engine.ts";
import type { MissingEngine } from "./engine-kind.ts";

/** The stable `code` of every error that starting an engine throws itself. */
export type EngineErrorCode =
  | "INVALID_ENGINE_OPTION"
  | "ENGINE_UNAVAILABLE"
  | "PORT_IN_USE"
  | "DB_PATH_IN_USE"
  | "ENGINE_START_FAILED";

/**
 * Base of every error that starting an engine throws itself.
 *
 * @example
 * ```ts
 * import { EngineError, startEngine } from "@rollcall/local";
 *
 * try {
 *   await using engine = await startEngine({ port: 8000 });
 *   console.log(engine.endpoint);
 * } catch (error) {
 *   if (!(error instanceof EngineError) || error.code !== "PORT_IN_USE") throw error;
 *   console.error("Something listens on port 8000 already.");
 * }
 * ```
 */
export class EngineError extends Error {
  override readonly name: string = "EngineError";
  /** Which error this is; stable across releases, unlike the message. */
  readonly code: EngineErrorCode;

  constructor(code: EngineErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** An option is unknown or out of range. Thrown before anything is started. */
export class InvalidEngineOptionError extends EngineError {
  override readonly name = "InvalidEngineOptionError";
  /** The option's name. */
  readonly option: string;

  constructor(option: string, problem: string, options?: ErrorOptions) {
    super("INVALID_ENGINE_OPTION", `Invalid option ${option}: ${problem}.`, options);
    this.option = option;
  }
}

/** The engine that was asked for, or with `"auto"` every engine, is missing something on this machine. */
export class EngineUnavailableError extends EngineError {
  override readonly name = "EngineUnavailableError";
  /** What each engine is missing and how to get it. */
  readonly engines: readonly MissingEngine[];

  constructor(engines: readonly MissingEngine[]) {
    const [only, ...others] = engines;
    const lines = engines.map(({ engine, reason, remedy }) => `  ${engine}: ${reason}; ${remedy}`);
    super(
      "ENGINE_UNAVAILABLE",
      only !== undefined && others.length === 0
        ? `The engine ${only.engine} cannot run here: ${only.reason}; ${only.remedy}.`
        : `No engine can run here. Any one of these will do:\n${lines.join("\n")}`,
    );
    this.engines = engines;
  }
}

/** Another program listens on the port that was asked for. */
export class PortInUseError extends EngineError {
  override readonly name = "PortInUseError";
  /** The port. */
  readonly port: number;

  constructor(port: number, options?: ErrorOptions) {
    super(
      "PORT_IN_USE",
      `Port ${port} is in use by another program; end that one, or leave out the port to get a free one.`,
      options,
    );
    this.port = port;
  }
}

/** Another engine, of this or of another process, keeps its tables in the directory that was asked for. */
export class DbPathInUseError extends EngineError {
  override readonly name = "DbPathInUseError";
  /** The directory. */
  readonly dbPath: string;
  /** Which process has it. */
  readonly owner: LockOwner;

  constructor(dbPath: string, owner: LockOwner, lockFile: string) {
    const away = owner.host === hostname() ? "" : `, or delete ${lockFile} if it no longer runs`;
    super(
      "DB_PATH_IN_USE",
      `The directory ${dbPath} is in use by ${describeOwner(owner)}; end that one or take another directory${away}.`,
    );
    this.dbPath = dbPath;
    this.owner = owner;
  }
}

/** The engine ended, or did not answer in time, while it was being started. It runs no more. */
export class EngineStartError extends EngineError {
  override readonly name = "EngineStartError";
  /** Which engine it was. */
  readonly engine: EngineName;
  /** The last lines it wrote to its standard output and error. */
  readonly output: string;

  constructor(engine: EngineName, problem: string, output: string, options?: ErrorOptions) {
    const wrote = output.trim() === "" ? "It wrote nothing." : `It wrote:\n${output.trim()}`;
    super("ENGINE_START_FAILED", `The engine ${engine} ${problem}. ${wrote}`, options);
    this.engine = engine;
    this.output = output;
  }
}
