/** A pass cannot resume from what it was given: it belongs to another table, scope or task, or is none of ours. */
export class CursorError extends Error {
  override readonly name = "CursorError";
}

/** A Scan answered with a key that the same segment had been at before: it would never end. Nothing was written for it. */
export class ScanError extends Error {
  override readonly name = "ScanError";
  /** The segment that goes in circles, from 0. */
  readonly segment: number;

  constructor(tableName: string, segment: number) {
    super(
      `The Scan of table ${tableName} came to the same key twice in segment ${segment}, and would never end: what ` +
        "answers at this endpoint is not DynamoDB, or is broken.",
    );
    this.segment = segment;
  }
}

/**
 * Attaches to the error that ended a pass the one with which its last save failed then, as `saveError`. The first one
 * stays the one that is thrown: it is the reason.
 */
export function attachSaveError(error: unknown, saveError: unknown): void {
  if (typeof error === "object" && error !== null && Object.isExtensible(error)) Object.assign(error, { saveError });
}
