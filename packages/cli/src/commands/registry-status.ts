import type { RegistryStatus } from "@rollcall/registry";
import { defineCommand } from "../command-spec.ts";
import { connectRegistry, describeTarget } from "../connection.ts";
import { type ConnectionOptions, registryOptions } from "../connection-options.ts";
import { alignColumns, count, indent } from "../output.ts";
import { consistentOption, type ReadOptions } from "../read-options.ts";

/** `rollcall registry status` */
export const registryStatus = defineCommand<ConnectionOptions & ReadOptions>({
  name: "registry status",
  summary: "show how large the registry is and what it costs",
  description: "Shows how many names the registry holds, how near it is to DynamoDB's item limit, and what calls cost.",
  options: [...registryOptions(), consistentOption()],
  json:
    '{ "names", "malformed", "bytes", "limitBytes", "limitShare", "nearLimit",\n' +
    '    "setWriteUnits", "groupedWriteUnits", "updateWriteUnits", "listReadUnits" }',
  examples: ["rollcall registry status --table limits", "rollcall registry status --table limits --json"],
  async run({ options, io }) {
    await using connection = connectRegistry(options, io);
    const { registry, target } = connection;
    const status = await registry.registryStatus({ consistentRead: options.consistent, signal: io.signal });
    return {
      json: status,
      lines: [`Registry of ${describeTarget(target)}`, ...indent(alignColumns(rows(status)))],
      notes: status.nearLimit ? [NEAR_LIMIT] : [],
    };
  },
});

const NEAR_LIMIT =
  "Warning: the registry is near DynamoDB's item limit; when it is full, it takes no new names. Delete defaults that " +
  "are no longer used, or move some to another namespace.";

function rows(status: RegistryStatus): [string, string][] {
  const share = status.limitShare.toLocaleString("en-US", { style: "percent", maximumSignificantDigits: 2 });
  return [
    ["Names", status.names.toLocaleString("en-US")],
    ...(status.malformed > 0
      ? [["Malformed", `${count(status.malformed, "empty name")}, skipped`] as [string, string]]
      : []),
    ["Size", `${count(status.bytes, "byte")} of ${status.limitBytes.toLocaleString("en-US")} (${share})`],
    ["To list", count(status.listReadUnits, "read unit")],
    [
      "To set or delete",
      `${count(status.setWriteUnits, "write unit")}; ${count(status.groupedWriteUnits, "unit")} where many are written together`,
    ],
    ["To update", count(status.updateWriteUnits, "write unit")],
  ];
}
