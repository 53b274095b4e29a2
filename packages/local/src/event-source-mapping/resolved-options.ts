import { MemoryCheckpointStore } from "./checkpoints/checkpoint-store.ts";
import { systemClock } from "./clock.ts";
import {
  DEFAULT_BATCH_SIZE,
  DEFAULT_FUNCTION_NAME,
  DEFAULT_FUNCTION_TIMEOUT_SECONDS,
  DEFAULT_POLL_INTERVAL_MS,
  MAX_BATCH_SIZE,
  MAX_BATCHING_WINDOW_SECONDS,
  MAX_FUNCTION_TIMEOUT_SECONDS,
  MAX_PARALLELIZATION_FACTOR,
  MAX_RECORD_AGE_SECONDS,
  MAX_RETRY_ATTEMPTS,
  MIN_RECORD_AGE_SECONDS,
  NO_LIMIT,
} from "./constants.ts";
import { InvalidMappingOptionError } from "./errors.ts";
import { compileFilterCriteria } from "./filters/filter-criteria.ts";
import type { EventSourceMappingOptions as Options } from "./options.ts";

/** Options that have no default, because there is none or because it is their absence. */
type WithoutDefault = "streams" | "streamArn" | "handler" | "startingPosition" | "signal";

/** The options under their own names, checked, and with defaults. */
export type ResolvedOptions = Pick<Options, WithoutDefault> & { readonly [K in keyof Defaults]: Defaults[K] };

type Defaults = { readonly [K in Exclude<keyof Options, WithoutDefault>]-?: Exclude<Options[K], undefined> };

/** Says what is wrong with a value, or undefined when nothing is. */
type Check = (value: unknown) => string | undefined;

const defaults = (): Defaults => ({
  batchSize: DEFAULT_BATCH_SIZE,
  maximumBatchingWindowInSeconds: 0,
  parallelizationFactor: 1,
  maximumRetryAttempts: NO_LIMIT,
  maximumRecordAgeInSeconds: NO_LIMIT,
  bisectBatchOnFunctionError: false,
  functionResponseTypes: [],
  filterCriteria: {},
  functionName: DEFAULT_FUNCTION_NAME,
  functionTimeoutSeconds: DEFAULT_FUNCTION_TIMEOUT_SECONDS,
  checkpoints: new MemoryCheckpointStore(),
  onFailure: () => {},
  onEvent: () => {},
  onBatch: () => {},
  log: () => {},
  whenStreamEnds: "follow",
  pollIntervalMs: DEFAULT_POLL_INTERVAL_MS,
  clock: systemClock,
});

const isFunction: Check = (value) => (typeof value === "function" ? undefined : "it must be a function");

/** One check for each option: a new option without one does not compile. */
const CHECKS: { readonly [K in keyof Required<Options>]: Check } = {
  streams: (value) => (hasMethod(value, "getRecords") ? undefined : "it must be a DynamoDB Streams client"),
  streamArn: (value) => (isName(value) ? undefined : "it must be a stream's ARN"),
  handler: isFunction,
  startingPosition: oneOf("TRIM_HORIZON", "LATEST"),
  batchSize: whole(1, MAX_BATCH_SIZE),
  maximumBatchingWindowInSeconds: whole(0, MAX_BATCHING_WINDOW_SECONDS),
  parallelizationFactor: whole(1, MAX_PARALLELIZATION_FACTOR),
  maximumRetryAttempts: whole(0, MAX_RETRY_ATTEMPTS, NO_LIMIT),
  maximumRecordAgeInSeconds: whole(MIN_RECORD_AGE_SECONDS, MAX_RECORD_AGE_SECONDS, NO_LIMIT),
  bisectBatchOnFunctionError: oneOf(true, false),
  functionResponseTypes: (value) => {
    if (!Array.isArray(value)) return "it must be a list";
    return value.map(oneOf("ReportBatchItemFailures")).find((problem) => problem !== undefined);
  },
  filterCriteria: () => undefined, // compiled below, with a name for each part that is wrong
  functionName: (value) => (isName(value) ? undefined : "it must be a name"),
  functionTimeoutSeconds: whole(1, MAX_FUNCTION_TIMEOUT_SECONDS),
  checkpoints: (value) => (hasMethod(value, "load") ? undefined : "it must be a CheckpointStore"),
  onFailure: isFunction,
  onEvent: isFunction,
  onBatch: isFunction,
  log: isFunction,
  whenStreamEnds: oneOf("follow", "fail"),
  pollIntervalMs: whole(1, Number.MAX_SAFE_INTEGER),
  clock: (value) => (hasMethod(value, "sleep") ? undefined : "it must be a Clock"),
  signal: (value) => (value === undefined || value instanceof AbortSignal ? undefined : "it must be an AbortSignal"),
};

/**
 * Fills in defaults and refuses what Lambda would refuse.
 *
 * @throws InvalidMappingOptionError
 */
export function resolveOptions(options: Options): ResolvedOptions {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  for (const name of Object.keys(given)) {
    if (name === "tumblingWindowInSeconds") refuse(name, "tumbling windows are not supported");
    if (!Object.hasOwn(CHECKS, name)) refuse(name, "it is unknown; check its spelling");
  }
  const resolved = { ...defaults(), ...given } as ResolvedOptions;
  for (const [name, check] of Object.entries(CHECKS)) {
    const problem = check(resolved[name as keyof ResolvedOptions]);
    if (problem !== undefined) refuse(name, problem);
  }
  compileFilterCriteria(resolved.filterCriteria);
  return resolved;
}

function whole(least: number, most: number, otherwise?: number): Check {
  const range = `${otherwise === undefined ? "" : `${otherwise} or `}a whole number from ${least} to ${most}`;
  return (value) => {
    const holds = Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
    return holds || value === (otherwise ?? Number.NaN) ? undefined : `it is ${String(value)}; use ${range}`;
  };
}

function oneOf(...known: readonly unknown[]): Check {
  const choice = known.map((one) => JSON.stringify(one)).join(" or ");
  return (value) => (known.includes(value) ? undefined : `it is ${JSON.stringify(value)}; use ${choice}`);
}

function isName(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

function hasMethod(value: unknown, name: string): boolean {
  return typeof (value as Record<string, unknown> | null | undefined)?.[name] === "function";
}

function refuse(option: string, problem: string): never {
  throw new InvalidMappingOptionError(option, problem);
}
