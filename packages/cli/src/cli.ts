import { CommanderError } from "commander";
import type { CommandCall, CommandSpec } from "./command-spec.ts";
import { COMMANDS, commandsOf, loadCommands } from "./commands.ts";
import { withConfig } from "./config/with-config.ts";
import { credentialNotice } from "./connection/credential-notice.ts";
import { knownTarget, programOf } from "./connection/target.ts";
import { CommandError, UsageError } from "./errors.ts";
import { EXIT_CODES } from "./exit-codes.ts";
import type { ConnectionOptions } from "./options/connection-options.ts";
import { explainMisplacedOptions } from "./options/misplaced-options.ts";
import { createProgram, type RunCommand } from "./program.ts";
import { endingOf } from "./terminal/ending.ts";
import type { Io } from "./terminal/io.ts";
import { styled } from "./terminal/line.ts";
import { ReaderGoneError } from "./terminal/output.ts";
import { oneLine } from "./terminal/printable.ts";
import { Printer } from "./terminal/printer.ts";
import type { Result } from "./terminal/result.ts";

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
  const readerGone = new AbortController();
  const onReaderGone = () => readerGone.abort(new ReaderGoneError("The reader of the output has gone."));
  const ownIo: Io = { ...io, signal: AbortSignal.any([io.signal, readerGone.signal]) };
  let exitCode: number = EXIT_CODES.done;
  const run: RunCommand = async (spec, { args, options, json }) => {
    const printer = new Printer(ownIo, json, onReaderGone);
    exitCode = await runCommand(spec, { args, options, io: ownIo, printer });
  };
  try {
    const words = argv.length === 0 ? ["--help"] : argv;
    const program = createProgram({ entries: COMMANDS, loaded: await loadCommands(commandsOf(words)) }, io, run);
    const names = COMMANDS.map(({ name }) => name);
    const misplaced = explainMisplacedOptions(words, names, programOf(io.env));
    if (misplaced !== undefined) program.error(`Error: ${oneLine(misplaced)}`);
    await program.parseAsync(words, { from: "user" });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error; // a fault in `runCommand`, which catches all others
    return error.exitCode === 0 ? EXIT_CODES.done : EXIT_CODES.usage; // it has spoken
  }
}

/**
 * Runs a command, prints what it found or did, or what went wrong, and resolves to its exit code.
 *
 * @throws UsageError when the command line is wrong after all
 */
async function runCommand(spec: CommandSpec, given: CommandCall): Promise<number> {
  const { io, printer } = given;
  let invocation = given;
  try {
    invocation = await withConfig(spec, given);
    await noteCredentials(spec, invocation);
    invocation = await withNamespaceId(invocation);
    const result = await runAndWarn(spec, invocation);
    if (result !== undefined) return await printResult(result, printer);
    // It ran on until it was told to end.
    if (isReaderGone(io)) return EXIT_CODES.done;
    return io.signal.aborted ? endingOf(io.signal).exitCode : EXIT_CODES.done;
  } catch (error) {
    if (isReaderGone(io)) return isUndone(spec, given.options) ? EXIT_CODES.failed : EXIT_CODES.done;
    if (io.signal.aborted) {
      const { message, exitCode } = endingOf(io.signal);
      await printer.note(...(io.stderr.isTTY ? ["", message] : [message])); // below "^C" and a question
      return exitCode;
    }
    return report(error, knownTarget(invocation.options as ConnectionOptions, io.env), printer);
  }
}

/** What is wrong with the keys is said before a question, and otherwise when the command has shown that it can read. */
async function runAndWarn(spec: CommandSpec, invocation: CommandCall): Promise<Result | undefined> {
  const { stdin, signal } = invocation.io;
  if (stdin.isTTY) await warnOfNamespace(spec, invocation);
  try {
    const result = await spec.run(invocation);
    if (!stdin.isTTY && !signal.aborted) await warnOfNamespace(spec, invocation);
    return result;
  } catch (error) {
    if (!stdin.isTTY && error instanceof CommandError && !signal.aborted) await warnOfNamespace(spec, invocation);
    throw error;
  }
}

/** A call with the id of the namespace that was given by its name; what finds it is loaded only then. */
async function withNamespaceId(invocation: CommandCall): Promise<CommandCall> {
  if (invocation.options.namespaceName === undefined) return invocation;
  const { withNamespace } = await import("./connection/with-namespace.ts");
  return await withNamespace(invocation);
}

async function warnOfNamespace(spec: CommandSpec, invocation: CommandCall): Promise<void> {
  if (!("namespaceName" in spec.options)) return;
  const { warnOfKeys } = await import("./connection/with-namespace.ts");
  await warnOfKeys(spec, invocation);
}

async function noteCredentials(spec: CommandSpec, { options, io, printer }: CommandCall): Promise<void> {
  if (!("profile" in spec.options)) return;
  const notice = credentialNotice(knownTarget(options as ConnectionOptions, io.env), io.env);
  if (notice !== undefined) await printer.note(notice);
}

async function printResult(result: Result, printer: Printer): Promise<number> {
  await printer.result(result);
  return result.exitCode ?? EXIT_CODES.done;
}

/** Says on stderr what went wrong, and resolves to the exit code. */
async function report(error: unknown, target: ReturnType<typeof knownTarget>, printer: Printer): Promise<number> {
  const { explainError, isUsage } = await import("./explain/explain-error.ts");
  const explanation = error instanceof UsageError ? error.message : explainError(error, target);
  if (isUsage(error)) throw new UsageError(explanation, { cause: error });
  if (error instanceof CommandError)
    await printer.note(...error.details.map((line) => styled("failure", oneLine(line))));
  if (explanation !== undefined) await printer.error(explanation);
  else {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    await printer.note(
      ...stack.split("\n").slice(0, MAX_STACK_LINES).map(oneLineOfStack),
      "This is a fault in rollcall, not in what you did: please report it with these lines.",
    );
  }
  return EXIT_CODES.failed;
}

/** Lines of a stack that are shown: where it happened is in the first. */
const MAX_STACK_LINES = 15;

/** Keeps the lines of a stack set off from its message. */
function oneLineOfStack(line: string): string {
  return `${/^ */.exec(line)?.[0] ?? ""}${oneLine(line)}`;
}

function isReaderGone({ signal }: Io): boolean {
  return signal.reason instanceof ReaderGoneError;
}

/** Whether the early end of a command leaves work undone. */
function isUndone(spec: CommandSpec, options: Readonly<Record<string, unknown>>): boolean {
  return spec.writes === true && options.dryRun !== true;
}
