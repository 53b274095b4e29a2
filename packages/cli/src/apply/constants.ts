/** Bytes of a manifest. A full registry's names with a dozen limits each take less. */
export const MAX_MANIFEST_BYTES = 8 * 1024 * 1024;

/**
 * Entries that are read from a manifest's maps, those reached again through an alias counted again. A few nested
 * aliases can stand for more than any machine holds.
 */
export const MAX_MANIFEST_ENTRIES = 1_000_000;

/** Maps merged into a map that is itself merged: deeper than people nest, shallower than a stack. */
export const MAX_MERGE_DEPTH = 100;

/** Refill period of a limit that names none, in seconds. */
export const DEFAULT_REFILL_PERIOD_SECONDS = 60;

/** Milliseconds for which reads go on asking for what DynamoDB left unanswered. */
export const READ_TIMEOUT_MS = 30_000;

/** Updates under way at once: below the SDK's 50 connections, so that none waits for one until it times out. */
export const CONCURRENT_UPDATES = 16;
