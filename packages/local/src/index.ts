import "./node-version.ts";

export { availableEngines, type EngineAvailability } from "./engine/available-engines.ts";
export { ENGINE_NAMES } from "./engine/constants.ts";
export type {
  Engine,
  EngineClientConfig,
  EngineControls,
  EngineExit,
  EngineName,
  MemoryEngine,
} from "./engine/engine.ts";
export type { MissingEngine } from "./engine/engine-kind.ts";
export {
  DbPathInUseError,
  EngineError,
  type EngineErrorCode,
  EngineStartError,
  EngineUnavailableError,
  InvalidEngineOptionError,
  PortInUseError,
} from "./engine/errors.ts";
export type { StartEngineOptions } from "./engine/options.ts";
export { startEngine } from "./engine/start-engine.ts";
export {
  type BatchOutcome,
  type BatchReport,
  type DiscardCondition,
  formatBatchReport,
  type NextStep,
} from "./event-source-mapping/batches/batch-report.ts";
export type { FailureDocument } from "./event-source-mapping/batches/failure-document.ts";
export {
  type CheckpointStore,
  type Checkpoints,
  MemoryCheckpointStore,
  type ShardCheckpoint,
} from "./event-source-mapping/checkpoints/checkpoint-store.ts";
export {
  FileCheckpointStore,
  type FileCheckpointStoreOptions,
} from "./event-source-mapping/checkpoints/file-checkpoint-store.ts";
export { type Clock, systemClock } from "./event-source-mapping/clock.ts";
export {
  CheckpointFileError,
  CheckpointInUseError,
  EventSourceMappingError,
  type EventSourceMappingErrorCode,
  InvalidCheckpointError,
  InvalidMappingOptionError,
  StreamUnavailableError,
} from "./event-source-mapping/errors.ts";
export {
  type EventSourceMapping,
  type EventSourceMappingState,
  startEventSourceMapping,
} from "./event-source-mapping/event-source-mapping.ts";
export { formatMappingEvent, type MappingEvent } from "./event-source-mapping/events.ts";
export type { Filter, FilterCriteria, FilterPattern } from "./event-source-mapping/filters/filter-criteria.ts";
export type {
  AttributeValue,
  DynamoDBRecord,
  DynamoDBStreamEvent,
  EventName,
  LambdaContext,
  StreamHandler,
  StreamRecord,
} from "./event-source-mapping/function/lambda-event.ts";
export type { EventSourceMappingOptions, EventSourceMappingSettings } from "./event-source-mapping/options.ts";
export { resolveStreamArn, type TableDescriber } from "./event-source-mapping/shards/stream-arn.ts";
export type {
  RequestOptions,
  ShardIteratorType,
  SourceRecord,
  SourceShard,
  SourceStreamDescription,
  SourceStreamRecord,
  StreamSource,
} from "./event-source-mapping/shards/stream-source.ts";
export type { LockOwner } from "./locks/file-lock.ts";
