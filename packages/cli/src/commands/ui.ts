import { resources } from "@rollcall/registry/resources";
import { defineCommand } from "../command-spec.ts";
import { connectTable, type TableConnection } from "../connection/connection.ts";
import { findTable } from "../connection/create-table.ts";
import { keyDifference } from "../connection/table-fit.ts";
import { isLoopback } from "../connection/target.ts";
import { CommandError } from "../errors.ts";
import { configOption, tableOptions } from "../options/connection-options.ts";
import { flag } from "../options/option.ts";
import { yesOption } from "../options/write-options.ts";
import { servePage } from "../page/serve-page.ts";
import { uiPortOption } from "../page/ui-port-option.ts";
import { isInteractive } from "../terminal/confirm.ts";
import { untilEnding } from "../terminal/ending.ts";
import type { Io } from "../terminal/io.ts";

/** `rollcall ui` */
export const ui = defineCommand({
  name: "ui",
  summary: "look at a table's registries in the browser",
  description:
    "Serves a page on 127.0.0.1 that shows the configuration's registries in any table: how full they are, their names " +
    "and items, and audits. It only reads, unless --write allows it to repair a name. Ctrl-C stops it.",
  options: {
    write: flag("--write", "allow repairs from the page"),
    yes: yesOption,
    uiPort: uiPortOption,
    ...tableOptions,
    config: configOption,
  },
  findsNamespace: true,
  json: '{ "event": "ready", "url": "http://127.0.0.1:8421/", "table": "limits", "writable": false }',
  details: [
    "The page answers to its own address alone, and writes need a token that it is served with. It reads as it is\n" +
      "used: the registries it shows, a name's item, and the table once for every audit that is started there.",
  ],
  examples: ["rollcall ui --table limits", "rollcall ui --table limits --write --ui-port 9000"],
  async run({ options, io, printer, config }) {
    const registries = config?.registries ?? [resources];
    await using connection = await connectTable(options, io);
    const { client, target } = connection;
    const table = await findTable(client, target.tableName, io);
    if (table === undefined)
      throw new CommandError(`There is no table ${target.tableName} here: name one with --table.`);
    const difference = keyDifference(table, registries[0] ?? resources);
    if (difference !== undefined) throw new CommandError(`Table ${target.tableName} does not fit: ${difference}.`);
    const isWritable = options.write === true;
    if (isWritable && !options.yes) await askToWrite(connection, io, printer.ask.bind(printer));
    const place = await placeOf(connection);
    await using page = await servePage({
      target,
      client,
      registries,
      place,
      port: options.uiPort,
      isLive: false,
      isWritable,
    });
    const { tableName } = target;
    await printer.update({
      json: { event: "ready", url: page.url, table: tableName, writable: isWritable },
      lines: [
        `Page: ${page.url}  (table ${tableName}, ${isWritable ? "read and repair" : "read-only"}; Ctrl-C stops it)`,
      ],
    });
    await untilEnding(io.signal);
    return undefined;
  },
});

/** A table that is not on this machine is asked about first. */
async function askToWrite(
  { target }: TableConnection,
  io: Io,
  ask: (...words: [string[], string, string]) => Promise<void>,
) {
  if (target.endpoint !== undefined && isLoopback(target.endpoint)) return;
  const { tableName } = target;
  if (!isInteractive(io)) {
    throw new CommandError(
      `Table ${tableName} is not on this machine: allow repairs from the page with --write --yes.`,
    );
  }
  await ask(
    [],
    `Allow repairs of table ${tableName} from the page?`,
    "Nothing was started. Leave out --write to only read.",
  );
}

async function placeOf({ client, target }: TableConnection): Promise<string> {
  return target.endpoint ?? (await client.config.region());
}
