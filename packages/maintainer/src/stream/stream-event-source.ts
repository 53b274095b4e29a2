import { DEFAULT_SORT_KEY, REGISTRY_SORT_KEY } from "@rollcall/registry/schema";

const pattern = (eventNames: readonly string[], sortKey: string): { pattern: string } => ({
  pattern: JSON.stringify({ eventName: eventNames, dynamodb: { Keys: { SK: { S: [sortKey] } } } }),
});

/**
 * How the maintainer's handler is to be fed from the table's stream: the settings of Lambda's event source mapping, by
 * Lambda's names, read by infrastructure code and by the local loop alike.
 */
export const streamEventSource = {
  /** The latest position would lose what happens between the table's creation and the mapping's. */
  startingPosition: "TRIM_HORIZON",
  /**
   * Names of a batch share one read of the registry, and 100 make one BatchGetItem; a set writes two records, so a full
   * batch of clean sets is one of each. Larger ones would save little and repeat more after a failure.
   */
  batchSize: 200,
  /** Seconds to gather records: drift is healed within about this time, and quiet tables are read about so often. */
  maximumBatchingWindowInSeconds: 1,
  /** The registry is one item: several batches at a time would only contend for it. */
  parallelizationFactor: 1,
  /** Only the records not done are retried. */
  functionResponseTypes: ["ReportBatchItemFailures"],
  /** What fails as a whole, by a crash or a time-out, is narrowed down to the record that does it. */
  bisectBatchOnFunctionError: true,
  /** With Lambda's pauses in between this outlasts throttling and brief outages; then the sweep takes over. */
  maximumRetryAttempts: 10,
  /** Older than six hours a record holds the others up for longer than it helps: the sweep finds the same drift. */
  maximumRecordAgeInSeconds: 21_600,
  /**
   * By sort key only: partition keys begin with a namespace, which a prefix would have to know. A default that is
   * modified stays a member, so only its coming and going count; every change of a registry does.
   */
  filterCriteria: {
    filters: [
      pattern(["INSERT", "REMOVE"], DEFAULT_SORT_KEY),
      pattern(["INSERT", "MODIFY", "REMOVE"], REGISTRY_SORT_KEY),
    ],
  },
} as const;
