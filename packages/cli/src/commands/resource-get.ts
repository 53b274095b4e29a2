import { describeDefault, readLiveDefault } from "../apply/live-default.ts";
import { defineCommand } from "../command-spec.ts";
import { connectRegistry, describeTarget } from "../connection/connection.ts";
import { CommandError } from "../errors.ts";
import { suggest } from "../explain/suggest.ts";
import { resourceArgument } from "../options/argument.ts";
import { registryOptions } from "../options/connection-options.ts";
import { consistentOption } from "../options/read-options.ts";
import { limitLines } from "../terminal/output.ts";
import { oneLine, quoted } from "../terminal/printable.ts";

/** `rollcall resource get` */
export const resourceGet = defineCommand({
  name: "resource get",
  summary: "show the default limits of a resource",
  description:
    "Shows the default limits of a resource, as text that `resource set` takes. Fails if there is no default.",
  arguments: { name: resourceArgument },
  options: { consistent: consistentOption, ...registryOptions },
  json: '{ "resource": "gpt-4", "limits": [{ "name", "capacity", "refillAmount", "refillPeriodSeconds" }] }',
  examples: ["rollcall resource get gpt-4 --table limits", "rollcall resource get openai/gpt-4o --table limits --json"],
  async run({ args: { name: resource }, options, io }) {
    await using connection = await connectRegistry(options, io);
    const { target } = connection;
    const read = { consistentRead: options.consistent ?? false, signal: io.signal };
    const found = await readLiveDefault(connection, resource, read);
    if (found === undefined) {
      throw new CommandError(
        `Resource ${quoted(resource)} has no defaults in ${describeTarget(target)}; ` +
          `see those that have with: ${suggest("resource list", target)}`,
      );
    }
    if (found.problem !== undefined) throw new CommandError(oneLine(found.problem));
    const { limits } = found;
    return { json: { resource, limits }, lines: describeDefault(found, limitLines) };
  },
});
