import { type RebuildOptions, rebuildRegistry } from "@rollcall/maintainer";
import { type CommandSpec, defineCommand, type Invocation } from "../command-spec.ts";
import { connectRegistry, describeTarget } from "../connection/connection.ts";
import { UsageError } from "../errors.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import { flag } from "../options/option.ts";
import { dryRunOption } from "../options/write-options.ts";
import { count } from "../terminal/output.ts";
import type { Result } from "../terminal/result.ts";
import { PASS_DETAILS, type PassCommandOptions, passOptions } from "./pass-options.ts";
import { dryRunDocument, passNotes, repairDocument, repairLines } from "./report-lines.ts";
import { runPassCommand } from "./run-pass-command.ts";

/** What differs between the names of the one command that repairs. */
type RepairWords = Pick<CommandSpec, "summary" | "description" | "examples"> & { verb: "repair" | "backfill" };

interface RepairOptions extends PassCommandOptions {
  readonly rebuild?: boolean | undefined;
}

/** Registries that are named with the command that rebuilds them. */
const MAX_RUINED = 20;

/** What is found in every report of a registry that has to be rebuilt, and in no other. */
const NO_STRING_SET = /\bstring set\b/;

/** The command that repairs, by one of its names: `repair` and `backfill` do the same, for different reasons. */
export function repairCommand({ verb, ...words }: RepairWords): CommandSpec {
  return defineCommand({
    name: `registry ${verb}`,
    ...words,
    options: {
      dryRun: dryRunOption,
      rebuild: flag("--rebuild", "first replace a registry that is no string set by the names of all defaults"),
      ...passOptions,
    },
    writes: true,
    json:
      '{ "added": ["gpt-4"], "removed": [], "unrepaired": [] }\n' +
      '  with --rebuild also "rebuilt": true\n' +
      '  with --all-namespaces: { "namespaces": [{ "namespace": null, "added", … }] }',
    details: PASS_DETAILS,
    run: (invocation) => runRepair(verb, invocation),
  });
}

async function runRepair(
  verb: RepairWords["verb"],
  { options, io, printer }: Pick<Invocation<RepairOptions>, "options" | "io" | "printer">,
): Promise<Result> {
  const { dryRun = false, all = false, rebuild = false } = options;
  const rebuilt = rebuild ? await rebuildFirst(options, io) : undefined;
  const { reports, titleOf, suggestForOne } = await runPassCommand(
    dryRun ? "audit" : "backfill",
    verb,
    options,
    io,
    printer,
  );
  const documentOf = dryRun ? dryRunDocument : repairDocument;
  const [only] = reports;
  const unrepaired = reports.flatMap((report) => report.unrepaired);
  const [first] = unrepaired;
  const ruined = reports.filter((report) => report.unrepaired.some(({ reason }) => NO_STRING_SET.test(reason)));
  return {
    json:
      options.allNamespaces || only === undefined
        ? { namespaces: reports.map((report) => ({ namespace: report.scope, ...documentOf(report) })) }
        : { ...documentOf(only), ...(rebuilt && { rebuilt: rebuilt.isRebuilt }) },
    lines: reports.flatMap((report) => repairLines(titleOf(report), report, dryRun, all)),
    notes: [
      ...(rebuilt ? [rebuilt.note] : []),
      ...passNotes(reports),
      ...ruined
        .slice(0, MAX_RUINED)
        .map(
          (report) =>
            `The registry of ${titleOf(report)} is no string set; rebuild it: ` +
            suggestForOne(report, "registry repair", ["--rebuild"]),
        ),
      ...(ruined.length > MAX_RUINED ? [`So are ${(ruined.length - MAX_RUINED).toLocaleString("en-US")} more.`] : []),
    ],
    ...(first && {
      exitCode: EXIT_CODES.failed,
      error: `${count(unrepaired.length, "name")} could not be repaired, all else is done; the first: ${first.reason}`,
    }),
  };
}

/** Rebuilds the registry, where it has to be, before anything is repaired in it. */
async function rebuildFirst(
  options: RepairOptions,
  io: Invocation["io"],
): Promise<{ isRebuilt: boolean; note: string }> {
  if (options.dryRun) throw new UsageError("--rebuild writes: leave out --dry-run, or --rebuild.");
  if (options.allNamespaces) {
    throw new UsageError("--rebuild is for one registry at a time: name its --namespace instead of --all-namespaces.");
  }
  await using connection = connectRegistry(options, io);
  const { client, target } = connection;
  const { tableName, namespace } = target;
  const rebuild: RebuildOptions = { tableName, scope: namespace, client, signal: io.signal };
  const outcome = await rebuildRegistry({ ...rebuild, maxReadUnitsPerSecond: options.maxRcu });
  const subject = `the registry of ${describeTarget(target)}`;
  return outcome.kind === "rebuilt"
    ? { isRebuilt: true, note: `Rebuilt ${subject}: it lists ${count(outcome.names, "name")}.` }
    : { isRebuilt: false, note: `Not rebuilt: ${subject} is a string set already.` };
}
