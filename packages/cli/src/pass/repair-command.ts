import { type RebuildOptions, type RegistryReport, rebuildRegistry } from "@rollcall/maintainer";
import { type CommandCall, type CommandSpec, defineCommand } from "../command-spec.ts";
import type { Choice } from "../config/choose-registries.ts";
import { UsageError } from "../errors.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import { flag } from "../options/option.ts";
import { dryRunOption, yesOption } from "../options/write-options.ts";
import { count } from "../terminal/output.ts";
import type { Result } from "../terminal/result.ts";
import { PASS_DETAILS, type PassCommandOptions, passOptions } from "./pass-options.ts";
import { openPassTarget, type PassCall } from "./pass-target.ts";
import { assertMayPurge, purgeReported, restoreReported } from "./purge.ts";
import { dryRunDocument, ownerOf, passNotes, repairDocument, repairLines } from "./report-lines.ts";
import { type FinishedPass, runPassCommand } from "./run-pass-command.ts";

/** What differs between the names of the one command that repairs. */
type RepairWords = Pick<CommandSpec, "summary" | "description" | "examples"> & { verb: "repair" | "backfill" };

interface RepairOptions extends PassCommandOptions {
  readonly rebuild?: boolean | undefined;
  readonly purgeLeftovers?: boolean | undefined;
  readonly indexKeys?: boolean | undefined;
  readonly yes?: boolean | undefined;
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
      purgeLeftovers: flag(
        "--purge-leftovers",
        "then delete, asked first, what the limiter's purge left of namespaces",
      ),
      yes: yesOption,
      indexKeys: flag("--index-keys", "also restore the limiter's index keys where defaults of a namespace lack them"),
      ...passOptions,
    },
    writes: true,
    json:
      '{ "added": ["gpt-4"], "removed": [], "unrepaired": [] }\n' +
      '  with --rebuild also "rebuilt": true, with --purge-leftovers "purged": ["gpt-3"], with --index-keys "indexed": []\n' +
      '  with --all-namespaces: { "namespaces": [{ "namespace": null, "added", … }] }\n' +
      '  of a configuration\'s registries: { "registries": [{ "registry": "tenants", "scope": null, "added", … }] }',
    details: PASS_DETAILS,
    run: (invocation) => runRepair(verb, invocation),
  });
}

async function runRepair(
  verb: RepairWords["verb"],
  call: PassCall & Pick<CommandCall<RepairOptions>, "options">,
): Promise<Result> {
  const { dryRun = false, all = false, rebuild = false, purgeLeftovers = false, indexKeys = false } = call.options;
  assertMayPurge(call);
  const rebuilt = rebuild ? await rebuildFirst(call) : undefined;
  const finished = await runPassCommand(dryRun ? "audit" : "backfill", verb, call, { inspect: indexKeys });
  const { reports, choice, titleOf, suggestFor, suggestForOne } = finished;
  const purge = purgeLeftovers && !dryRun ? await purgeReported(reports, call) : undefined;
  const index = indexKeys && !dryRun ? await restoreReported(reports, call) : undefined;
  const documentOf = (report: RegistryReport) => ({
    ...(dryRun ? dryRunDocument : repairDocument)(report),
    ...(purge && { purged: purge.purgedIn(report) }),
    ...(index && { indexed: index.indexedIn(report) }),
  });
  const unrepaired = reports.flatMap((report) => report.unrepaired);
  const [first] = unrepaired;
  const ruined = reports.filter((report) => report.unrepaired.some(({ reason }) => NO_STRING_SET.test(reason)));
  return {
    json: documentOfAll(finished, documentOf, rebuilt && { rebuilt: rebuilt.isRebuilt }),
    lines: reports.flatMap((report) => repairLines(titleOf(report), report, dryRun, all)),
    notes: [
      ...(rebuilt ? [rebuilt.note] : []),
      ...passNotes(reports, choice.isResources ? "resource" : "member", {
        purge: purge ? undefined : suggestFor("registry repair", ["--purge-leftovers"]),
        indexKeys: index ? undefined : suggestFor("registry repair", ["--index-keys"]),
      }),
      ...(purge?.notes ?? []),
      ...(index?.notes ?? []),
      ...ruined
        .slice(0, MAX_RUINED)
        .map(
          (report) =>
            `${nameOf(choice, titleOf(report))} is no string set; rebuild it: ` +
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

/** The document of one registry of resources is its own; others stand in a list. */
function documentOfAll(
  { reports, choice: { isResources, allScopes } }: FinishedPass,
  documentOf: (report: RegistryReport) => object,
  rebuilt: object | undefined,
): object {
  const [only] = reports;
  if (!isResources)
    return { registries: reports.map((each) => ({ ...ownerOf(each), ...documentOf(each) })), ...rebuilt };
  if (!allScopes && only !== undefined) return { ...documentOf(only), ...rebuilt };
  return { namespaces: reports.map((report) => ({ namespace: report.scope, ...documentOf(report) })) };
}

/** A registry of resources is known by its table, any other by its name. */
function nameOf({ isResources }: Choice, title: string): string {
  return `The ${isResources ? "registry of " : ""}${title}`;
}

/** Rebuilds the registry, where it has to be, before anything is repaired in it. */
async function rebuildFirst(
  call: PassCall & Pick<CommandCall<RepairOptions>, "options">,
): Promise<{ isRebuilt: boolean; note: string }> {
  const { options, io } = call;
  if (options.dryRun) throw new UsageError("--rebuild writes: leave out --dry-run, or --rebuild.");
  if (options.allNamespaces) {
    throw new UsageError("--rebuild is for one registry at a time: name its --namespace instead of --all-namespaces.");
  }
  await using passTarget = await openPassTarget(call);
  const { client, target, choice } = passTarget;
  const { definitions, scope } = choice;
  if (choice.allScopes || definitions.length > 1) {
    throw new UsageError(
      "--rebuild is for one registry at a time: pass --registry NAME, and --scope ID where it has one.",
    );
  }
  const rebuild: RebuildOptions = {
    tableName: target.tableName,
    registries: definitions,
    scope,
    client,
    signal: io.signal,
  };
  const outcome = await rebuildRegistry({ ...rebuild, maxReadUnitsPerSecond: options.maxRcu });
  const title = passTarget.titleOf({ registry: definitions[0].name, scope: scope ?? null });
  const subject = nameOf(choice, title).replace(/^The/, "the");
  return outcome.kind === "rebuilt"
    ? { isRebuilt: true, note: `Rebuilt ${subject}: it lists ${count(outcome.names, "name")}.` }
    : { isRebuilt: false, note: `Not rebuilt: ${subject} is a string set already.` };
}
