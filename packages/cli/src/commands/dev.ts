import { ENGINE_NAMES, type EngineName } from "@rollcall/local";
import { InvalidArgumentError } from "commander";
import { defineCommand } from "../command-spec.ts";
import { resolveTarget } from "../connection/target.ts";
import type { DevEvent } from "../dev/dev-event.ts";
import { devLines } from "../dev/dev-lines.ts";
import { runDevLoop } from "../dev/dev-loop.ts";
import { explainLocalError } from "../dev/explain-local-error.ts";
import { DEFAULT_PORT } from "../dev/local-engine.ts";
import { watchReader } from "../dev/reader-watch.ts";
import { UsageError } from "../errors.ts";
import { flag, option, text } from "../options/option.ts";

const DEFAULT_TABLE = "rollcall";
const MAX_PORT = 65_535;
/** Columns of lines where there is no terminal. */
const DEFAULT_COLUMNS = 80;

/** `rollcall dev` */
export const dev = defineCommand({
  name: "dev",
  summary: "run everything on this machine, without AWS",
  description:
    "Runs a DynamoDB engine, the table, its stream's event source mapping and the maintainer on this machine, and shows " +
    "every batch and every repair. Takes the maintainer's code into use once more when it changes. Ctrl-C stops everything.",
  options: {
    table: option<string>("--table <name>", "name of the table", (each) => each.default(DEFAULT_TABLE)),
    port: option<number | undefined>(
      "--port <number>",
      `port of the engine, on 127.0.0.1 (default: ${DEFAULT_PORT}, or the next free one)`,
      (each) => each.argParser(parsePort),
    ),
    engine: option<"auto" | EngineName>("--engine <name>", "which engine to run", (each) =>
      each.choices(["auto", ...ENGINE_NAMES]).default("auto"),
    ),
    dbPath: text("--db-path <directory>", "where to keep the table (default: in memory, gone in the end)"),
    drift: flag("--drift", "break registries at random, to watch them heal"),
  },
  json: '{ "event": "ready", "endpoint": "http://127.0.0.1:8000", "table": "rollcall", … }',
  details: [
    "With --json each line is one object; the first is the one below, the others have the events\n" +
      "batch, repair, drift, reload, stream, problem and, in the end, stopped.",
    "The AWS CLI refuses to read shards whose ids have fewer than 28 characters; dynoxide ends them with the\n" +
      "table's name, which needs 11 characters for that: rollcall has 8.",
  ],
  examples: ["rollcall dev", "rollcall dev --drift", "rollcall dev --port 8000 --db-path ./data"],
  async run({ options, io, printer }) {
    const { table, engine, port, dbPath, drift = false } = options;
    if (table.startsWith("arn:")) throw new UsageError("--table takes a name here: the table is on this machine.");
    const { given } = resolveTarget({ table }, io.env);
    const place = { program: given.program, columns: io.stdout.columns ?? DEFAULT_COLUMNS };
    const tell = (event: DevEvent): void => {
      void printer.update({ json: event, lines: devLines(event, place) });
    };
    const unwatch = watchReader(io, () => tell({ event: "stopped" })); // which is how it ends
    try {
      await runDevLoop({ table, engine, port, dbPath, drift, program: given.program }, tell, io);
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

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port <= MAX_PORT) return port;
  throw new InvalidArgumentError(`Give a number from 1 to ${MAX_PORT}.`);
}
