/** What a resource is: its names, its limits, and where its registry lies. For packages that read or repair them. */

import "../node-version.ts";

export { DEFAULT_REFILL_PERIOD_SECONDS } from "./constants.ts";
export { isResources, resources } from "./definition.ts";
export {
  DIRECTORY_PARTITION,
  isGone,
  isNamespaceId,
  NAMESPACE_NAME_PREFIX,
  namespaceIdKey,
  namespaceNameKey,
} from "./directory.ts";
export { readLimits } from "./limits.ts";
export { assertLimitName, assertResourceName, assertStorableName, isStorableName } from "./names.ts";
export { defaultItem, type RegistryLocation, registrySet } from "./requests.ts";
