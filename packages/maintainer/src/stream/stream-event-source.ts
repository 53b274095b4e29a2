import type { RegistryDefinition } from "@rollcall/registry";
import { TableRegistries } from "../registries/table-registries.ts";
import { recordFilters, type StreamFilter } from "./record-filters.ts";

/** Filters of an event source mapping. Source: Lambda quotas, "Event source mapping filters". */
const MAX_FILTERS = 5;

const SETTINGS = {
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
} as const;

/**
 * How the maintainer's handler is to be fed from the table's stream: the settings of Lambda's event source mapping, by
 * Lambda's names, read by infrastructure code and by the local loop alike.
 *
 * @param definitions what the table's registries list. Default: `resources` alone
 * @throws InvalidDefinitionError for registries that could not be kept true
 *
 * @example
 * ```ts
 * import { streamEventSource } from "@rollcall/maintainer";
 *
 * streamEventSource().batchSize; // 200
 * ```
 */
export function streamEventSource(definitions?: readonly RegistryDefinition[]) {
  const filters = streamFilters(definitions).map(({ pattern }) => ({ pattern }));
  return { ...SETTINGS, filterCriteria: { filters } };
}

/**
 * The filters of {@link streamEventSource}, and what each lets through. At most five, the narrowest that still let every
 * record of a member or a registry through: an item that is modified stays a member, so only its creation and removal
 * count; every change of a registry does. A filter knows how a key begins, so where a key begins with a scope it asks
 * for the other key alone, and lets the records through that another application has under it.
 *
 * @param definitions what the table's registries list. Default: `resources` alone
 * @throws InvalidDefinitionError for registries that could not be kept true
 *
 * @example
 * ```ts
 * import { streamFilters } from "@rollcall/maintainer";
 *
 * for (const { letsThrough } of streamFilters()) console.log(letsThrough); // INSERT, REMOVE where SK is "#CONFIG" …
 * ```
 */
export function streamFilters(definitions?: readonly RegistryDefinition[]): StreamFilter[] {
  return recordFilters(new TableRegistries(definitions), MAX_FILTERS);
}
