/** Where a maintainer says something in words: any logger of Powertools for AWS Lambda will do. */
export interface MaintainerLogger {
  info(message: string, details: Record<string, unknown>): void;
  warn(message: string, details: Record<string, unknown>): void;
  error(message: string, details: Record<string, unknown>): void;
}

/** CloudWatch's units of the metrics that a maintainer emits. */
export type MetricUnit = (typeof maintainerMetrics)[keyof typeof maintainerMetrics]["unit"];

/** Where a maintainer counts: Powertools' metrics, or anything with the same methods. */
export interface MaintainerMetrics {
  addMetric(name: string, unit: MetricUnit, value: number): unknown;
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
  namesChecked: { name: "NamesChecked", unit: "Count" },
  /** Names that have an item and were not registered, as the transaction that repairs them confirmed. */
  namesMissing: { name: "NamesMissing", unit: "Count" },
  /** Names that were registered without an item, as the transaction that repairs them confirmed. */
  namesOrphaned: { name: "NamesOrphaned", unit: "Count" },
  /** Names added to a registry or removed from it. */
  namesRepaired: { name: "NamesRepaired", unit: "Count" },
  /** Suspects that turned out right: another writer was first. They are counted nowhere else. */
  namesDropped: { name: "NamesDropped", unit: "Count" },
  /** Names that cannot be repaired as things are: an operator has to look. */
  namesUnrepairable: { name: "NamesUnrepairable", unit: "Count" },
  /** Records that DynamoDB does not send, or with an empty name. */
  recordsMalformed: { name: "RecordsMalformed", unit: "Count" },
  /** Changes of registries that the stream's view type hides. */
  recordsUnreadable: { name: "RecordsUnreadable", unit: "Count" },
  /** Size of each registry that was read. */
  registrySize: { name: "RegistrySize", unit: "Bytes" },
  /** Time one invocation of the sweep took. */
  sweepDuration: { name: "SweepDuration", unit: "Milliseconds" },
  /** Pages of the table that it read. */
  sweepPages: { name: "SweepPages", unit: "Count" },
  /** Time since the last sweep that completed began: older drift cannot have gone unseen. */
  driftAge: { name: "DriftAge", unit: "Seconds" },
} as const;
