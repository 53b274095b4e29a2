import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { RegistryDefinition } from "@rollcall/registry";
import { openClient, timingOf } from "@rollcall/registry/internal";
import { assertKnownOptions } from "@rollcall/registry/protocol";
import type { Context } from "aws-lambda";
import { defaultMetrics } from "../embedded-metrics.ts";
import type { MaintainerObserver } from "../events.ts";
import { jsonLogger } from "../json-logger.ts";
import { guardedObservers } from "../observers.ts";
import { assertPace, DEFAULT_SEGMENTS } from "../pass/run-pass.ts";
import { TableRegistries } from "../registries/table-registries.ts";
import { timeLeftMs } from "../stream/time-left.ts";
import type { MaintainerLogger, MaintainerMetrics } from "../telemetry.ts";
import { type SweepResult, SweepRun } from "./sweep-run.ts";
import { SAVE_MARGIN_MS, watchTime } from "./sweep-time.ts";

/** Read units a second of a sweep by default: it is in no hurry, and never alone in the table. */
const DEFAULT_SWEEP_READ_UNITS_PER_SECOND = 100;
/** The time-out that a function without enough time is advised to have, in seconds. */
const ADVISED_TIMEOUT_SECONDS = 60;
/** How long a read or a repair is retried against other writers, in milliseconds. */
const CONTENTION_TIMEOUT_MS = 10_000;

/** Options of the sweep's handler. */
export interface SweepHandlerOptions {
  /** Name or ARN of the table. */
  tableName: string;
  /** What the table's registries list. One Scan serves all of them. Default: `resources` alone. */
  registries?: readonly RegistryDefinition[] | undefined;
  /**
   * A client to use. Default: one of the handler's own with the Lambda's credentials and region, each attempt of whose
   * requests times out after 10 seconds.
   */
  client?: Pick<DynamoDBClient, "send"> | undefined;
  /** Read units a second. Default 100: a table of 1 GB takes about 22 minutes. */
  maxReadUnitsPerSecond?: number | undefined;
  /** Segments that are scanned concurrently. A sweep that is resumed keeps its own. Default 4. */
  segments?: number | undefined;
  /**
   * Any logger of Powertools for AWS Lambda will do. Default: one whose lines are the same JSON, from the level of
   * `AWS_LAMBDA_LOG_LEVEL` on, or of `POWERTOOLS_LOG_LEVEL`, or INFO.
   */
  logger?: MaintainerLogger | undefined;
  /**
   * Powertools' metrics will do. Default: CloudWatch's embedded metric format on stdout, in the namespace `Rollcall`, by
   * `service` and `table`, and by `registry` besides.
   */
  metrics?: MaintainerMetrics | undefined;
  /**
   * Hears, of all that a maintainer tells, what a sweep decided (`reconciled`) and the registries it read
   * (`registry-read`). What it throws is logged once an invocation and changes nothing. Default: none.
   */
  onEvent?: MaintainerObserver | undefined;
}

/** A handler for a schedule: it takes no notice of the event. */
export type SweepHandler = (event: unknown, context: Pick<Context, "getRemainingTimeInMillis">) => Promise<SweepResult>;

const KNOWN_OPTIONS = {
  tableName: true,
  registries: true,
  client: true,
  maxReadUnitsPerSecond: true,
  segments: true,
  logger: true,
  metrics: true,
  onEvent: true,
} satisfies Record<keyof SweepHandlerOptions, true>;

/**
 * A Lambda handler for a schedule that compares every registry of the table with the items it lists, and repairs what differs.
 *
 * Each invocation resumes where the one before had to stop, inside a read budget and the function's own time; once the
 * table's end is reached, the next begins at its start. Where it is lies in the table, in one item of its own. Of two concurrent invocations the later takes over and the other stops; nothing is lost, for repairs may run
 * twice. Five seconds of the function's time are kept back to save: set its time-out to a minute or more. An invocation
 * whose time was up before it had come any further says so, once, as an error.
 *
 * @throws TypeError for an option that cannot be; InvalidDefinitionError for registries that could not be kept true; the handler itself throws what DynamoDB refuses, after it has saved
 *
 * @example
 * ```ts
 * import { createSweepHandler } from "@rollcall/maintainer";
 *
 * export const handler = createSweepHandler({ tableName: "limits", maxReadUnitsPerSecond: 50 });
 * ```
 */
export function createSweepHandler(options: SweepHandlerOptions): SweepHandler {
  assertKnownOptions(KNOWN_OPTIONS, options);
  const { tableName, client = openClient({}).client, onEvent } = options;
  const { maxReadUnitsPerSecond = DEFAULT_SWEEP_READ_UNITS_PER_SECOND, segments = DEFAULT_SEGMENTS } = options;
  const { logger = jsonLogger("rollcall-sweep") } = options;
  const { metrics = defaultMetrics("rollcall-sweep", tableName) } = options;
  if (!tableName) throw new TypeError("tableName is missing: pass the name of the table to sweep.");
  assertPace(maxReadUnitsPerSecond, segments);
  const timing = timingOf(options);
  const { clock, epochMs = Date.now } = timing;
  const table = { client, tableName, retry: { ...timing, contentionTimeoutMs: CONTENTION_TIMEOUT_MS } };
  const registries = new TableRegistries(options.registries);
  const sayStalled = once((timeoutMs: number | undefined) => {
    logger.error(
      "A sweep's time was up before it had come any further, and the next one's may be too: set the function's time-out " +
        "higher, or maxReadUnitsPerSecond",
      { timeoutMs, maxReadUnitsPerSecond },
    );
  });
  const sayTimeoutIsShort = once((remainingMs: number) => {
    logger.error(
      `The function's time-out leaves a sweep no time, so it reads nothing: set the time-out to ${ADVISED_TIMEOUT_SECONDS} ` +
        "seconds or more (Lambda's default is 3)",
      { remainingMs, neededMs: SAVE_MARGIN_MS },
    );
  });

  return async (_event, context) => {
    const leftMs = timeLeftMs(context);
    if (leftMs !== undefined && leftMs <= SAVE_MARGIN_MS) sayTimeoutIsShort(leftMs);
    const time = watchTime(leftMs, clock);
    try {
      const onStalled = (): void => sayStalled(leftMs);
      const tell = guardedObservers(onEvent ? [onEvent] : [], logger);
      const run = await SweepRun.begin(
        { table, registries, maxReadUnitsPerSecond, segments, logger, metrics, clock, epochMs, tell, onStalled },
        time,
      );
      return await run.run();
    } finally {
      time.end();
    }
  };
}

/** A function that does something the first time it is called, and nothing after that. */
function once<T>(work: (argument: T) => void): (argument: T) => void {
  let isDone = false;
  return (argument) => {
    if (!isDone) work(argument);
    isDone = true;
  };
}
