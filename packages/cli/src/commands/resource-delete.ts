import { type Limit, MalformedItemError, type ResourceRegistry } from "@rollcall/registry";
import { defineCommand } from "../command-spec.ts";
import { connectRegistry, describeTarget } from "../connection/connection.ts";
import { UsageError } from "../errors.ts";
import { resourceArgument } from "../options/argument.ts";
import { registryOptions } from "../options/connection-options.ts";
import { yesOption } from "../options/write-options.ts";
import { isInteractive } from "../terminal/confirm.ts";
import { indent, limitLines } from "../terminal/output.ts";
import { oneLine, printable } from "../terminal/printable.ts";

/** What is there under a name. */
interface Found {
  limits: Limit[];
  registered: boolean;
  /** Why the default cannot be read, if it cannot. */
  problem: string | undefined;
}

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
    await using connection = connectRegistry(options, io);
    const { registry, target } = connection;
    const found = await find(registry, resource, io.signal);
    const subject = `${printable(resource)} in ${describeTarget(target)}`;
    if (!isThere(found)) {
      return {
        json: { resource, deleted: false, limits: [] },
        lines: [`Nothing to delete: there are no defaults of ${subject}.`],
      };
    }
    if (!options.yes) {
      const lines = [`Defaults of ${subject}:`, ...indent(describe(found))];
      await printer.ask(lines, "Delete them?", "Not confirmed: nothing was deleted.");
    }
    await registry.deleteResourceDefaults(resource, { signal: io.signal });
    return {
      json: { resource, deleted: true, limits: found.limits },
      lines: [`Deleted the defaults of ${subject}:`, ...indent(describe(found))],
    };
  },
});

/** Reads the default and the registry: a name that only the registry still has is there to be deleted, too. */
async function find(registry: ResourceRegistry, resource: string, signal: AbortSignal): Promise<Found> {
  const options = { consistentRead: true, signal };
  const [{ limits, problem }, names] = await Promise.all([
    readLimits(registry, resource, options),
    registry.listResourcesWithDefaults(options),
  ]);
  return { limits, problem, registered: names.includes(resource) };
}

/** A default that cannot be read can still be deleted. */
async function readLimits(
  registry: ResourceRegistry,
  resource: string,
  options: { consistentRead: boolean; signal: AbortSignal },
): Promise<Pick<Found, "limits" | "problem">> {
  try {
    return { limits: await registry.getResourceDefaults(resource, options), problem: undefined };
  } catch (error) {
    if (!(error instanceof MalformedItemError)) throw error;
    return { limits: [], problem: error.message };
  }
}

function isThere({ limits, registered, problem }: Found): boolean {
  return limits.length > 0 || registered || problem !== undefined;
}

function describe({ limits, problem }: Found): string[] {
  if (problem !== undefined) return [oneLine(problem)];
  return limits.length > 0 ? limitLines(limits) : ["no limits; only its name, in the registry"];
}
