import "@rollcall/registry/node-version";

export { CursorError, ScanError } from "./errors.ts";
export type { LocatedName, MaintainerEvent, MaintainerObserver, NameGroup, RegistryOwner } from "./events.ts";
export { type Purge, type PurgeOptions, purgeLeftovers } from "./limiter/purge-leftovers.ts";
export { type RestoreIndexKeysOptions, restoreIndexKeys } from "./limiter/restore-index-keys.ts";
export { audit } from "./pass/audit.ts";
export { backfill } from "./pass/backfill.ts";
export type { PassProgress } from "./pass/pass.ts";
export type { DefaultFlaws, PassReport, RegistryReport } from "./pass/pass-report.ts";
export {
  DEFAULT_MAX_READ_UNITS_PER_SECOND,
  DEFAULT_SEGMENTS,
  type PassOptions,
} from "./pass/run-pass.ts";
export { isSavedPass, type SavedPass } from "./pass/saved-pass.ts";
export type { Findings } from "./repair/findings.ts";
export { type Rebuild, type RebuildOptions, rebuildRegistry } from "./repair/rebuild-registry.ts";
export type { StreamFilter } from "./stream/record-filters.ts";
export { streamEventSource, streamFilters } from "./stream/stream-event-source.ts";
export { createStreamHandler, type StreamHandler, type StreamHandlerOptions } from "./stream/stream-handler.ts";
export { createSweepHandler, type SweepHandler, type SweepHandlerOptions } from "./sweep/sweep-handler.ts";
export type { SweepResult } from "./sweep/sweep-run.ts";
export { type CompletedSweep, readSweepState, type SweepState, sweepStateKey } from "./sweep/sweep-state.ts";
export { type MaintainerLogger, type MaintainerMetrics, METRICS_NAMESPACE, maintainerMetrics } from "./telemetry.ts";
