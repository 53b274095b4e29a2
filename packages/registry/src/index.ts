export {
  ContentionError,
  InvalidLimitError,
  InvalidNameError,
  MalformedItemError,
  RegistryDisposedError,
  RegistryError,
  type RegistryErrorCode,
  RegistryFullError,
  ResourceNotFoundError,
} from "./errors.ts";
export type { ResourceRegistryOptions } from "./options.ts";
export type { Clock } from "./protocol/clock.ts";
export { ResourceRegistry } from "./resources/resource-registry.ts";
export type { CallOptions, Limit, LimitInput, ReadOptions, RegistryStatus } from "./types.ts";
