import { defineCommand } from "../command-spec.ts";
import { connectRegistry, describeTarget } from "../connection/connection.ts";
import { registryOptions } from "../options/connection-options.ts";
import { consistentOption } from "../options/read-options.ts";
import { printable } from "../terminal/printable.ts";

/** `rollcall resource list` */
export const resourceList = defineCommand({
  name: "resource list",
  summary: "list the resources that have defaults",
  description:
    "Lists the resources that have defaults, one a line, sorted. Reads one item, however large the table is.",
  options: { consistent: consistentOption, ...registryOptions },
  json: '{ "resources": ["gpt-4"] }',
  details: ["A name with characters that are no text, such as a line break, is shown as a JSON string."],
  examples: [
    "rollcall resource list --table limits",
    "rollcall resource list --table limits --namespace rcof3sHx3fY --consistent --json",
  ],
  async run({ options, io }) {
    await using connection = await connectRegistry(options, io);
    const { registry, target } = connection;
    const resources = await registry.listResourcesWithDefaults({
      consistentRead: options.consistent,
      signal: io.signal,
    });
    return {
      json: { resources },
      lines: resources.map(printable),
      notes: resources.length === 0 ? [`The registry of ${describeTarget(target)} is empty.`] : [],
    };
  },
});
