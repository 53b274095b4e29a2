import { Argument, Command, Option } from "commander";
import type { CommandSpec, Invocation } from "./command-spec.ts";
import { UsageError } from "./errors.ts";
import type { Io } from "./terminal/io.ts";
import { packageVersion } from "./version.ts";

/** Runs a command whose command line has been understood. */
export type RunCommand = (spec: CommandSpec, invocation: Invocation) => Promise<void>;

/** What the first words of commands stand for. */
const GROUPS: Readonly<Record<string, { summary: string; description: string }>> = {
  resource: {
    summary: "default limits of resources",
    description: "Lists, shows and changes the default limits of resources.",
  },
  registry: {
    summary: "the item that lists them",
    description: "Looks after the registry, the item that lists every resource that has default limits.",
  },
  table: {
    summary: "the table that holds them",
    description: "Sets up the DynamoDB table that holds the default limits and the registry.",
  },
};

/** Width of help where there is no terminal to ask. */
const HELP_WIDTH = 100;

const ROOT_HELP = `
Environment:
  ROLLCALL_TABLE       stands in for --table
  ROLLCALL_NAMESPACE   stands in for --namespace
  Region, credentials and endpoint are found as by other AWS tools: AWS_PROFILE,
  AWS_REGION, AWS_ENDPOINT_URL_DYNAMODB and so on.

Exit codes:
  0 done   1 error   2 wrong usage   3 drift found by registry audit   130 interrupted

Examples:
  $ rollcall table create --table limits --endpoint-url http://localhost:8000
  $ export ROLLCALL_TABLE=limits
  $ rollcall resource set gpt-4 -l rpm:500 -l tpm:100000/hour
  $ rollcall resource list`;

/** The command line as commander sees it. It writes to `io`, and throws a CommanderError where it would exit. */
export function createProgram(specs: readonly CommandSpec[], io: Io, run: RunCommand): Command {
  const program = new Command("rollcall")
    .description(
      "Reads and changes the default limits of resources in a DynamoDB table, and the registry that lists them.",
    )
    .version(packageVersion())
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns ?? HELP_WIDTH,
      getErrHelpWidth: () => io.stderr.columns ?? HELP_WIDTH,
      outputError: (text, write) => write(text.replace(/^error: /, "Error: ")),
    })
    .addHelpText("after", ROOT_HELP)
    .showHelpAfterError("See: rollcall --help");
  for (const spec of specs) addCommand(program, spec, io, run);
  return program;
}

function addCommand(program: Command, spec: CommandSpec, io: Io, run: RunCommand): void {
  const words = spec.name.split(" ");
  const verb = words.pop() ?? "";
  const command = words.reduce(group, program).command(verb);
  command.summary(spec.summary).description(spec.description);
  for (const [syntax, description] of spec.arguments ?? []) command.addArgument(new Argument(syntax, description));
  for (const option of spec.options) command.addOption(option);
  command
    .addOption(new Option("--json", "print one JSON document on stdout"))
    .addHelpText("after", helpAfter(spec))
    .showHelpAfterError(`See: rollcall ${spec.name} --help`)
    .action(async () => {
      try {
        await run(spec, { args: command.processedArgs as string[], options: command.opts(), io });
      } catch (error) {
        if (error instanceof UsageError) command.error(`Error: ${error.message}`);
        throw error;
      }
    });
}

/** The command that holds the commands of an object, made when the first of them needs it. */
function group(parent: Command, word: string): Command {
  const existing = parent.commands.find((command) => command.name() === word);
  if (existing !== undefined) return existing;
  const { summary = "", description = "" } = GROUPS[word] ?? {};
  return parent
    .command(word)
    .summary(summary)
    .description(description)
    .showHelpAfterError(`See: rollcall ${word} --help`);
}

function helpAfter({ details = [], json, examples }: CommandSpec): string {
  const shape = `With --json:\n  ${json}`;
  const commands = `Examples:\n${examples.map((example) => `  $ ${example}`).join("\n")}`;
  return ["", ...details, shape, commands].join("\n\n").slice(1);
}
