/**
 * The engines, in the order in which `"auto"` tries them.
 *
 * @example
 * ```ts
 * import { ENGINE_NAMES, type EngineName } from "@rollcall/local";
 *
 * const isEngineName = (text: string): text is EngineName => ENGINE_NAMES.some((name) => name === text);
 * console.log(isEngineName("dynoxide")); // true
 * ```
 */
export const ENGINE_NAMES = ["dynoxide", "memory", "dynamodb-local"] as const;

/** Engines listen here and nowhere else: they take any credentials, so no other machine may reach them. */
export const LOOPBACK_HOST = "127.0.0.1";

/** How long an engine may take to answer before the start times out, in milliseconds. */
export const DEFAULT_START_TIMEOUT_MS = 30_000;

/** How long an engine may take to end after SIGTERM before it gets SIGKILL, in milliseconds. */
export const STOP_GRACE_MS = 5_000;

/** Largest Java heap of DynamoDB Local, in megabytes. */
export const DEFAULT_HEAP_MB = 512;

/** The oldest Java that runs DynamoDB Local 3. Source: its README, "Prerequisites". */
export const MIN_JAVA_VERSION = 17;

/** How long a Java may take to say which version it is, in milliseconds. */
export const JAVA_VERSION_TIMEOUT_MS = 10_000;

/** How many free ports are tried when another program takes one between choosing and listening. */
export const MAX_PORT_ATTEMPTS = 5;

/** How many characters of an engine's output are kept for error messages. */
export const MAX_OUTPUT_CHARACTERS = 8_192;

/** The Region that clients of an engine are given: the engines keep one set of tables for all of them. */
export const ENGINE_REGION = "us-east-1";

/** The file in a `dbPath` that says which process has it. */
export const DB_PATH_LOCK = "engine.lock";
