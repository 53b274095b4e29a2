export type { Clock } from "./clock.ts";
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
export { ResourceRegistry } from "./registry.ts";
export type { CallOptions, Limit, LimitInput, ReadOptions, RegistryStatus } from "./types.ts";
