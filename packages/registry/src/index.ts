import "./node-version.ts";

export type { ActionInput } from "./actions/action.ts";
export { ConditionFailedError, InvalidActionError, MemberNotFoundError } from "./actions/errors.ts";
export type { ItemInput } from "./actions/member-item.ts";
export { checkRegistries } from "./definition/check-registries.ts";
export { defineRegistry } from "./definition/define-registry.ts";
export { InvalidDefinitionError, InvalidNameError } from "./definition/errors.ts";
export type { RegistryDefinition } from "./definition/registry-definition.ts";
export { shardOf } from "./definition/shards.ts";
export { tableDefinition } from "./definition/table-definition.ts";
export type { ActionOptions, RegistryOptions } from "./options.ts";
export {
  ContentionError,
  MalformedItemError,
  RegistryDisposedError,
  RegistryError,
  type RegistryErrorCode,
  RegistryFullError,
  type WriteOutcome,
} from "./protocol/errors.ts";
export { Registry } from "./registry.ts";
export { InvalidLimitError, NamespaceNotFoundError, ResourceNotFoundError } from "./resources/errors.ts";
export { namespaceId } from "./resources/namespace-id.ts";
export type { ResourceRegistryOptions } from "./resources/options.ts";
export { ResourceRegistry } from "./resources/resource-registry.ts";
export type { Limit, LimitInput } from "./resources/types.ts";
export type { CallOptions, ReadOptions, RegistryItemStatus, RegistryStatus } from "./types.ts";
