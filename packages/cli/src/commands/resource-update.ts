import { type Limit, ResourceNotFoundError } from "@rollcall/registry";
import { readLiveDefault } from "../apply/live-default.ts";
import { defineCommand } from "../command-spec.ts";
import { connectRegistry, describeTarget } from "../connection/connection.ts";
import type { Target } from "../connection/target.ts";
import { CommandError } from "../errors.ts";
import { suggest } from "../explain/suggest.ts";
import { resourceArgument } from "../options/argument.ts";
import { registryOptions } from "../options/connection-options.ts";
import { LIMIT_HELP, limitOption } from "../options/limit-option.ts";
import { formatLimit } from "../options/limit-text.ts";
import { yesOption } from "../options/write-options.ts";
import { isInteractive } from "../terminal/confirm.ts";
import { count, indent, limitLines } from "../terminal/output.ts";
import { printable, printableInList, quoted } from "../terminal/printable.ts";

/** `rollcall resource update` */
export const resourceUpdate = defineCommand({
  name: "resource update",
  summary: "replace the default limits of a resource that has some",
  description:
    "Replaces all default limits of a resource, and fails if it has none. A limit that is not given again is gone: it is " +
    "shown, and asked for; without a terminal to ask on, --yes is needed. Costs one read and one write, however large " +
    "the registry is.",
  arguments: { name: resourceArgument },
  options: { limit: limitOption, yes: yesOption, ...registryOptions },
  writes: true,
  json:
    '{ "resource": "gpt-4", "limits": [{ "name", "capacity", "refillAmount", "refillPeriodSeconds" }],\n' +
    '    "removed": [{ "name", "capacity", "refillAmount", "refillPeriodSeconds" }] }',
  details: [LIMIT_HELP],
  examples: ["rollcall resource update gpt-4 -l rpm:1000 -l tpm:200000 --table limits"],
  async run({ args: { name: resource }, options: { limit: limits, yes, ...options }, io, printer }) {
    await using connection = await connectRegistry(options, io);
    const { registry, target } = connection;
    const kept = new Set(limits.map(({ name }) => name));
    // A default that cannot be read can still be replaced: it has no limits to lose.
    const found = await readLiveDefault(connection, resource, { consistentRead: true, signal: io.signal });
    const removed = (found?.limits ?? []).filter(({ name }) => !kept.has(name));
    const subject = `${printable(resource)} in ${describeTarget(target)}`;
    if (removed.length > 0 && !yes) {
      if (!isInteractive(io)) throw new CommandError(refusal(resource, removed));
      const lines = [
        `The defaults of ${subject} lose ${count(removed.length, "limit")}:`,
        ...indent(limitLines(removed)),
      ];
      await printer.ask(lines, "Replace the defaults?", "Not confirmed: nothing was written.");
    }
    try {
      await registry.updateResourceDefaults(resource, limits, { signal: io.signal });
    } catch (error) {
      if (!(error instanceof ResourceNotFoundError)) throw error;
      throw new CommandError(noDefaults(resource, limits, target), { cause: error });
    }
    return {
      json: { resource, limits, removed },
      lines: [
        `Updated the defaults of ${subject}:`,
        ...indent(limitLines(limits)),
        ...(removed.length > 0 ? ["Gone:", ...indent(limitLines(removed))] : []),
      ],
    };
  },
});

function refusal(resource: string, removed: readonly Limit[]): string {
  const names = removed.map(({ name }) => printableInList(name)).join(", ");
  return (
    `An update replaces all limits of ${quoted(resource)}, and ${names} would be gone: give every limit that is to ` +
    "stay with -l, or pass --yes. Nothing was written."
  );
}

function noDefaults(resource: string, limits: readonly Limit[], target: Target): string {
  const words = limits.flatMap((limit) => ["-l", formatLimit(limit)]);
  return (
    `Resource ${quoted(resource)} has no defaults to update in ${describeTarget(target)}; ` +
    `create them with: ${suggest("resource set", target, [resource, ...words])}`
  );
}
