import type { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";

/** What a maintainer says in words; any Powertools logger, or part of one, will do. */
export type MaintainerLogger = Pick<Logger, "info" | "warn" | "error">;

/** Where a maintainer counts: Powertools' metrics, or anything with the same two methods. */
export interface MaintainerMetrics {
  addMetric(name: string, unit: (typeof MetricUnit)[keyof typeof MetricUnit], value: number): unknown;
  /**
   * Adds a set of dimensions under which the metrics are published that are added before the next publication. Without
   * it, the figures of several registries are not told apart.
   */
  addDimensions?(dimensions: Record<string, string>): unknown;
  /** Called when all metrics of a batch or of a sweep are in, once for every registry, and only if there are any. */
  publishStoredMetrics(): unknown;
}

/** The CloudWatch namespace of every metric, where no metrics object is brought. */
export const METRICS_NAMESPACE = "Rollcall";

/** Names of the metrics a maintainer emits, with their units. Alarms and dashboards refer to these. */
export const maintainerMetrics = {
  /** Names looked at: those whose item was created or removed, and those a registry record named. */
  namesChecked: { name: "NamesChecked", unit: MetricUnit.Count },
  /** Names that have an item and were not registered, as the transaction that repairs them confirmed. */
  namesMissing: { name: "NamesMissing", unit: MetricUnit.Count },
  /** Names that were registered without an item, as the transaction that repairs them confirmed. */
  namesOrphaned: { name: "NamesOrphaned", unit: MetricUnit.Count },
  /** Names added to a registry or removed from it. */
  namesRepaired: { name: "NamesRepaired", unit: MetricUnit.Count },
  /** Suspects that turned out right: another writer was first. They are counted nowhere else. */
  namesDropped: { name: "NamesDropped", unit: MetricUnit.Count },
  /** Names that cannot be repaired as things are: an operator has to look. */
  namesUnrepairable: { name: "NamesUnrepairable", unit: MetricUnit.Count },
  /** Records that DynamoDB does not send, or with an empty name. */
  recordsMalformed: { name: "RecordsMalformed", unit: MetricUnit.Count },
  /** Changes of registries that the stream's view type hides. */
  recordsUnreadable: { name: "RecordsUnreadable", unit: MetricUnit.Count },
  /** Size of each registry that was read. */
  registrySize: { name: "RegistrySize", unit: MetricUnit.Bytes },
  /** Time one invocation of the sweep took. */
  sweepDuration: { name: "SweepDuration", unit: MetricUnit.Milliseconds },
  /** Pages of the table that it read. */
  sweepPages: { name: "SweepPages", unit: MetricUnit.Count },
  /** Time since the last sweep that completed began: older drift cannot have gone unseen. */
  driftAge: { name: "DriftAge", unit: MetricUnit.Seconds },
} as const;

/**
 * Powertools' metrics by service and table, so that several tables of one account do not mix. A table that is given by its
 * ARN counts under its name, by which alarms know it.
 */
export function defaultMetrics(serviceName: string, tableName: string): MaintainerMetrics {
  const table = tableName.replace(/^arn:.*:table\//, "");
  return new Metrics({ namespace: METRICS_NAMESPACE, serviceName, defaultDimensions: { table } });
}
