/** Bytes of a manifest in JSON: a full registry's names with some dozens of limits each. */
export const MAX_JSON_BYTES = 32 * 1024 * 1024;

/** Bytes of a manifest in YAML, whose parser takes far more time and memory for each of them. */
export const MAX_YAML_BYTES = 2 * 1024 * 1024;

/** What reading one manifest may take. Some texts within the limits keep YAML's parser busy for minutes. */
export const READING_LIMITS = { timeoutMs: 20_000, memoryMb: 400 } as const;

/**
 * Entries that are read from a manifest's maps, those reached again through an alias counted again. A few nested
 * aliases can stand for more than any machine holds.
 */
export const MAX_MANIFEST_ENTRIES = 1_000_000;

/** Maps merged into a map that is itself merged: deeper than people nest, shallower than a stack. */
export const MAX_MERGE_DEPTH = 100;

/** Mistakes that are looked for in one file. */
export const MAX_MISTAKES = 1_000;

/** Refill period of a limit that names none, in seconds. */
export const DEFAULT_REFILL_PERIOD_SECONDS = 60;

/** Milliseconds for which reads ask for what DynamoDB left unanswered. */
export const READ_TIMEOUT_MS = 30_000;

/** Updates in flight: below the SDK's 50 connections, so that none waits for one until it times out. */
export const CONCURRENT_UPDATES = 16;
