import { describeDefault, readLiveDefault } from "../apply/live-default.ts";
import { defineCommand } from "../command-spec.ts";
import { connectRegistry, describeTarget } from "../connection/connection.ts";
import { UsageError } from "../errors.ts";
import { resourceArgument } from "../options/argument.ts";
import { registryOptions } from "../options/connection-options.ts";
import { yesOption } from "../options/write-options.ts";
import { isInteractive } from "../terminal/confirm.ts";
import { indent, limitLines } from "../terminal/output.ts";
import { printable } from "../terminal/printable.ts";

/** `rollcall resource delete` */
export const resourceDelete = defineCommand({
  name: "resource delete",
  summary: "delete the default limits of a resource",
  description:
    "Deletes the default limits of a resource, and takes its name off the registry in the same transaction. Shows them " +
    "and asks first; without a terminal to ask on, --yes is needed. A resource that has none is no error.",
  arguments: { name: resourceArgument },
  options: { yes: yesOption, ...registryOptions },
  writes: true,
  json: '{ "resource": "gpt-4", "deleted": true,\n    "limits": [{ "name", "capacity", "refillAmount", "refillPeriodSeconds" }] }',
  examples: [
    "rollcall resource delete gpt-4 --table limits",
    "rollcall resource delete openai/gpt-4o --table limits --yes --json",
  ],
  async run({ args: { name: resource }, options, io, printer }) {
    if (!options.yes && !isInteractive(io)) {
      throw new UsageError("There is no terminal to ask on: pass --yes to delete without being asked.");
    }
    await using connection = await connectRegistry(options, io);
    const { registry, target } = connection;
    const read = { consistentRead: true, signal: io.signal };
    // A name that only the registry still has is there to be deleted, too.
    const [found, names] = await Promise.all([
      readLiveDefault(connection, resource, read),
      registry.listResourcesWithDefaults(read),
    ]);
    const subject = `${printable(resource)} in ${describeTarget(target)}`;
    if (found === undefined && !names.includes(resource)) {
      return {
        json: { resource, deleted: false, limits: [] },
        lines: [`Nothing to delete: there are no defaults of ${subject}.`],
      };
    }
    if (!options.yes) {
      const lines = [`Defaults of ${subject}:`, ...indent(describeDefault(found, limitLines))];
      await printer.ask(lines, "Delete them?", "Not confirmed: nothing was deleted.");
    }
    await registry.deleteResourceDefaults(resource, { signal: io.signal });
    return {
      json: { resource, deleted: true, limits: found?.limits ?? [] },
      lines: [`Deleted the defaults of ${subject}:`, ...indent(describeDefault(found, limitLines))],
    };
  },
});
