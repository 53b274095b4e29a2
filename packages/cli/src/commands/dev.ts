import { ENGINE_NAMES, EngineError, type EngineName } from "@rollcall/local";
import { InvalidArgumentError } from "commander";
import { defineCommand } from "../command-spec.ts";
import { type DevEvent, formatDevEvent } from "../dev/dev-event.ts";
import { runDevLoop } from "../dev/dev-loop.ts";
import { CommandError } from "../errors.ts";
import { flag, option, text } from "../options/option.ts";

const DEFAULT_TABLE = "rollcall";
const MAX_PORT = 65_535;

/** `rollcall dev` */
export const dev = defineCommand({
  name: "dev",
  summary: "run everything on this machine, without AWS",
  description:
    "Runs a DynamoDB engine, the table, its stream's event source mapping and the maintainer on this machine, and shows " +
    "every batch and every repair. Takes the maintainer's code into use again when it changes. Ctrl-C stops everything.",
  options: {
    table: option<string>("--table <name>", "name of the table", (each) => each.default(DEFAULT_TABLE)),
    port: option<number | undefined>(
      "--port <number>",
      "port of the engine, on 127.0.0.1 (default: a free one)",
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
      "batch, repair, drift, reload, problem and, in the end, stopped.",
  ],
  examples: ["rollcall dev", "rollcall dev --drift", "rollcall dev --port 8000 --db-path ./data"],
  async run({ options, io, printer }) {
    const { table, engine, port, dbPath, drift = false } = options;
    const emit = (event: DevEvent): void => {
      void printer.update({ json: event, lines: [formatDevEvent(event), ...whatToTry(event)] });
    };
    try {
      await runDevLoop({ table, engine, port, dbPath, drift }, emit, io);
    } catch (error) {
      if (io.signal.aborted) return undefined;
      throw error instanceof EngineError ? new CommandError(error.message, { cause: error }) : error;
    }
    emit({ event: "stopped" });
    return undefined;
  },
});

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port <= MAX_PORT) return port;
  throw new InvalidArgumentError(`Give a number from 1 to ${MAX_PORT}.`);
}

function whatToTry(event: DevEvent): string[] {
  if (event.event !== "ready") return [];
  return [
    "",
    "In another terminal:",
    `  export ROLLCALL_TABLE=${event.table} AWS_ENDPOINT_URL_DYNAMODB=${event.endpoint}`,
    "  rollcall resource set gpt-4 -l rpm:500",
    "  rollcall resource list",
    "Any other client of DynamoDB works too: what it breaks is repaired here. Ctrl-C stops everything.",
    "",
  ];
}
