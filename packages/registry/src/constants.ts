/** From this registry size in bytes {@link RegistryStatus.nearLimit} is set: three quarters of the item limit. */
export const NEAR_LIMIT_BYTES = 300 * 1024;
