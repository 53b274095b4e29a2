import { ResourceNotFoundError } from "@rollcall/registry";
import { defineCommand } from "../command-spec.ts";
import { connectRegistry, describeTarget } from "../connection/connection.ts";
import { type ConnectionOptions, registryOptions } from "../connection/connection-options.ts";
import { CommandError } from "../errors.ts";
import { LIMIT_HELP, type LimitOptions, limitOption } from "../options/limit-option.ts";
import { indent, limitLines } from "../terminal/output.ts";
import { printable } from "../terminal/printable.ts";

/** `rollcall resource update` */
export const resourceUpdate = defineCommand<ConnectionOptions & LimitOptions, [name: string]>({
  name: "resource update",
  summary: "replace the default limits of a resource that has some",
  description:
    "Replaces all default limits of a resource, and fails if it has none. Costs one write, however large the registry is.",
  arguments: [["<name>", "the resource, such as gpt-4 or openai/gpt-4o"]],
  options: [limitOption(), ...registryOptions()],
  json: '{ "resource": "gpt-4", "limits": [{ "name", "capacity", "refillAmount", "refillPeriodSeconds" }] }',
  details: [LIMIT_HELP],
  examples: ["rollcall resource update gpt-4 -l rpm:1000 -l tpm:200000 --table limits"],
  async run({ args: [resource], options: { limit: limits, ...options }, io }) {
    await using connection = connectRegistry(options, io);
    const { registry, target } = connection;
    try {
      await registry.updateResourceDefaults(resource, limits, { signal: io.signal });
    } catch (error) {
      if (!(error instanceof ResourceNotFoundError)) throw error;
      throw new CommandError(
        `Resource ${JSON.stringify(resource)} has no defaults to update in ${describeTarget(target)}; ` +
          "create them with: rollcall resource set",
        { cause: error },
      );
    }
    return {
      json: { resource, limits },
      lines: [
        `Updated the defaults of ${printable(resource)} in ${describeTarget(target)}:`,
        ...indent(limitLines(limits)),
      ],
    };
  },
});
