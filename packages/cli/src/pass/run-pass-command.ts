import { DescribeTableCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { audit, backfill, CursorError, type PassReport } from "@rollcall/maintainer";
import { connectRegistry, describeTarget } from "../connection/connection.ts";
import type { Target } from "../connection/connection-options.ts";
import { CommandError } from "../errors.ts";
import { explainError } from "../explain/explain-error.ts";
import type { Io } from "../terminal/io.ts";
import { write } from "../terminal/output.ts";
import { printable } from "../terminal/printable.ts";
import { CursorFile, defaultCursorPath } from "./cursor-file.ts";
import { PassMeter } from "./pass-meter.ts";
import type { PassCommandOptions } from "./pass-options.ts";

/** A finished pass, and the words for where it went. */
export interface FinishedPass {
  reports: PassReport;
  /** `table limits` or `namespace t1 of table limits`. */
  titleOf(report: PassReport[number]): string;
  /** The options with which another command looks at the same. */
  scopeWords: string;
}

/**
 * Runs a pass as a command: shows how far it is, keeps its cursor in a file, and says how to go on when it stops early.
 *
 * @param verb the command's own word, for its cursor and for the line that says how to go on
 */
export async function runPassCommand(
  task: "audit" | "backfill",
  verb: string,
  options: PassCommandOptions,
  io: Io,
): Promise<FinishedPass> {
  await using connection = connectRegistry(options, io);
  const { client, target } = connection;
  const { allNamespaces = false, maxRcu, segments, resume } = options;
  const namespace = allNamespaces ? undefined : target.namespace;
  const scopeWords = wordsFor(target, options);
  const file = new CursorFile(options.cursor ?? defaultCursorPath(`${verb}-${task}`, target, scopeWords, io.env));
  const saved = resume ? await file.read() : undefined;
  const meter = new PassMeter(io, await readItemCount(client, target.tableName, io.signal));
  try {
    const reports = await { audit, backfill }[task]({
      tableName: target.tableName,
      client,
      namespace,
      allNamespaces,
      maxReadUnitsPerSecond: maxRcu,
      segments,
      signal: io.signal,
      resume: saved,
      onSave: (pass) => file.save(pass),
      onProgress: (progress) => meter.show(progress),
      clock: io.clock,
    });
    await file.remove();
    return {
      reports,
      titleOf: (report) => describeTarget({ ...target, namespace: report.namespace ?? undefined }),
      scopeWords,
    };
  } catch (error) {
    await meter.end();
    if (error instanceof CursorError)
      throw new CommandError(`${error.message} It is in ${file.path}.`, { cause: error });
    const cursorWords = options.cursor === undefined ? "" : ` --cursor ${printable(options.cursor)}`;
    const dryWords = options.dryRun ? " --dry-run" : "";
    const goOn = `rollcall registry ${verb} ${scopeWords} --max-rcu ${maxRcu}${dryWords}${cursorWords} --resume`;
    if (!file.isSaved) throw error;
    if (io.signal.aborted) {
      await write(io.stderr, `${io.stderr.isTTY ? "\n" : ""}To go on where it stopped: ${goOn}\n`);
      throw error;
    }
    const explanation = explainError(error, target);
    if (explanation !== undefined) {
      throw new CommandError(`${explanation} To go on where it stopped: ${goOn}`, { cause: error });
    }
    throw error;
  } finally {
    await meter.end();
  }
}

function wordsFor(
  { tableName, namespace }: Target,
  { allNamespaces, region, endpointUrl }: PassCommandOptions,
): string {
  return [
    `--table ${tableName}`,
    ...(allNamespaces ? ["--all-namespaces"] : []),
    ...(!allNamespaces && namespace !== undefined ? [`--namespace ${printable(namespace)}`] : []),
    ...(region ? [`--region ${region}`] : []),
    ...(endpointUrl ? [`--endpoint-url ${endpointUrl}`] : []),
  ].join(" ");
}

/** How many items the table has, for the time left; whoever may scan it may not always ask. */
async function readItemCount(client: DynamoDBClient, TableName: string, abortSignal: AbortSignal) {
  try {
    return (await client.send(new DescribeTableCommand({ TableName }), { abortSignal })).Table?.ItemCount;
  } catch (error) {
    if (error instanceof Error && error.name === "AccessDeniedException") return undefined;
    throw error;
  }
}
