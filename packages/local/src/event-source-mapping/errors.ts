/** The stable `code` of every error the mapping throws itself. */
export type EventSourceMappingErrorCode = "INVALID_OPTION" | "STREAM_UNAVAILABLE" | "INVALID_CHECKPOINT";

/**
 * Base of every error the mapping throws itself. What a handler throws never comes through: it fails the batch.
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

/** A checkpoint file holds something that is not checkpoints. */
export class InvalidCheckpointError extends EventSourceMappingError {
  override readonly name = "InvalidCheckpointError";
  /** The file's path. */
  readonly path: string;

  constructor(path: string, problem: string, options?: ErrorOptions) {
    super(
      "INVALID_CHECKPOINT",
      `Checkpoint file ${path} ${problem}; delete it to start from startingPosition.`,
      options,
    );
    this.path = path;
  }
}
