import type { Limit } from "@rollcall/registry";
import { assertLimitName, assertResourceName } from "@rollcall/registry/resources";
import type { LiveDefault } from "../apply/live-default.ts";
import { readLiveState } from "../apply/live-state.ts";
import { formatManifest, manifestDocument } from "../apply/manifest/format-manifest.ts";
import { defineCommand } from "../command-spec.ts";
import { connectRegistry, describeTarget } from "../connection/connection.ts";
import { nameInDirectory } from "../connection/namespaces.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import { registryOptions } from "../options/connection-options.ts";
import { count, firstOf } from "../terminal/output.ts";
import { oneLine, printable } from "../terminal/printable.ts";

/** `rollcall resource export` */
export const resourceExport = defineCommand({
  name: "resource export",
  summary: "write the default limits as a file for apply",
  description:
    "Writes the default limits of every registered resource as a manifest, which `resource apply` finds unchanged. What a " +
    "manifest cannot hold, such as a default that cannot be read, is left out, named on stderr, and the exit code is 1.",
  options: registryOptions,
  json: '{ "namespace": "prod", "resources": { "gpt-4": { "limits": { "rpm": { "capacity": 500 } } } } }',
  details: ["The JSON is a manifest, too. namespace is there where the limiter's directory has a name for the id."],
  examples: [
    "rollcall resource export --table limits",
    "rollcall resource export --table limits --namespace-name prod --json",
  ],
  async run({ options, io }) {
    await using connection = connectRegistry(options, io);
    const { target } = connection;
    const [{ registered, defaults }, namespace] = await Promise.all([
      readLiveState(connection, [], { withRegistered: true }, io),
      nameInDirectory(connection, io.signal),
    ]);
    const whole = new Map<string, readonly Limit[]>();
    const leftOut: string[] = [];
    for (const resource of registered) {
      const found = defaults.get(resource);
      const problem = whyNot(resource, found);
      if (problem === undefined) whole.set(resource, found?.limits ?? []);
      else leftOut.push(`Left out: ${printable(resource)}: ${oneLine(problem)}`);
    }
    return {
      json: manifestDocument(whole, { namespace }),
      lines: formatManifest(whole, { namespace }).trimEnd().split("\n"),
      notes: firstOf(leftOut, false),
      ...(leftOut.length > 0 && {
        exitCode: EXIT_CODES.failed,
        error:
          `${count(leftOut.length, "resource")} of ${describeTarget(target)} cannot be in a manifest and ` +
          `${leftOut.length === 1 ? "is" : "are"} left out: do not apply it with --prune.`,
      }),
    };
  },
});

/** Why a manifest cannot hold a default, or `undefined` where it can. */
function whyNot(resource: string, found: LiveDefault | undefined): string | undefined {
  if (found === undefined) return "it has no default; only its name is in the registry.";
  if (found.problem !== undefined) return found.problem;
  if (found.limits.length === 0) return "its default has no limits.";
  try {
    assertResourceName(resource);
    for (const { name } of found.limits) assertLimitName(name);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
