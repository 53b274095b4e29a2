/** The command line is wrong: exit code 2. The message says what was expected. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The command could not be done, for a reason that its user can act on: one line on stderr and exit code 1. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  /** Lines to show above the message, such as each of many mistakes. */
  readonly details: readonly string[];

  constructor(message: string, options?: ErrorOptions & { details?: readonly string[] }) {
    super(message, options);
    this.details = options?.details ?? [];
  }
}
