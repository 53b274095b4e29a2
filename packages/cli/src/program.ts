import { Argument, Command, Option } from "commander";
import type { CommandSpec } from "./command-spec.ts";
import type { CommandEntry } from "./commands.ts";
import { programOf } from "./connection/target.ts";
import { UsageError } from "./errors.ts";
import { HELP_WIDTH, wrapHelp } from "./help-text.ts";
import type { Io } from "./terminal/io.ts";
import { oneLine, quoted } from "./terminal/printable.ts";
import { packageVersion } from "./version.ts";

/** A command line that has been understood. */
export interface CommandLine {
  args: Readonly<Record<string, unknown>>;
  options: Readonly<Record<string, unknown>>;
  json: boolean;
}

/** Runs a command whose command line has been understood. */
export type RunCommand = (spec: CommandSpec, line: CommandLine) => Promise<void>;

/** What the first words of commands stand for. */
const GROUPS: Readonly<Record<string, { summary: string; description: string }>> = {
  resource: {
    summary: "default limits of resources",
    description: "Lists, shows and changes the default limits of resources.",
  },
  registry: {
    summary: "the items that list others",
    description: "Lists, compares and repairs registries, the items that name every member of a kind.",
  },
  deploy: {
    summary: "what keeps registries true on AWS",
    description: "Writes what infrastructure code deploys beside a table to keep its registries true.",
  },
  table: {
    summary: "the table that holds them",
    description: "Sets up the DynamoDB table that holds registries and the items that they list.",
  },
};

const ROOT_HELP = [
  "Environment:\n" +
    "  ROLLCALL_TABLE       stands in for --table\n" +
    "  ROLLCALL_NAMESPACE   stands in for --namespace\n" +
    "  Region, credentials, endpoint and proxy are found as by other AWS tools: AWS_PROFILE, AWS_REGION, " +
    "AWS_ENDPOINT_URL_DYNAMODB, HTTPS_PROXY, AWS_CA_BUNDLE and so on.",
  "Exit codes:\n" +
    "  0 done   1 error   2 wrong usage\n" +
    "  3 drift found by registry audit, or changes left by apply --exit-code\n" +
    "  130 interrupted   143 terminated   129 terminal gone",
  "Examples:\n" +
    "  $ rollcall registry list --registry tenants\n" +
    "  $ rollcall table create --table limits --endpoint-url http://localhost:8000\n" +
    "  $ export ROLLCALL_TABLE=limits\n" +
    "  $ rollcall resource set gpt-4 -l rpm:500 -l tpm:100000/hour\n" +
    "  $ rollcall resource list",
];

/** What the program knows of its commands: all of them, and in full those that a command line is about. */
export interface KnownCommands {
  readonly entries: readonly CommandEntry[];
  readonly loaded: readonly CommandSpec[];
}

/** The command line as commander sees it. It writes to `io`, and throws a CommanderError where it would exit. */
export function createProgram({ entries, loaded }: KnownCommands, io: Io, run: RunCommand): Command {
  const program = new Command(programOf(io.env))
    .description(
      "Reads, compares and repairs the registries of a DynamoDB table, and changes the default limits of resources.",
    )
    .version(packageVersion(), "-v, --version")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns ?? HELP_WIDTH,
      getErrHelpWidth: () => io.stderr.columns ?? HELP_WIDTH,
      outputError: (text, write) => write(usageText(text)),
    })
    .configureHelp({ minWidthToWrap: 20 })
    .addHelpText("after", () => wrapHelp(ROOT_HELP, io.stdout.columns))
    .showHelpAfterError(`See: ${programOf(io.env)} --help`);
  for (const entry of entries) {
    const spec = loaded.find(({ name }) => name === entry.name);
    if (spec === undefined) announce(program, entry);
    else addCommand(program, spec, io, run);
  }
  addHelpCommand(program);
  return program;
}

/** `rollcall help resource set`; commander's own takes one word. */
function addHelpCommand(program: Command): void {
  program
    .helpCommand(false)
    .command("help [command...]")
    .summary("show help of a command")
    .action((words: string[]) => {
      const command = words.reduce<Command | undefined>(
        (parent, word) => parent?.commands.find((each) => each.name() === word),
        program,
      );
      if (command === undefined) program.error(`Error: There is no command ${quoted(words.join(" "))}.`);
      command.help();
    });
}

/** Adds what help shows of a command that is not loaded. */
function announce(program: Command, { name, summary = "" }: CommandEntry): void {
  const [word = "", verb] = name.split(" ");
  if (verb !== undefined) group(program, word);
  else program.command(word).summary(summary).option("--json");
}

function addCommand(program: Command, spec: CommandSpec, io: Io, run: RunCommand): void {
  const words = spec.name.split(" ");
  const verb = words.pop() ?? "";
  const command = words.reduce(group, program).command(verb);
  command.summary(spec.summary).description(spec.description);
  const names = Object.keys(spec.arguments ?? {});
  for (const { syntax, description } of Object.values(spec.arguments ?? {})) {
    command.addArgument(new Argument(syntax, description));
  }
  for (const [name, declared] of Object.entries(spec.options)) {
    const option = declared.create();
    if (option.attributeName() !== name) throw new Error(`option ${option.flags} is declared as ${name}`);
    command.addOption(option);
  }
  command
    .addOption(new Option("--json", "print one JSON document on stdout"))
    .addHelpText("after", () => wrapHelp(helpAfter(spec), io.stdout.columns))
    .showHelpAfterError(`See: ${program.name()} ${spec.name} --help`)
    .action(async () => {
      const options = command.opts();
      assertRequired(command, spec, options);
      const args = Object.fromEntries(command.processedArgs.map((value, i) => [names[i] ?? i, value]));
      try {
        await run(spec, { args, options, json: options.json === true });
      } catch (error) {
        if (error instanceof UsageError) command.error(`Error: ${oneLine(error.message)}`);
        throw error;
      }
    });
}

/** Commander's own check comes before that of unknown options, and hides what was meant by `--limits`. */
function assertRequired(command: Command, spec: CommandSpec, options: Readonly<Record<string, unknown>>): void {
  for (const [name, declared] of Object.entries(spec.options)) {
    if (!declared.isRequired || options[name] !== undefined) continue;
    command.error(`Error: required option '${declared.create().flags}' not specified`);
  }
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
    .showHelpAfterError(`See: ${parent.name()} ${word} --help`);
}

/** Commander quotes the words of the command line as they are, and sets its suggestion below. */
function usageText(text: string): string {
  const [, message = "", suggestion = ""] = /^(.*?)(\n\(Did you mean [^\n]*\?\))?\n*$/s.exec(text) ?? [];
  return `${oneLine(message.replace(/^error: /, "Error: "))}${suggestion && `\n${oneLine(suggestion)}`}\n`;
}

function helpAfter({ details = [], json, examples }: CommandSpec): string[] {
  const shape = `With --json:\n  ${json}`;
  const commands = `Examples:\n${examples.map((example) => `  $ ${example}`).join("\n")}`;
  return [...details, shape, commands];
}
