import { ENGINE_NAMES, type EngineName } from "@rollcall/local";
import { resources } from "@rollcall/registry/resources";
import { defineCommand } from "../command-spec.ts";
import { resolveTarget, type Target } from "../connection/target.ts";
import type { DevEvent } from "../dev/dev-event.ts";
import { devLines } from "../dev/dev-lines.ts";
import { runDevLoop } from "../dev/dev-loop.ts";
import { explainLocalError } from "../dev/explain-local-error.ts";
import { DEFAULT_PORT } from "../dev/local-engine.ts";
import { watchReader } from "../dev/reader-watch.ts";
import { UsageError } from "../errors.ts";
import { configOption } from "../options/connection-options.ts";
import { flag, option, text } from "../options/option.ts";
import { parsePort, uiPortOption } from "../page/ui-port-option.ts";
import type { Io } from "../terminal/io.ts";

const DEFAULT_TABLE = "rollcall";
/** Columns of lines where there is no terminal. */
const DEFAULT_COLUMNS = 80;

/** `rollcall dev` */
export const dev = defineCommand({
  name: "dev",
  summary: "run everything on this machine, without AWS",
  description:
    "Runs a DynamoDB engine, the table, its stream's event source mapping and the maintainer of the configuration's " +
    "registries on this machine, and shows every batch and every repair, here and on a page. Takes the maintainer's code into use once more when it changes. Ctrl-C stops everything.",
  options: {
    table: text(
      "--table <name>",
      `name of the table (env: ROLLCALL_TABLE; default: the configuration's, or ${DEFAULT_TABLE})`,
    ),
    config: configOption,
    port: option<number | undefined>(
      "--port <number>",
      `port of the engine, on 127.0.0.1 (default: ${DEFAULT_PORT}, or the next free one)`,
      (each) => each.argParser(parsePort),
    ),
    engine: option<"auto" | EngineName>("--engine <name>", "which engine to run", (each) =>
      each.choices(["auto", ...ENGINE_NAMES]).default("auto"),
    ),
    dbPath: text("--db-path <directory>", "where to keep the table (default: in memory, gone in the end)"),
    ui: option<boolean>("--no-ui", "serve no page", (each) => each),
    uiPort: uiPortOption,
    drift: flag("--drift", "break registries at random, to watch them heal"),
  },
  json: '{ "event": "ready", "endpoint": "http://127.0.0.1:8000", "table": "rollcall", "registries": ["resources"],\n    "ui": "http://127.0.0.1:8421/" }',
  details: [
    "With --json each line is one object; the first is the one below, the others have the events\n" +
      "batch, repair, drift, reload, stream, problem and, in the end, stopped.",
    "The AWS CLI refuses to read shards whose ids have fewer than 28 characters; dynoxide ends them with the\n" +
      "table's name, which needs 11 characters for that: rollcall has 8.",
  ],
  examples: ["rollcall dev", "rollcall dev --drift", "rollcall dev --port 8000 --db-path ./data"],
  async run({ options, io, printer, config }) {
    const { engine, port, dbPath, drift = false } = options;
    const ui = options.ui ? { port: options.uiPort } : undefined;
    const { tableName: table, given } = localTable(options.table, config?.table, io.env);
    const registries = config?.registries ?? [resources];
    const words = {
      program: given.program,
      configWords: config && (options.config === undefined ? [] : ["--config", options.config]),
    };
    const place = { registries, words, columns: io.stdout.columns ?? DEFAULT_COLUMNS };
    const tell = (event: DevEvent): void => {
      void printer.update({ json: event, lines: devLines(event, place) });
    };
    const unwatch = watchReader(io, () => tell({ event: "stopped" })); // which is how it ends
    try {
      await runDevLoop({ table, registries, engine, port, dbPath, drift, words, ui }, tell, io);
    } catch (error) {
      if (io.signal.aborted) return undefined;
      throw explainLocalError(error);
    } finally {
      unwatch();
    }
    tell({ event: "stopped" });
    return undefined;
  },
});

/** A table of the configuration may be an ARN: then the one on this machine has its name. */
function localTable(table: string | undefined, ofConfig: string | undefined, env: Io["env"]): Target {
  const named = table !== undefined && table === ofConfig ? table.replace(/^arn:.*[:/]/, "") : table;
  const target = resolveTarget({ table: named || env.ROLLCALL_TABLE || DEFAULT_TABLE }, env);
  if (!target.tableName.startsWith("arn:")) return target;
  throw new UsageError("--table takes a name here: the table is on this machine.");
}
