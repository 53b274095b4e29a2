import { CommanderError } from "commander";
import type { CommandSpec, Invocation } from "./command-spec.ts";
import { commands } from "./commands.ts";
import { knownTarget } from "./connection/connection-options.ts";
import { CommandError, UsageError } from "./errors.ts";
import { EXIT_CODES } from "./exit-codes.ts";
import { explainError } from "./explain/explain-error.ts";
import { createProgram, type RunCommand } from "./program.ts";
import type { Io } from "./terminal/io.ts";
import { write } from "./terminal/output.ts";
import { oneLine } from "./terminal/printable.ts";

/**
 * Runs one command line and resolves to its exit code. Never rejects, and never ends the process.
 *
 * @param argv the words after the program's name
 *
 * @example
 * ```ts
 * import { main, processIo } from "@rollcall/cli";
 *
 * process.exitCode = await main(["resource", "list", "--table", "limits"], processIo(AbortSignal.timeout(10_000)));
 * ```
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  try {
    const words = argv.length === 0 ? ["--help"] : argv;
    let exitCode: number = EXIT_CODES.done;
    const run: RunCommand = async (spec, invocation) => {
      exitCode = await runCommand(spec, invocation);
    };
    await createProgram(commands, io, run).parseAsync(words, { from: "user" });
    return exitCode;
  } catch (error) {
    return report(error, io);
  }
}

/** Runs a command, prints what it found or did, and resolves to its exit code. */
async function runCommand(spec: CommandSpec, invocation: Invocation): Promise<number> {
  const { options, io } = invocation;
  const json = "json" in options;
  try {
    const result = await spec.run(invocation);
    if (result === undefined) return EXIT_CODES.done;
    const lines = json ? [JSON.stringify(result.json, null, 2)] : result.lines;
    if (!json) for (const note of result.notes ?? []) await write(io.stderr, `${note}\n`);
    await write(io.stdout, lines.map((line) => `${line}\n`).join(""));
    if (result.error !== undefined) await write(io.stderr, `Error: ${oneLine(result.error)}\n`);
    return result.exitCode ?? EXIT_CODES.done;
  } catch (error) {
    if (error instanceof UsageError || io.signal.aborted) throw error;
    const explanation = explainError(error, knownTarget(options, io.env));
    throw explanation === undefined ? error : new CommandError(explanation, { cause: error });
  }
}

/** Says on stderr what went wrong, and resolves to the exit code. */
async function report(error: unknown, io: Io): Promise<number> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.done : EXIT_CODES.usage; // it has spoken
  if (io.signal.aborted) {
    await write(io.stderr, io.stderr.isTTY ? "\nInterrupted.\n" : "Interrupted.\n"); // below "^C" and a question
    return EXIT_CODES.interrupted;
  }
  if (error instanceof CommandError) {
    await write(io.stderr, `Error: ${oneLine(error.message)}\n`);
  } else {
    const stack = error instanceof Error ? error.stack : String(error);
    await write(
      io.stderr,
      `${stack}\nThis is a fault in rollcall, not in what you did: please report it with these lines.\n`,
    );
  }
  return EXIT_CODES.failed;
}
