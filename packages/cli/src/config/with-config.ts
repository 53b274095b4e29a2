import type { CommandCall, CommandSpec } from "../command-spec.ts";
import type { ConnectionOptions } from "../options/connection-options.ts";
import { findConfig } from "./find-config.ts";

/**
 * A call of a command with its configuration, where the command takes one and there is one. The table and the Region
 * that it names stand in where neither the command line nor the environment says them.
 *
 * @throws UsageError for a configuration that holds a mistake
 */
export async function withConfig(spec: CommandSpec, invocation: CommandCall): Promise<CommandCall> {
  if (!("config" in spec.options)) return invocation;
  const { options, io } = invocation;
  const { config: file, table, region } = options as ConnectionOptions & { config?: string };
  if (file === undefined && findConfig(process.cwd()) === undefined) return invocation; // before what reads one is loaded
  const { loadConfig } = await import("./load-config.ts");
  const config = await loadConfig({ file, folder: process.cwd() }, io.signal);
  if (config === undefined) return invocation;
  const { ROLLCALL_TABLE, AWS_REGION, AWS_DEFAULT_REGION } = io.env;
  return {
    ...invocation,
    config,
    options: {
      ...options,
      table: table || (ROLLCALL_TABLE ? undefined : config.table),
      region: region || (AWS_REGION || AWS_DEFAULT_REGION ? undefined : config.region),
    },
  };
}
