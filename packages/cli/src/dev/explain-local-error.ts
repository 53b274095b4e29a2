import { EngineError, EventSourceMappingError, InvalidEngineOptionError, PortInUseError } from "@rollcall/local";
import { CommandError } from "../errors.ts";

/** What the command line calls the engine's options. */
const OPTION_NAMES: Readonly<Record<string, string>> = { dbPath: "--db-path", port: "--port", engine: "--engine" };

/** An error of an engine or of the mapping, in the words of the command line. Any other is returned as it is. */
export function explainLocalError(error: unknown): unknown {
  if (error instanceof PortInUseError) {
    const message = `--port ${error.port} is in use by another program: end that one, or leave --port out for a free one.`;
    return new CommandError(message, { cause: error });
  }
  if (error instanceof InvalidEngineOptionError) {
    const problem = error.message.replace(/^Invalid option \w+: /, "");
    const option = OPTION_NAMES[error.option] ?? error.option;
    return new CommandError(`${option} cannot be used: ${problem}`, { cause: error });
  }
  if (error instanceof EngineError || error instanceof EventSourceMappingError) {
    return new CommandError(error.message, { cause: error });
  }
  return error;
}
