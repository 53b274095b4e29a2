import { DescribeTableCommand, type DynamoDBClient, type TableDescription } from "@aws-sdk/client-dynamodb";
import {
  audit,
  backfill,
  CursorError,
  DEFAULT_MAX_READ_UNITS_PER_SECOND,
  type PassOptions,
  type PassReport,
  type SavedPass,
} from "@rollcall/maintainer";
import type { RegistryDefinition } from "@rollcall/registry";
import { withTiming } from "@rollcall/registry/internal";
import { hasStrongConsistency, keyDifference, WITHOUT_TRANSACTIONS } from "../connection/table-fit.ts";
import { CommandError } from "../errors.ts";
import { explainError } from "../explain/explain-error.ts";
import { oneLine } from "../terminal/printable.ts";
import { CursorKeeper } from "./cursor-keeper.ts";
import { PassMeter } from "./pass-meter.ts";
import type { PassCommandOptions } from "./pass-options.ts";
import { openPassTarget, type PassCall, type PassTarget } from "./pass-target.ts";

/** A finished pass, and the words for where it went. */
export interface FinishedPass extends Pick<PassTarget, "choice" | "titleOf" | "suggestFor" | "suggestForOne"> {
  reports: PassReport;
}

/** Of a table's provisioned read units, the part that a pass uses unless it is told otherwise. */
const PROVISIONED_SHARE = 1 / 3;

/** Errors that a resumed pass meets as well. */
const FINAL_ERRORS: ReadonlySet<string> = new Set(["ResourceNotFoundException", "ValidationException"]);

/**
 * Runs a pass as a command: shows how far it is, keeps its cursor in a file, and says how to resume when it stops early.
 *
 * @param verb the command's own word, for the line that says how to resume
 */
export async function runPassCommand(
  task: SavedPass["task"],
  verb: string,
  call: PassCall,
  { inspect }: Pick<PassOptions, "inspect"> = {},
): Promise<FinishedPass> {
  const { options, io, printer } = call;
  await using passTarget = await openPassTarget(call);
  const { client, target, choice } = passTarget;
  const { maxRcu, segments } = options;
  await using cursor = await CursorKeeper.open(task, target, { options, choice }, io, printer);
  const table = await describeTable(client, target.tableName, io.signal);
  if (table !== undefined) assertFits(table, call.config === undefined ? undefined : choice.definitions[0]);
  const itemCount = table?.ItemCount;
  const meter = new PassMeter(io, printer, itemCount, cursor.saved && progressOf(cursor.saved));
  try {
    const reports = await { audit, backfill }[task]({
      tableName: target.tableName,
      client,
      registries: choice.definitions,
      scope: choice.scope,
      allScopes: choice.allScopes,
      maxReadUnitsPerSecond: maxRcu ?? defaultReadUnits(table),
      segments,
      inspect,
      signal: io.signal,
      resume: cursor.saved,
      onSave: (pass) => cursor.save(pass),
      onProgress: (progress) => meter.show(progress),
      ...withTiming({ clock: io.clock }),
    });
    await cursor.remove();
    const { titleOf, suggestFor, suggestForOne } = passTarget;
    return { reports, choice, titleOf, suggestFor, suggestForOne };
  } catch (error) {
    await meter.end();
    await cursor.flush().catch((saveError: Error) => printer.note(`Note: ${oneLine(saveError.message)}`));
    if (error instanceof CursorError) {
      throw new CommandError(`${error.message} It is in ${cursor.path}.`, { cause: error });
    }
    if (!cursor.isResumable || (error instanceof Error && FINAL_ERRORS.has(error.name))) throw error;
    const hint = `To resume where it stopped: ${passTarget.suggestFor(`registry ${verb}`, resumeWords(options))}`;
    if (io.signal.aborted) {
      await printer.note(...(io.stderr.isTTY ? [""] : []), hint);
      throw error;
    }
    const explanation = explainError(error, target);
    throw explanation === undefined ? error : new CommandError(`${explanation} ${hint}`, { cause: error });
  } finally {
    await meter.end();
  }
}

/** A table with capacity of its own is not to be emptied of it: a third, as the default is of what a partition serves. */
function defaultReadUnits(table: TableDescription | undefined): number {
  const { ReadCapacityUnits: provisioned = 0 } = table?.ProvisionedThroughput ?? {}; // 0 on demand
  const share = Math.max(1, Math.floor(provisioned * PROVISIONED_SHARE));
  return provisioned > 0 ? Math.min(DEFAULT_MAX_READ_UNITS_PER_SECOND, share) : DEFAULT_MAX_READ_UNITS_PER_SECOND;
}

/** How far a saved pass has come. */
function progressOf({ cursor: { itemsScanned, scanReadUnits }, report }: SavedPass) {
  return { itemsScanned, scanReadUnits, added: report.reduce((sum, { added }) => sum + added.length, 0) };
}

/** The options of the pass itself with which it is resumed. */
function resumeWords({ maxRcu, dryRun, cursor }: PassCommandOptions): string[] {
  return [
    ...(maxRcu === undefined ? [] : ["--max-rcu", String(maxRcu)]),
    ...(dryRun ? ["--dry-run"] : []),
    ...(cursor === undefined ? [] : ["--cursor", cursor]),
    "--resume",
  ];
}

/** What the table is, for the time left and for its keys; a user who may scan it may not always ask. */
async function describeTable(client: DynamoDBClient, TableName: string, abortSignal: AbortSignal) {
  try {
    return (await client.send(new DescribeTableCommand({ TableName }), { abortSignal })).Table;
  } catch (error) {
    if (error instanceof Error && error.name === "AccessDeniedException") return undefined;
    throw error;
  }
}

/** All definitions of one configuration have the same keys. */
function assertFits(table: TableDescription, definition: RegistryDefinition | undefined): void {
  if (hasStrongConsistency(table)) {
    throw new CommandError(`Table ${table.TableName} can have no registry: ${WITHOUT_TRANSACTIONS}.`);
  }
  if (definition === undefined) return;
  const difference = keyDifference(table, definition);
  if (difference === undefined) return;
  throw new CommandError(
    `Registry ${definition.name} does not fit table ${table.TableName}: ${difference}. Change the definition's key, or ` +
      "name another table.",
  );
}
