import { type PassReport, purgeLeftovers, type RegistryReport, restoreIndexKeys } from "@rollcall/maintainer";
import { withTiming } from "@rollcall/registry/internal";
import { resources } from "@rollcall/registry/resources";
import type { CommandCall } from "../command-spec.ts";
import { UsageError } from "../errors.ts";
import { isInteractive } from "../terminal/confirm.ts";
import type { Line } from "../terminal/line.ts";
import { count } from "../terminal/output.ts";
import { openPassTarget, type PassCall } from "./pass-target.ts";
import { leftoverLines } from "./report-lines.ts";

/** Options of a command that can delete what a purge left. */
interface PurgingOptions {
  readonly purgeLeftovers?: boolean | undefined;
  readonly yes?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  readonly all?: boolean | undefined;
}

type PurgingCall = PassCall & Pick<CommandCall<PurgingOptions>, "options">;

/** Refuses a deletion that could not be asked for, before anything is read. */
export function assertMayPurge({ options, io }: PurgingCall): void {
  const { purgeLeftovers: isAsked = false, yes = false, dryRun = false } = options;
  if (yes && !isAsked) throw new UsageError("--yes answers the question of --purge-leftovers: pass both, or neither.");
  if (isAsked && !yes && !dryRun && !isInteractive(io)) {
    throw new UsageError("There is no terminal to ask on: pass --yes to delete leftovers without being asked.");
  }
}

/**
 * Asks, and deletes what a purge left. Resolves to what is to be said, and to the names by namespace.
 *
 * @throws CommandError where the answer is no
 */
export async function purgeReported(
  reports: PassReport,
  call: PurgingCall,
): Promise<{ purgedIn: (report: RegistryReport) => string[]; notes: string[] }> {
  const { options, io, printer } = call;
  const found = reports.filter(({ registry, leftovers }) => registry === resources.name && leftovers.length > 0);
  const purged = new Map<RegistryReport, string[]>();
  const purgedIn = (report: RegistryReport): string[] => purged.get(report) ?? [];
  if (found.length === 0) return { purgedIn, notes: ["No leftovers of a purge."] };
  await using passTarget = await openPassTarget(call);
  const { client, target } = passTarget;
  if (!options.yes) {
    const lines: Line[] = found.flatMap((report) => [
      `${passTarget.titleOf(report)}: the limiter's directory does not have it`,
      ...leftoverLines(report, options.all === true),
    ]);
    await printer.ask(lines, "Delete these defaults permanently?", "Not confirmed: no leftover was deleted.");
  }
  const notes: string[] = [];
  for (const report of found) {
    const { scope, leftovers: names } = report;
    const outcome = await purgeLeftovers({
      tableName: target.tableName,
      client,
      namespace: scope ?? "",
      names,
      signal: io.signal,
      ...withTiming({ clock: io.clock }),
    });
    const deleted = outcome.kind === "purged" ? names.length : outcome.deleted;
    purged.set(report, names.slice(0, deleted));
    const rest = outcome.kind === "purged" ? "" : "; the directory has it again, so the others stay";
    notes.push(`${passTarget.titleOf(report)}: deleted ${count(deleted, "leftover")} of a purge${rest}`);
  }
  return { purgedIn, notes };
}

/** Restores the index keys that defaults were found to lack, but for those that a purge left. */
export async function restoreReported(
  reports: PassReport,
  call: PassCall,
): Promise<{ indexedIn: (report: RegistryReport) => string[]; notes: string[] }> {
  const indexed = new Map<RegistryReport, string[]>();
  await using passTarget = await openPassTarget(call);
  const { client, target } = passTarget;
  const notes: string[] = [];
  for (const report of reports) {
    const { scope, flaws, leftovers } = report;
    const names = [...new Set(flaws?.unindexed).difference(new Set(leftovers))];
    if (scope === null || names.length === 0) continue;
    const restored = await restoreIndexKeys({
      tableName: target.tableName,
      client,
      namespace: scope,
      names,
      signal: call.io.signal,
      ...withTiming({ clock: call.io.clock }),
    });
    indexed.set(report, restored);
    notes.push(`${passTarget.titleOf(report)}: restored the index keys of ${count(restored.length, "default")}`);
  }
  return {
    indexedIn: (report) => indexed.get(report) ?? [],
    notes: notes.length > 0 ? notes : ["No default lacks index keys."],
  };
}
