import { ENGINE_NAMES, EngineError, type EngineName } from "@rollcall/local";
import { InvalidArgumentError, Option } from "commander";
import { defineCommand } from "../command-spec.ts";
import { type DevEvent, formatDevEvent } from "../dev/dev-event.ts";
import { runDevLoop } from "../dev/dev-loop.ts";
import { CommandError } from "../errors.ts";
import { write } from "../terminal/output.ts";

interface DevOptions {
  table: string;
  engine: "auto" | EngineName;
  port?: number;
  dbPath?: string;
  drift?: true;
  json?: true;
}

const DEFAULT_TABLE = "rollcall";
const MAX_PORT = 65_535;

/** `rollcall dev` */
export const dev = defineCommand<DevOptions>({
  name: "dev",
  summary: "run everything on this machine, without AWS",
  description:
    "Runs a DynamoDB engine, the table, its stream's event source mapping and the maintainer on this machine, and shows " +
    "every batch and every repair. Takes the maintainer's code into use again when it changes. Ctrl-C stops everything.",
  options: [
    new Option("--table <name>", "name of the table").default(DEFAULT_TABLE),
    new Option("--port <number>", "port of the engine, on 127.0.0.1 (default: a free one)").argParser(parsePort),
    new Option("--engine <name>", "which engine to run").choices(["auto", ...ENGINE_NAMES]).default("auto"),
    new Option("--db-path <directory>", "where to keep the table (default: in memory, gone in the end)"),
    new Option("--drift", "break registries at random, to watch them heal"),
  ],
  json: '{ "event": "ready", "endpoint": "http://127.0.0.1:8000", "table": "rollcall", … }',
  details: [
    "With --json each line is one object; the first is the one below, the others have the events\n" +
      "batch, repair, drift, reload, problem and, in the end, stopped.",
  ],
  examples: ["rollcall dev", "rollcall dev --drift", "rollcall dev --port 8000 --db-path ./data"],
  async run({ options, io }) {
    const { table, engine, port, dbPath, drift = false, json } = options;
    const emit = (event: DevEvent): void => {
      const lines = json ? [JSON.stringify(event)] : [formatDevEvent(event), ...whatToTry(event)];
      void write(io.stdout, lines.map((line) => `${line}\n`).join(""));
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
