import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { RegistryDefinition } from "@rollcall/registry";
import { openClient, timingOf } from "@rollcall/registry/internal";
import { assertKnownOptions } from "@rollcall/registry/protocol";
import type { Context, DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import { metricsObserver } from "../count-events.ts";
import { defaultMetrics } from "../embedded-metrics.ts";
import type { MaintainerObserver } from "../events.ts";
import { jsonLogger } from "../json-logger.ts";
import { logObserver } from "../log-lines.ts";
import { guardedObservers } from "../observers.ts";
import { TableRegistries } from "../registries/table-registries.ts";
import type { MaintainerLogger, MaintainerMetrics } from "../telemetry.ts";
import { type BatchWork, maintainBatch } from "./maintain-batch.ts";
import { type Deadline, timeLeftMs, watchTime } from "./time-left.ts";

/** How long a batch retries conflicts, in milliseconds; Lambda then retries the records that are left. */
const CONTENTION_TIMEOUT_MS = 10_000;

/** Options of the stream handler. */
export interface StreamHandlerOptions {
  /** Name or ARN of the table whose stream feeds the handler. */
  tableName: string;
  /** What the table's registries list. One batch serves all of them. Default: `resources` alone. */
  registries?: readonly RegistryDefinition[] | undefined;
  /**
   * A client to use. Default: one of the handler's own with the Lambda's credentials and region, each attempt of whose
   * requests times out after 10 seconds.
   */
  client?: Pick<DynamoDBClient, "send"> | undefined;
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
   * Hears what the handler finds and does: the same events that log and metrics are made of. What it throws is logged
   * and changes nothing. Default: none.
   */
  onEvent?: MaintainerObserver | undefined;
}

/**
 * A stream handler that always answers. It takes what Lambda's event source mapping sends, or the bare list of records
 * that EventBridge Pipes does. Without a context it does not know how much time is left, and warns of that once.
 */
export type StreamHandler = (
  event: DynamoDBStreamEvent | readonly DynamoDBRecord[],
  context?: Pick<Context, "getRemainingTimeInMillis">,
) => Promise<DynamoDBBatchResponse>;

const KNOWN_OPTIONS = {
  tableName: true,
  registries: true,
  client: true,
  logger: true,
  metrics: true,
  onEvent: true,
} satisfies Record<keyof StreamHandlerOptions, true>;

/**
 * A Lambda handler for the table's stream that finds drift and repairs it, and never introduces any.
 *
 * A record is never applied: it only says which names to check, and the items themselves are then read. Each batch
 * costs one strong read of every registry it concerns (of each shard, where it has several), one BatchGetItem for every
 * 100 names that registry records named and whose own records are not in the batch or do not agree with the registry,
 * and no write where there is no drift. It answers with the lowest sequence number that is to be retried, half a second
 * before the function's own time-out at the latest. A repair that can never pass is logged, counted, and does not hold
 * up the shard.
 *
 * @throws TypeError for an unknown option or a missing table name, InvalidDefinitionError for registries that could not
 *   be kept true; the handler itself never throws
 *
 * @example
 * ```ts
 * import { createStreamHandler } from "@rollcall/maintainer";
 *
 * export const handler = createStreamHandler({ tableName: "limits" });
 * ```
 */
export function createStreamHandler(options: StreamHandlerOptions): StreamHandler {
  assertKnownOptions(KNOWN_OPTIONS, options);
  const { tableName, client = openClient({}).client, onEvent } = options;
  if (!tableName)
    throw new TypeError("tableName is missing: pass the name of the table whose stream feeds the handler.");
  const { logger = jsonLogger("rollcall-maintainer") } = options;
  const { metrics = defaultMetrics("rollcall-maintainer", tableName) } = options;
  const registries = new TableRegistries(options.registries);
  const timing = timingOf(options);
  const table = { client, tableName, retry: { ...timing, contentionTimeoutMs: CONTENTION_TIMEOUT_MS } };
  const observers = [logObserver(logger), metricsObserver(metrics), ...(onEvent ? [onEvent] : [])];
  let wasTimeUnknown = false;

  return async (event, context) => {
    let isAnswered = false;
    const tellAll = guardedObservers(observers, logger);
    const tell: MaintainerObserver = (each) => {
      if (!isAnswered) tellAll(each); // work that outlasted its time is told of no more
    };
    const leftMs = timeLeftMs(context);
    if (leftMs === undefined && !wasTimeUnknown) tell({ kind: "time-unknown" });
    wasTimeUnknown ||= leftMs === undefined;
    const deadline = watchTime(leftMs, timing.clock);
    const answer = await answerTo(event, { table, registries, tell }, deadline);
    deadline.end();
    tell({ kind: "batch-answered", isRetried: answer.batchItemFailures.length > 0 });
    isAnswered = true;
    return answer;
  };
}

async function answerTo(event: unknown, work: BatchWork, deadline: Deadline): Promise<DynamoDBBatchResponse> {
  try {
    return await maintainBatch(work, recordsOf(event), deadline);
  } catch (error) {
    work.tell({ kind: "batch-failed", error });
    return { batchItemFailures: [{ itemIdentifier: "" }] };
  }
}

/** The records of a stream event, or of a bare list of them. Any other event is one record that DynamoDB does not send. */
function recordsOf(event: unknown): readonly DynamoDBRecord[] {
  if (Array.isArray(event)) return event;
  const records: unknown = (event as Partial<DynamoDBStreamEvent> | null | undefined)?.Records;
  return Array.isArray(records) ? records : [event as DynamoDBRecord];
}
