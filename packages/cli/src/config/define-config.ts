import type { RegistryDefinition } from "@rollcall/registry";

/** What `rollcall.config.ts` exports by default. */
export interface RollcallConfig {
  /** Name or ARN of the table. `--table` and `ROLLCALL_TABLE` come before it. Default: none. */
  readonly table?: string | undefined;
  /** AWS Region of the table. `--region`, `AWS_REGION` and `AWS_DEFAULT_REGION` come before it. Default: none. */
  readonly region?: string | undefined;
  /** What is listed where: at least one definition, all of one table. */
  readonly registries: readonly RegistryDefinition[];
}

/**
 * The configuration of every command but `resource`'s, typed: the default export of `rollcall.config.ts`. It is checked
 * where it is read. Infrastructure code of your own reads it by `loadRegistries`.
 *
 * @example
 * ```ts
 * import { defineConfig } from "@rollcall/cli";
 * import { defineRegistry } from "@rollcall/registry";
 *
 * export const tenants = defineRegistry({
 *   name: "tenants",
 *   key: { partition: "pk", sort: "sk" },
 *   member: { partition: "TENANT#{member}", sort: "#META" },
 *   registry: { partition: "SYSTEM#", sort: "#TENANTS", attribute: "tenants" },
 * });
 * export default defineConfig({ table: "app", registries: [tenants] });
 * ```
 */
export function defineConfig(config: RollcallConfig): RollcallConfig {
  return config;
}
