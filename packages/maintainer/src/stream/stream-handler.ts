import { Logger } from "@aws-lambda-powertools/logger";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { assertKnownOptions, type Clock, type RetryPolicy, systemClock } from "@rollcall/registry/protocol";
import type { Context, DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import { readExisting, readRegistry, type TableReader } from "../repair/membership.ts";
import { type Drift, type Repair, reconcile } from "../repair/reconcile.ts";
import { count, defaultMetrics, type MaintainerLogger, type MaintainerMetrics } from "../telemetry.ts";
import { collectSuspects, type Suspect } from "./suspects.ts";

/** How long a batch goes on retrying conflicts, in milliseconds; Lambda then brings what is left again. */
const CONTENTION_TIMEOUT_MS = 10_000;

/** The part of the time left that is kept back to answer in, in milliseconds. */
const ANSWER_MARGIN_MS = 1_000;

/** What was done about the drift that a batch showed in one namespace. */
export interface ReconcileReport {
  /** The namespace, or `undefined` for flat keys. */
  namespace: string | undefined;
  /** Missing names that were added. */
  added: string[];
  /** Orphaned names that were removed. */
  removed: string[];
  /** Names whose truth was newer than the suspicion: nothing was to be done. */
  dropped: string[];
  /** Names that cannot be repaired as things are, and why. */
  unrepairable: { name: string; error: unknown }[];
  /** Names that were not repaired this time; their records come again. */
  failed: { name: string; error: unknown }[];
}

/** Options of the stream handler. */
export interface StreamHandlerOptions {
  /** Name or ARN of the table whose stream feeds the handler. */
  tableName: string;
  /** A client to use. Default: one of the handler's own with the Lambda's credentials and region. */
  client?: Pick<DynamoDBClient, "send"> | undefined;
  /** Default: Powertools' logger, as its environment variables set it. */
  logger?: MaintainerLogger | undefined;
  /** Default: Powertools' metrics in the CloudWatch namespace `Rollcall`, by `service` and `table`. */
  metrics?: MaintainerMetrics | undefined;
  /** Gets a report for every namespace of a batch in which something looked wrong. */
  onReconciled?: ((report: ReconcileReport) => void) | undefined;
  /** Where time comes from; tests and simulations bring their own. Default: the machine's clock. */
  clock?: Clock | undefined;
  /** Source of the retries' jitter, a number from 0 up to 1. Default `Math.random`. */
  random?: (() => number) | undefined;
}

/** A stream handler that always answers. */
export type StreamHandler = (
  event: DynamoDBStreamEvent,
  context: Pick<Context, "getRemainingTimeInMillis">,
) => Promise<DynamoDBBatchResponse>;

const KNOWN_OPTIONS = [
  "tableName",
  "client",
  "logger",
  "metrics",
  "onReconciled",
  "clock",
  "random",
] satisfies (keyof StreamHandlerOptions)[];

/**
 * A Lambda handler for the table's stream that finds drift and repairs it, and never makes any.
 *
 * Records only name suspects. Each batch costs one strong read of every registry it concerns, one BatchGetItem for every
 * 100 names that registry records named, and no write where there is no drift. It answers with the lowest sequence
 * number that is to come again, in time before the function's own time-out. A repair that can never pass is logged,
 * counted, and does not hold up the shard.
 *
 * @throws TypeError for an unknown option or a missing table name; the handler itself never throws
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
  const { tableName, client = new DynamoDBClient({}), clock = systemClock, random = Math.random } = options;
  const { onReconciled = () => {} } = options;
  if (!tableName)
    throw new TypeError("tableName is missing: pass the name of the table whose stream feeds the handler.");
  const { logger = new Logger({ serviceName: "rollcall-maintainer" }) } = options;
  const { metrics = defaultMetrics("rollcall-maintainer", tableName) } = options;
  const retry: RetryPolicy = { clock, random, contentionTimeoutMs: CONTENTION_TIMEOUT_MS };
  const maintainer = new Maintainer({ client, tableName, retry }, logger, metrics, onReconciled);

  return async ({ Records }, context) => {
    const answered = new AbortController();
    const timeUp = new AbortController();
    const ms = Math.max(0, context.getRemainingTimeInMillis() - ANSWER_MARGIN_MS);
    clock.sleep(ms, answered.signal).then(
      () => timeUp.abort(new Error(`the function's time was up after ${ms} ms`)),
      () => {}, // the batch was answered first
    );
    try {
      return await maintainer.handle(Array.isArray(Records) ? Records : [], timeUp.signal);
    } finally {
      answered.abort();
    }
  };
}

class Maintainer {
  readonly #table: TableReader;
  readonly #logger: MaintainerLogger;
  readonly #metrics: MaintainerMetrics;
  readonly #onReconciled: (report: ReconcileReport) => void;

  constructor(
    table: TableReader,
    logger: MaintainerLogger,
    metrics: MaintainerMetrics,
    onReconciled: (report: ReconcileReport) => void,
  ) {
    this.#table = table;
    this.#logger = logger;
    this.#metrics = metrics;
    this.#onReconciled = onReconciled;
  }

  async handle(records: readonly DynamoDBRecord[], signal: AbortSignal): Promise<DynamoDBBatchResponse> {
    const { namespaces, malformed, unreadable } = collectSuspects(records);
    if (malformed > 0) {
      count(this.#metrics, "recordsMalformed", malformed);
      this.#logger.warn("Passed over malformed records", { records: malformed });
    }
    if (unreadable > 0) {
      count(this.#metrics, "recordsUnreadable", unreadable);
      this.#logger.warn("Registry changes without both images: set the stream's view type to NEW_AND_OLD_IMAGES", {
        records: unreadable,
      });
    }
    const failures = await Promise.all(
      [...namespaces].map(([namespace, suspects]) => this.#maintain(namespace, suspects, signal)),
    );
    this.#metrics.publishStoredMetrics();
    const first = Math.min(...failures.flat());
    if (first === Number.POSITIVE_INFINITY) return { batchItemFailures: [] };
    // Everything from the first failure on comes again. Without a number to name it, the whole batch does.
    return { batchItemFailures: [{ itemIdentifier: records[first]?.dynamodb?.SequenceNumber ?? "" }] };
  }

  /** Checks and repairs one namespace's suspects. Returns the positions of the records that are to come again. */
  async #maintain(
    namespace: string | undefined,
    suspects: ReadonlyMap<string, Suspect>,
    signal: AbortSignal,
  ): Promise<number[]> {
    count(this.#metrics, "namesChecked", suspects.size);
    try {
      const drift = await this.#findDrift(namespace, suspects, signal);
      if (drift.missing.length + drift.orphaned.length === 0) return [];
      const repairs = await reconcile({ ...this.#table, namespace }, drift, signal);
      const report = summarize(namespace, drift, repairs);
      this.#report(drift, report);
      return report.failed.map(({ name }) => suspects.get(name)?.first ?? 0);
    } catch (error) {
      this.#logger.error("Could not check names; their records come again", { namespace, error: error as Error });
      return [...suspects.values()].map(({ first }) => first);
    }
  }

  async #findDrift(
    namespace: string | undefined,
    suspects: ReadonlyMap<string, Suspect>,
    signal: AbortSignal,
  ): Promise<Drift> {
    const registry = await readRegistry(this.#table, namespace, signal);
    count(this.#metrics, "registrySize", registry.bytes);
    const asked = new Set([...suspects].flatMap(([name, { relisted }]) => (relisted ? [name] : [])));
    const existing = await readExisting(this.#table, namespace, [...asked], signal);
    const missing: string[] = [];
    const orphaned: string[] = [];
    for (const [name, { exists }] of suspects) {
      const hasDefault = asked.has(name) ? existing.has(name) : exists === true;
      if (hasDefault && !registry.names.has(name)) missing.push(name);
      if (!hasDefault && registry.names.has(name)) orphaned.push(name);
    }
    return { missing, orphaned };
  }

  #report(drift: Drift, report: ReconcileReport): void {
    const { namespace, added, removed, dropped, unrepairable, failed } = report;
    count(this.#metrics, "namesMissing", drift.missing.length);
    count(this.#metrics, "namesOrphaned", drift.orphaned.length);
    count(this.#metrics, "namesRepaired", added.length + removed.length);
    count(this.#metrics, "namesDropped", dropped.length);
    count(this.#metrics, "namesUnrepairable", unrepairable.length);
    this.#logger.info("Reconciled names", { namespace, added, removed, dropped });
    for (const { name, error } of unrepairable) {
      const details = { namespace, resource: name, error: error as Error };
      this.#logger.error("A name cannot be repaired as things are", details);
    }
    for (const { name, error } of failed) {
      const details = { namespace, resource: name, error: error as Error };
      this.#logger.warn("A repair failed; its records come again", details);
    }
    this.#onReconciled(report);
  }
}

function summarize(namespace: string | undefined, drift: Drift, repairs: ReadonlyMap<string, Repair>): ReconcileReport {
  const isRepaired = (name: string) => repairs.get(name)?.kind === "repaired";
  const report: ReconcileReport = {
    namespace,
    added: drift.missing.filter(isRepaired),
    removed: drift.orphaned.filter(isRepaired),
    dropped: [],
    unrepairable: [],
    failed: [],
  };
  for (const [name, repair] of repairs) {
    if (repair.kind === "dropped") report.dropped.push(name);
    else if (repair.kind !== "repaired") report[repair.kind].push({ name, error: repair.error });
  }
  return report;
}
