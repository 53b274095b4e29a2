import { readSweepState } from "@rollcall/maintainer";
import type { RegistryDefinition } from "@rollcall/registry";
import { defineCommand } from "../command-spec.ts";
import { type Choice, chooseRegistry, describeRegistry } from "../config/choose-registries.ts";
import { connectDefined, connectRegistry, describeTarget } from "../connection/connection.ts";
import { anyRegistryOptions, type ConnectionOptions } from "../options/connection-options.ts";
import { flag } from "../options/option.ts";
import { consistentOption } from "../options/read-options.ts";
import { type StatusReport, statusLine, statusReport, statusRows } from "../pass/status-report.ts";
import { WATCH_INTERVAL_MS, watch } from "../pass/watch.ts";
import { fold } from "../terminal/fold.ts";
import type { Io } from "../terminal/io.ts";
import { alignColumns, indent } from "../terminal/output.ts";

/** Columns before the texts of the rows, where a terminal is too narrow for one of them. */
const HANGING = 21;

/** `rollcall registry status` */
export const registryStatus = defineCommand({
  name: "registry status",
  summary: "show how large the registry is and what it costs",
  description:
    "Shows how many names the registry holds, how near it is to DynamoDB's item limit, what calls cost, and what the " +
    "last sweep of the table found.",
  options: {
    consistent: consistentOption,
    watch: flag("--watch", `show it every ${WATCH_INTERVAL_MS / 1_000} seconds, until Ctrl-C`),
    ...anyRegistryOptions,
  },
  json:
    '{ "names", "malformed", "bytes", "limitBytes", "limitShare", "nearLimit",\n' +
    '    "setWriteUnits", "groupedWriteUnits", "updateWriteUnits", "listReadUnits", "headroomNames",\n' +
    '    "lastSweep": { "startedAt", "completedAt", "missing", "orphaned", "repaired", "unrepaired" } }',
  details: [
    "headroomNames is null for a registry without names, lastSweep where none has ended. With --json and\n" +
      "--watch, each line is one such document. Of a configuration's registry it also names registry and scope, and\n" +
      "its shards; then all but those is said of the fullest one.",
  ],
  examples: ["rollcall registry status --table limits", "rollcall registry status --table limits --watch"],
  async run({ options, io, printer, config }) {
    const choice = chooseRegistry(config, options, io);
    await using source = await (choice.isResources
      ? ofResources(choice, options, io)
      : ofDefinition(choice, options, io));
    const { title } = source;
    const read = () => source.read(options.consistent, io.signal);
    const { columns } = io.stdout;
    const linesOf = (report: StatusReport) =>
      [title, ...indent(alignColumns(statusRows(report, Date.now())))].flatMap((line) =>
        columns === undefined ? line : fold(line, columns, HANGING),
      );
    if (options.watch) {
      const look = async () => {
        const report = await read();
        const lines = printer.redraws ? [...linesOf(report), ...notesOf(report)] : [statusLine(report, new Date())];
        return { json: report, lines, redraw: true };
      };
      await watch(look, printer, io);
      return undefined;
    }
    const report = await read();
    return { json: report, lines: linesOf(report), notes: notesOf(report) };
  },
});

const NEAR_LIMIT =
  "Warning: the registry is near DynamoDB's item limit; when it is full, it takes no new names. Delete defaults that " +
  "are no longer used, or move some to another namespace.";

function notesOf(report: StatusReport): string[] {
  return report.nearLimit ? [NEAR_LIMIT] : [];
}

/** Where a status comes from, and what it is of. */
interface StatusSource extends AsyncDisposable {
  readonly title: string;
  read(consistentRead: boolean | undefined, signal: AbortSignal): Promise<StatusReport>;
}

type Chosen = Choice & { readonly definition: RegistryDefinition };

async function ofResources({ definition, scope }: Chosen, options: ConnectionOptions, io: Io): Promise<StatusSource> {
  const connection = await connectRegistry({ ...options, namespace: scope }, io);
  const { client, registry, target } = connection;
  return {
    title: `Registry of ${describeTarget(target)}`,
    async read(consistentRead, signal) {
      const [status, sweeps] = await Promise.all([
        registry.registryStatus({ consistentRead, signal }),
        readSweepState({ client, tableName: target.tableName }, signal),
      ]);
      return statusReport(status, { definition, scope }, sweeps);
    },
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}

async function ofDefinition({ definition, scope }: Chosen, options: ConnectionOptions, io: Io): Promise<StatusSource> {
  const connection = await connectDefined(options, io, { definition, scope });
  const { client, registry, target } = connection;
  const { name, key } = definition;
  return {
    title: `The ${describeRegistry(name, scope, target.tableName)}`,
    async read(consistentRead, signal) {
      const [status, sweeps] = await Promise.all([
        registry.status({ consistentRead, signal }),
        readSweepState({ client, tableName: target.tableName, key }, signal),
      ]);
      return { registry: name, scope: scope ?? null, ...statusReport(status, { definition, scope }, sweeps) };
    },
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}
