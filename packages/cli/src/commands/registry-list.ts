import { defineCommand } from "../command-spec.ts";
import { chooseRegistry, describeRegistry } from "../config/choose-registries.ts";
import { connectDefined } from "../connection/connection.ts";
import { anyRegistryOptions } from "../options/connection-options.ts";
import { consistentOption } from "../options/read-options.ts";
import { printable } from "../terminal/printable.ts";

/** `rollcall registry list` */
export const registryList = defineCommand({
  name: "registry list",
  summary: "list the names in a registry",
  description:
    "Lists the names in a registry, one a line, sorted. Reads the registry alone, and nothing else that the table holds.",
  options: { consistent: consistentOption, ...anyRegistryOptions },
  json: '{ "registry": "tenants", "scope": null, "names": ["acme"] }',
  details: ["A name with characters that are no text, such as a line break, is shown as a JSON string."],
  examples: [
    "rollcall registry list --table app --registry tenants",
    "rollcall registry list --table app --registry projects --scope acme --consistent --json",
  ],
  async run({ options, io, config }) {
    const { definition, scope } = chooseRegistry(config, options, io);
    await using connection = await connectDefined(options, io, { definition, scope });
    const { registry, target } = connection;
    const names = await registry.list({ consistentRead: options.consistent, signal: io.signal });
    return {
      json: { registry: definition.name, scope: scope ?? null, names },
      lines: names.map(printable),
      notes: names.length === 0 ? [`The ${describeRegistry(definition.name, scope, target.tableName)} is empty.`] : [],
    };
  },
});
