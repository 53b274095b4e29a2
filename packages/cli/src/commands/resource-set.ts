import { defineCommand } from "../command-spec.ts";
import { connectRegistry, describeTarget } from "../connection/connection.ts";
import { resourceArgument } from "../options/argument.ts";
import { registryOptions } from "../options/connection-options.ts";
import { LIMIT_HELP, limitOption } from "../options/limit-option.ts";
import { indent, limitLines } from "../terminal/output.ts";
import { printable } from "../terminal/printable.ts";

/** `rollcall resource set` */
export const resourceSet = defineCommand({
  name: "resource set",
  summary: "create or replace the default limits of a resource",
  description:
    "Creates or replaces all default limits of a resource, and registers its name in the same transaction. It replaces " +
    "the whole item: what others keep in it is gone; `resource apply` keeps that.",
  arguments: { name: resourceArgument },
  options: { limit: limitOption, ...registryOptions },
  writes: true,
  json: '{ "resource": "gpt-4", "limits": [{ "name", "capacity", "refillAmount", "refillPeriodSeconds" }] }',
  details: [LIMIT_HELP],
  examples: [
    "rollcall resource set gpt-4 -l rpm:500 -l tpm:100000 --table limits",
    "rollcall resource set openai/gpt-4o -l bulk:20/5min:100 --table limits",
  ],
  async run({ args: { name: resource }, options: { limit: limits, ...options }, io }) {
    await using connection = await connectRegistry(options, io);
    const { registry, target } = connection;
    await registry.setResourceDefaults(resource, limits, { signal: io.signal });
    return {
      json: { resource, limits },
      lines: [
        `Set the defaults of ${printable(resource)} in ${describeTarget(target)}:`,
        ...indent(limitLines(limits)),
      ],
    };
  },
});
