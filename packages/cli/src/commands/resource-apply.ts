import { applyPlan } from "../apply/apply-plan.ts";
import { explainFailures, type Failure } from "../apply/failures.ts";
import { readLiveState } from "../apply/live-state.ts";
import { fileNames, readManifestFiles } from "../apply/manifest/manifest-file.ts";
import { manifestNamespace } from "../apply/manifest-namespace.ts";
import { notHandled } from "../apply/not-handled.ts";
import { makePlan, type Plan } from "../apply/plan.ts";
import { changeLines, doneSummary, planSummary, unmanagedLines } from "../apply/plan-text.ts";
import { applyReport } from "../apply/report.ts";
import { defineCommand } from "../command-spec.ts";
import { connectTable, describeTarget, registryIn } from "../connection/connection.ts";
import { namespaceWarnings } from "../connection/namespaces.ts";
import { CommandError, UsageError } from "../errors.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import type { ArgumentSpec } from "../options/argument.ts";
import { registryOptions } from "../options/connection-options.ts";
import { flag } from "../options/option.ts";
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
  "Several files are applied as one; - is standard input.",
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
  },
  writes: true,
  findsNamespace: true,
  json:
    '{ "dryRun": false, "created": [{ "resource", "limits" }],\n' +
    '    "changed": [{ "resource", "from", "to", "kept": ["owner"] }], "registered": [{ "resource", "limits", "kept" }],\n' +
    '    "deleted": [{ "resource", "limits" }], "unchanged": 20, "leftAlone": 0, "unmanaged": ["gpt-4"],\n' +
    '    "failed": [{ "resource", "action", "error" }], "notHandled": ["system"] }',
  details: [FILE_HELP, KEEPING_HELP, REGISTRY_HELP],
  examples: [
    "rollcall resource apply limits.yaml --table limits --dry-run",
    "rollcall resource apply limits.yaml --table limits --prune",
    "rollcall resource apply limits.json --table limits --yes --json",
  ],
  async run({ args: { files }, options, io, printer }) {
    const { pruneUnmanaged = false, prune = pruneUnmanaged, dryRun = false, yes = false, all = false } = options;
    assertCanAsk(files, options, io);
    await using table = await connectTable(options, io);
    const manifest = await readManifestFiles(files, io);
    const found = await manifestNamespace(manifest, options, table, io.signal);
    const target = { ...table.target, namespace: found.namespace };
    await using connection = registryIn({ ...table, target }, io);
    const subject = `${fileNames(files)} to ${describeTarget(target)}`;
    const unhandled = notHandled(manifest, target, found);
    const notes = unhandled.map(({ note }) => note);
    const sections = unhandled.map(({ section }) => section);
    if (!manifest.hasResources) {
      if (prune) throw new CommandError(NOTHING_TO_PRUNE_BY);
      const only = sections.length > 0 ? `, only ${sections.join(", ")}` : "";
      const lines = [`Nothing to apply from ${subject}: it has no resources${only}.`];
      return { json: applyReport(dryRun, NO_PLAN, { done: [], failed: [] }, sections), lines, notes };
    }
    const [live, warnings] = await Promise.all([
      readLiveState(connection, manifest.resources.keys(), { withRegistered: prune }, io),
      namespaceWarnings(connection, io.signal),
    ]);
    await printer.note(...warnings);
    const plan = makePlan(manifest.resources, live, { prune, pruneUnmanaged });
    const shown = planLines(plan, subject, { dryRun, all });
    if (dryRun || plan.changes.length === 0) {
      const json = applyReport(dryRun, plan, { done: plan.changes, failed: [] }, sections);
      const isLeft = options.exitCode === true && plan.changes.length > 0;
      return { json, lines: shown, notes, exitCode: isLeft ? EXIT_CODES.drift : EXIT_CODES.done };
    }
    if (!yes) await printer.ask([...shown, ...notes], "Write this?", "Not confirmed: nothing was written.");
    const { done, failed, unchanged } = await applyPlan(connection, plan, io);
    const applied = { ...plan, unchanged };
    const failures = explainFailures(failed, target);
    return {
      json: applyReport(false, applied, { done, failed: failures }, sections),
      // Who was asked has seen the changes.
      lines: [`Applied ${subject}: ${doneSummary(done, applied)}`, ...(yes ? indent(changeLines(done, all)) : [])],
      notes: [...(yes ? notes : []), ...firstOf(failures.map(complaint), all)],
      ...(failures.length > 0 && { exitCode: EXIT_CODES.failed, error: whatIsLeft(failures, plan) }),
    };
  },
});

const NO_PLAN: Plan = { changes: [], unchanged: 0, leftAlone: 0, unmanaged: [] };

function complaint({ resource, action, error }: Failure): Line {
  return styled("failure", `Could not ${action} ${printable(resource)}: ${oneLine(error)}`);
}

function whatIsLeft(failures: readonly Failure[], { changes }: Plan): string {
  return (
    `${count(failures.length, "change")} of ${changes.length.toLocaleString("en-US")} could not be made: remove the ` +
    "cause, then run the same command again; it does only what is left."
  );
}

const NOTHING_TO_PRUNE_BY =
  "The manifest has no resources section, so that --prune would delete every registered resource: write " +
  "resources: {} if that is meant. Nothing was compared or written.";

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

function planLines(plan: Plan, subject: string, { dryRun, all }: { dryRun: boolean; all: boolean }): Line[] {
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
