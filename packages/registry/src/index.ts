import "./node-version.ts";

export { ConditionFailedError, InvalidActionError } from "./actions/errors.ts";
export { checkRegistries } from "./definition/check-registries.ts";
export { defineRegistry } from "./definition/define-registry.ts";
export { InvalidDefinitionError, InvalidNameError } from "./definition/errors.ts";
export type { RegistryDefinition } from "./definition/registry-definition.ts";
export { shardOf } from "./definition/shards.ts";
export {
  ContentionError,
  MalformedItemError,
  RegistryDisposedError,
  RegistryError,
  type RegistryErrorCode,
  RegistryFullError,
} from "./protocol/errors.ts";
export { InvalidLimitError, ResourceNotFoundError } from "./resources/errors.ts";
export type { ResourceRegistryOptions } from "./resources/options.ts";
export { ResourceRegistry } from "./resources/resource-registry.ts";
export type { Limit, LimitInput } from "./resources/types.ts";
export type { CallOptions, ReadOptions, RegistryStatus } from "./types.ts";
