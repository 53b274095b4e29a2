import { type Application, planApplications } from "../apply/application.ts";
import { applyPlan } from "../apply/apply-plan.ts";
import { explainFailures, type Failure } from "../apply/failures.ts";
import { readManifestFiles } from "../apply/manifest/manifest-file.ts";
import type { PlannedChange } from "../apply/plan.ts";
import { changeLines, doneSummary, planSummary, unmanagedLines } from "../apply/plan-text.ts";
import { applyReport } from "../apply/report.ts";
import { defineCommand } from "../command-spec.ts";
import { connectTable } from "../connection/connection.ts";
import { UsageError } from "../errors.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import type { ArgumentSpec } from "../options/argument.ts";
import { registryOptions } from "../options/connection-options.ts";
import { flag, option } from "../options/option.ts";
import { allOption, dryRunOption, yesOption } from "../options/write-options.ts";
import { isInteractive } from "../terminal/confirm.ts";
import type { Io } from "../terminal/io.ts";
import { type Line, styled } from "../terminal/line.ts";
import { count, firstOf, indent } from "../terminal/output.ts";
import { oneLine, printable } from "../terminal/printable.ts";
import { STANDARD_INPUT } from "../terminal/read-input.ts";

const FILE_HELP = [
  "A file, in YAML or JSON:",
  "  resources:",
  "    gpt-4:",
  "      limits:",
  "        rpm: { capacity: 500 }",
  "        tpm: { capacity: 90000, refill_period: 3600 }",
  "refill_amount defaults to capacity, refill_period, in seconds, to 60; burst, where it is given, takes the place of " +
    "capacity. It is the limiter's manifest: its namespace is a name, which is looked up in the table's directory; its " +
    "sections system and entities are reported as not handled, and names that begin with x- or a dot are passed over.",
  "Several files are applied as one, or as one for each namespace that they name; - is standard input.",
].join("\n");

const KEEPING_HELP =
  "Attributes that others keep in a default's item stay, on condition that they are as they were read; the plan names " +
  "them. Otherwise the default is read and planned again. It costs a transaction, as a new default does.";

const REGISTRY_HELP = [
  "A default whose name the registry misses is registered. --prune goes by the registry: a default that neither it nor " +
    "the file names stays. Where the limiter's own provisioner keeps a list of what it manages, --prune deletes only " +
    "those, also where the list is empty; --prune-unmanaged deletes the others, too.",
].join("\n");

/** `rollcall resource apply` */
export const resourceApply = defineCommand({
  name: "resource apply",
  summary: "make the default limits what a file says",
  description:
    "Compares a file of default limits with those in the table, shows what differs, asks, and writes only that. " +
    "Without a terminal to ask on, --yes or --dry-run is needed. What fails does not stop the rest; run it again for that.",
  arguments: {
    files: {
      syntax: "<files...>",
      description: 'the limits of every resource, in YAML or JSON; "-" is standard input',
    } as ArgumentSpec<string[]>,
  },
  options: {
    prune: flag("--prune", "also delete registered resources that the file does not have"),
    pruneUnmanaged: flag(
      "--prune-unmanaged",
      "the same, and also those that the limiter's provisioner does not manage",
    ),
    all: allOption,
    dryRun: dryRunOption,
    exitCode: flag("--exit-code", "with --dry-run: exit with 3 when there is something to write"),
    yes: yesOption,
    ...registryOptions,
    namespaceName: option<string | string[] | undefined>(
      "--namespace-name <name>",
      "the same by its name in the limiter's directory, which must have it; given several times, the manifest is applied " +
        "to each",
      (added) => added.argParser((name, names: string[] = []) => [...names, name]).helpGroup("Connection:"),
    ),
  },
  writes: true,
  findsNamespace: true,
  json:
    '{ "dryRun": false, "created": [{ "resource", "limits" }],\n' +
    '    "changed": [{ "resource", "from", "to", "kept": ["owner"] }], "registered": [{ "resource", "limits", "kept" }],\n' +
    '    "deleted": [{ "resource", "limits" }], "unchanged": 20, "leftAlone": 0, "unmanaged": ["gpt-4"],\n' +
    '    "failed": [{ "resource", "action", "error" }], "notHandled": ["system"] }\n' +
    '  of several namespaces: { "namespaces": [{ "namespace": "rcof3sHx3fY", "dryRun", "created", … }] }',
  details: [FILE_HELP, KEEPING_HELP, REGISTRY_HELP],
  examples: [
    "rollcall resource apply limits.yaml --table limits --dry-run",
    "rollcall resource apply limits.yaml --table limits --prune",
    "rollcall resource apply limits.json --table limits --yes --json",
  ],
  async run({ args: { files }, options, io, printer }) {
    const { pruneUnmanaged = false, prune = pruneUnmanaged, dryRun = false, yes = false, all = false } = options;
    assertCanAsk(files, options, io);
    const names = Array.isArray(options.namespaceName) ? options.namespaceName : [];
    const namespaceName = Array.isArray(options.namespaceName) ? undefined : options.namespaceName;
    await using table = await connectTable({ ...options, namespaceName }, io);
    const manifests = await readManifestFiles(files, io);
    const planning = { namespaceName, names, prune, pruneUnmanaged };
    const { applications, warnings } = await planApplications(manifests, planning, table, io);
    await printer.note(...warnings);
    const notes = applications.flatMap(notesOf);
    const shown = applications.flatMap((each) => planLines(each, { dryRun, all }));
    if (dryRun || applications.every(({ plan }) => plan.changes.length === 0)) {
      const isLeft = options.exitCode === true && applications.some(({ plan }) => plan.changes.length > 0);
      return {
        json: documentOf(applications, (each) => reportOf(each, dryRun, { done: each.plan.changes, failed: [] })),
        lines: shown,
        notes,
        exitCode: isLeft ? EXIT_CODES.drift : EXIT_CODES.done,
      };
    }
    if (!yes) await printer.ask([...shown, ...notes], "Write this?", "Not confirmed: nothing was written.");
    const applied: Applied[] = [];
    for (const each of applications) applied.push(await apply(each, io));
    const failures = applied.flatMap((each) => each.failures);
    return {
      json: documentOf(applied, (each) => reportOf(each, false, { done: each.done, failed: each.failures })),
      // Who was asked has seen the changes.
      lines: applied.flatMap(({ subject, done, plan }) => [
        `Applied ${subject}: ${doneSummary(done, plan)}`,
        ...(yes ? indent(changeLines(done, all)) : []),
      ]),
      notes: [...(yes ? notes : []), ...firstOf(failures.map(complaint), all)],
      ...(failures.length > 0 && { exitCode: EXIT_CODES.failed, error: whatIsLeft(failures, applications) }),
    };
  },
});

/** An application that was carried out, as far as it could be. */
interface Applied extends Application {
  done: PlannedChange[];
  failures: Failure[];
}

async function apply(application: Application, io: Io): Promise<Applied> {
  const { connection, plan } = application;
  const { done, failed, unchanged } = await applyPlan(connection, plan, io);
  const failures = explainFailures(failed, connection.target);
  return { ...application, plan: { ...plan, unchanged }, done, failures };
}

function notesOf({ unhandled }: Application): string[] {
  return unhandled.map(({ note }) => note);
}

function reportOf(
  { plan, unhandled }: Application,
  dryRun: boolean,
  outcome: { done: PlannedChange[]; failed: Failure[] },
) {
  return applyReport(
    dryRun,
    plan,
    outcome,
    unhandled.map(({ section }) => section),
  );
}

/** The document of one namespace is its own; those of several stand in a list. */
function documentOf<Each extends Application>(applications: readonly Each[], reportOf: (each: Each) => object): object {
  const [only, ...others] = applications;
  if (only !== undefined && others.length === 0) return reportOf(only);
  const namespaces = applications.map((each) => {
    const { namespace = null } = each.connection.target;
    return { namespace, ...reportOf(each) };
  });
  return { namespaces };
}

function complaint({ resource, action, error }: Failure): Line {
  return styled("failure", `Could not ${action} ${printable(resource)}: ${oneLine(error)}`);
}

function whatIsLeft(failures: readonly Failure[], applications: readonly Application[]): string {
  const changes = applications.reduce((sum, { plan }) => sum + plan.changes.length, 0);
  return (
    `${count(failures.length, "change")} of ${changes.toLocaleString("en-US")} could not be made: remove the ` +
    "cause, then run the same command again; it does only what is left."
  );
}

/** @throws UsageError where the command line asks for what cannot be */
function assertCanAsk(
  files: readonly string[],
  {
    yes,
    dryRun,
    exitCode,
  }: { yes?: boolean | undefined; dryRun?: boolean | undefined; exitCode?: boolean | undefined },
  io: Io,
): void {
  if (exitCode && !dryRun) throw new UsageError("--exit-code tells what --dry-run finds: pass both.");
  const inputs = files.filter((file) => file === STANDARD_INPUT).length;
  if (inputs > 1) throw new UsageError("Standard input can be read once: give - once.");
  if (yes || dryRun) return;
  if (inputs > 0) {
    throw new UsageError("Standard input holds the manifest, and no answers: pass --yes to write, or --dry-run.");
  }
  if (!isInteractive(io)) {
    throw new UsageError("There is no terminal to ask on: pass --yes to write without being asked, or --dry-run.");
  }
}

function planLines(
  { plan, subject, manifest, unhandled }: Application,
  { dryRun, all }: { dryRun: boolean; all: boolean },
): Line[] {
  if (!manifest.hasResources) {
    const only = unhandled.length > 0 ? `, only ${unhandled.map(({ section }) => section).join(", ")}` : "";
    return [`Nothing to apply from ${subject}: it has no resources${only}.`];
  }
  if (plan.changes.length === 0)
    return [
      `Nothing to apply from ${subject}: ${planSummary(plan) || "it has no resources"}.`,
      ...indent(unmanagedLines(plan)),
    ];
  return [
    `To apply ${subject}:`,
    ...indent([...changeLines(plan.changes, all), ...unmanagedLines(plan)]),
    planSummary(plan),
    ...(dryRun ? ["Dry run: nothing was written."] : []),
  ];
}
