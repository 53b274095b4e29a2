import { describeOwner, type LockOwner } from "../locks/file-lock.ts";

/** The stable `code` of every error the mapping throws itself. */
export type EventSourceMappingErrorCode =
  | "INVALID_OPTION"
  | "STREAM_UNAVAILABLE"
  | "INVALID_CHECKPOINT"
  | "CHECKPOINT_FILE"
  | "CHECKPOINT_IN_USE";

/**
 * Base of every error the mapping throws itself. What a handler throws is never among them: it fails the batch.
 *
 * @example
 * ```ts
 * import { EventSourceMappingError, type EventSourceMapping } from "@rollcall/local";
 *
 * async function untilStreamIsGone(mapping: EventSourceMapping): Promise<void> {
 *   await mapping.closed.catch((error: unknown) => {
 *     if (!(error instanceof EventSourceMappingError) || error.code !== "STREAM_UNAVAILABLE") throw error;
 *   });
 * }
 * ```
 */
export class EventSourceMappingError extends Error {
  override readonly name: string = "EventSourceMappingError";
  /** Which error this is; stable across releases, unlike the message. */
  readonly code: EventSourceMappingErrorCode;

  constructor(code: EventSourceMappingErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** An option is unknown, missing or out of range. Thrown before anything is read. */
export class InvalidMappingOptionError extends EventSourceMappingError {
  override readonly name = "InvalidMappingOptionError";
  /** The option's name. */
  readonly option: string;

  constructor(option: string, problem: string, options?: ErrorOptions) {
    super("INVALID_OPTION", `Invalid option ${option}: ${problem}.`, options);
    this.option = option;
  }
}

/** The stream cannot be read: it is gone, access is refused, or its endpoint did not answer for a minute. */
export class StreamUnavailableError extends EventSourceMappingError {
  override readonly name = "StreamUnavailableError";

  constructor(message: string, options?: ErrorOptions) {
    super("STREAM_UNAVAILABLE", message, options);
  }
}

/**
 * What was saved is no checkpoints: cut in half, empty, of another version, or something else in their place. It is left
 * as it is; a {@link FileCheckpointStore} with `whenInvalid: "TRIM_HORIZON"` puts it aside and reads from the oldest record.
 */
export class InvalidCheckpointError extends EventSourceMappingError {
  override readonly name = "InvalidCheckpointError";
  /** The file's path; undefined for a store that has no file. */
  readonly path: string | undefined;

  constructor(path: string | undefined, problem: string, options?: ErrorOptions) {
    super(
      "INVALID_CHECKPOINT",
      path === undefined
        ? `The checkpoints that were loaded ${problem}; delete them to start from startingPosition.`
        : `Checkpoint file ${path} ${problem}; delete it to start from startingPosition.`,
      options,
    );
    this.path = path;
  }
}

/** A checkpoint file cannot be read or written: no access, a disk that is full or read-only, no such directory. */
export class CheckpointFileError extends EventSourceMappingError {
  override readonly name = "CheckpointFileError";
  /** The file's path. */
  readonly path: string;

  constructor(path: string, problem: string, remedy: string, options?: ErrorOptions) {
    super("CHECKPOINT_FILE", `Checkpoint file ${path} ${problem}; ${remedy}.`, options);
    this.path = path;
  }
}

/** Another mapping has these checkpoints: with two owners, records would be lost after a restart. */
export class CheckpointInUseError extends EventSourceMappingError {
  override readonly name = "CheckpointInUseError";
  /** Which process has them. */
  readonly owner: LockOwner | undefined;

  constructor(what: string, owner?: LockOwner) {
    const who = owner === undefined ? "another mapping of this process" : describeOwner(owner);
    super(
      "CHECKPOINT_IN_USE",
      `${what} in use by ${who}; stop that one, or give this mapping another functionName or another store.`,
    );
    this.owner = owner;
  }
}
