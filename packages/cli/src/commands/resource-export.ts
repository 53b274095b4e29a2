import { InvalidNameError, type Limit } from "@rollcall/registry";
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
import { oneLine, printable, shorten } from "../terminal/printable.ts";

/** Characters of a name that are shown: more than a name that can be set has. */
const MAX_NAME_LENGTH = 120;

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
    await using connection = await connectRegistry(options, io);
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
      else leftOut.push(`Left out: ${problem}`);
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

/** Which default a manifest cannot hold, and why; `undefined` where it can. */
function whyNot(resource: string, found: LiveDefault | undefined): string | undefined {
  const name = printable(shorten(resource, MAX_NAME_LENGTH));
  if (found === undefined) return `${name}: it has no default; only its name is in the registry.`;
  if (found.problem !== undefined) return oneLine(found.problem);
  if (found.limits.length === 0) return `${name}: its default has no limits.`;
  try {
    assertResourceName(resource);
    for (const limit of found.limits) assertLimitName(limit.name);
    return undefined;
  } catch (error) {
    if (!(error instanceof InvalidNameError)) throw error;
    return `${name}: the name of the ${error.field} is none that can be set.`;
  }
}
