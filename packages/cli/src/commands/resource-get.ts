import { defineCommand } from "../command-spec.ts";
import { connectRegistry, describeTarget } from "../connection/connection.ts";
import { type ConnectionOptions, registryOptions } from "../connection/connection-options.ts";
import { CommandError } from "../errors.ts";
import { consistentOption, type ReadOptions } from "../options/read-options.ts";
import { limitLines } from "../terminal/output.ts";

/** `rollcall resource get` */
export const resourceGet = defineCommand<ConnectionOptions & ReadOptions, [name: string]>({
  name: "resource get",
  summary: "show the default limits of a resource",
  description: "Shows the default limits of a resource, as text that `resource set` takes. Fails if it has none.",
  arguments: [["<name>", "the resource, such as gpt-4 or openai/gpt-4o"]],
  options: [...registryOptions(), consistentOption()],
  json: '{ "resource": "gpt-4", "limits": [{ "name", "capacity", "refillAmount", "refillPeriodSeconds" }] }',
  examples: ["rollcall resource get gpt-4 --table limits", "rollcall resource get openai/gpt-4o --table limits --json"],
  async run({ args: [resource], options, io }) {
    await using connection = connectRegistry(options, io);
    const { registry, target } = connection;
    const limits = await registry.getResourceDefaults(resource, {
      consistentRead: options.consistent,
      signal: io.signal,
    });
    if (limits.length === 0) {
      throw new CommandError(
        `Resource ${JSON.stringify(resource)} has no defaults in ${describeTarget(target)}; ` +
          "see those that have with: rollcall resource list",
      );
    }
    return { json: { resource, limits }, lines: limitLines(limits) };
  },
});
