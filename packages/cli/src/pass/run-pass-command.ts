import { DescribeTableCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { audit, backfill, CursorError, type PassReport, type SavedPass } from "@rollcall/maintainer";
import { withTiming } from "@rollcall/registry/internal";
import { connectRegistry, describeTarget } from "../connection/connection.ts";
import { CommandError } from "../errors.ts";
import { explainError } from "../explain/explain-error.ts";
import { suggest } from "../explain/suggest.ts";
import type { Io } from "../terminal/io.ts";
import { oneLine } from "../terminal/printable.ts";
import type { Printer } from "../terminal/printer.ts";
import { CursorKeeper } from "./cursor-keeper.ts";
import { PassMeter } from "./pass-meter.ts";
import type { PassCommandOptions } from "./pass-options.ts";

/** A finished pass, and the words for where it went. */
export interface FinishedPass {
  reports: PassReport;
  /** `table limits` or `namespace t1 of table limits`. */
  titleOf(report: PassReport[number]): string;
  /** Another command about the same registries, to copy. */
  suggestFor(command: string): string;
  /** Another command about the registry of one report. */
  suggestForOne(report: PassReport[number], command: string, options: readonly string[]): string;
}

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
  options: PassCommandOptions,
  io: Io,
  printer: Printer,
): Promise<FinishedPass> {
  await using connection = connectRegistry(options, io);
  const { client, target } = connection;
  const { allNamespaces = false, maxRcu, segments } = options;
  const scope = allNamespaces ? undefined : target.namespace;
  await using cursor = await CursorKeeper.open(task, target, options, io, printer);
  const itemCount = await readItemCount(client, target.tableName, io.signal);
  const meter = new PassMeter(io, printer, itemCount, cursor.saved && progressOf(cursor.saved));
  try {
    const reports = await { audit, backfill }[task]({
      tableName: target.tableName,
      client,
      scope,
      allScopes: allNamespaces,
      maxReadUnitsPerSecond: maxRcu,
      segments,
      signal: io.signal,
      resume: cursor.saved,
      onSave: (pass) => cursor.save(pass),
      onProgress: (progress) => meter.show(progress),
      ...withTiming({ clock: io.clock }),
    });
    await cursor.remove();
    return {
      reports,
      titleOf: (report) => describeTarget({ ...target, namespace: report.scope ?? undefined }),
      suggestFor: (command) => suggest(command, target, allNamespaces ? ["--all-namespaces"] : []),
      suggestForOne: ({ scope }, command, words) =>
        suggest(command, { ...target, namespace: scope ?? undefined }, words),
    };
  } catch (error) {
    await meter.end();
    await cursor.flush().catch((saveError: Error) => printer.note(`Note: ${oneLine(saveError.message)}`));
    if (error instanceof CursorError) {
      throw new CommandError(`${error.message} It is in ${cursor.path}.`, { cause: error });
    }
    if (!cursor.isResumable || (error instanceof Error && FINAL_ERRORS.has(error.name))) throw error;
    const hint = `To resume where it stopped: ${suggest(`registry ${verb}`, target, resumeWords(options))}`;
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

/** How far a saved pass has come. */
function progressOf({ cursor: { itemsScanned, scanReadUnits }, report }: SavedPass) {
  return { itemsScanned, scanReadUnits, added: report.reduce((sum, { added }) => sum + added.length, 0) };
}

/** The options of the pass itself with which it is resumed. */
function resumeWords({ allNamespaces, maxRcu, dryRun, cursor }: PassCommandOptions): string[] {
  return [
    ...(allNamespaces ? ["--all-namespaces"] : []),
    ...["--max-rcu", String(maxRcu)],
    ...(dryRun ? ["--dry-run"] : []),
    ...(cursor === undefined ? [] : ["--cursor", cursor]),
    "--resume",
  ];
}

/** How many items the table has, for the time left; a user who may scan it may not always ask. */
async function readItemCount(client: DynamoDBClient, TableName: string, abortSignal: AbortSignal) {
  try {
    return (await client.send(new DescribeTableCommand({ TableName }), { abortSignal })).Table?.ItemCount;
  } catch (error) {
    if (error instanceof Error && error.name === "AccessDeniedException") return undefined;
    throw error;
  }
}
