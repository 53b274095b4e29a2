import { describe, expect, it } from "vitest";
import { COMMANDS, commandsOf, loadCommands } from "../../src/commands.ts";
import { type CommandLine, createProgram } from "../../src/program.ts";
import { processIo } from "../../src/terminal/io.ts";
import { packageVersion } from "../../src/version.ts";
import { rollcall, Sink } from "../fixtures/run-cli.ts";

const commands = await loadCommands();

/** The command lines in a help text. */
const examplesIn = (help: string): string[] =>
  [...help.matchAll(/^ {2}\$ (rollcall .*)$/gm)].map(([, line = ""]) => line);

/** Understands a command line, without running the command. */
async function understand(line: string): Promise<{ name: string; line: CommandLine } | undefined> {
  let understood: { name: string; line: CommandLine } | undefined;
  const known = { entries: COMMANDS, loaded: commands };
  const program = createProgram(known, processIo(new AbortController().signal), async ({ name }, commandLine) => {
    understood = { name, line: commandLine };
  });
  await program.parseAsync(line.split(" ").slice(1), { from: "user" });
  return understood;
}

describe.each(commands)("rollcall $name --help", (spec) => {
  it("describes the command, its arguments, its options and its JSON", async () => {
    const { exitCode, stdout, stderr } = await rollcall([...spec.name.split(" "), "--help"]);
    expect(exitCode).toBe(0);
    expect(stderr).toBe("");
    const words = stdout.replace(/\s+/g, " ");
    for (const text of [spec.description, ...(spec.details ?? []), spec.json]) {
      expect(words).toContain(text.replace(/\s+/g, " "));
    }
    for (const option of Object.values(spec.options)) expect(stdout).toContain(`  ${option.create().flags} `);
    expect(stdout).toContain("  --json ");
    expect(stdout).toMatch(/^Usage: rollcall /);
    expect(examplesIn(stdout)).toEqual(spec.examples);
  });

  it.each(spec.examples)("has an example that works: %s", async (example) => {
    const understood = await understand(example);
    expect(understood?.name).toBe(spec.name);
    const isLocal = spec.name === "dev"; // which makes its table
    if (!isLocal) expect(understood?.line.options).toHaveProperty("table");
  });

  it.each([60, 80, 100])("fits into %i columns", async (columns) => {
    const stdout = Object.assign(new Sink(), { columns });
    await rollcall([...spec.name.split(" "), "--help"], { stdout });
    expect(stdout.text.split("\n").filter((line) => line.length > columns)).toEqual([]);
  });
});

describe("rollcall", () => {
  it("alone prints the help that --help prints", async () => {
    const alone = await rollcall([]);
    expect(alone).toEqual(await rollcall(["--help"]));
    expect(alone).toMatchObject({ exitCode: 0, stderr: "" });
    for (const word of ["resource", "registry", "table", "ROLLCALL_TABLE", "Exit codes:"]) {
      expect(alone.stdout).toContain(word);
    }
  });

  it("shows a command without an object as that command declares itself", async () => {
    const { stdout } = await rollcall([]);
    for (const { name, summary } of commands.filter((spec) => !spec.name.includes(" "))) {
      expect(stdout).toMatch(new RegExp(`^  ${name} \\[options\\] +${summary}$`, "m"));
    }
  });

  it("has examples that work", async () => {
    const examples = examplesIn((await rollcall(["--help"])).stdout);
    expect(examples.length).toBeGreaterThan(2);
    for (const example of examples) expect(await understand(example)).toBeDefined();
  });

  it("lists the commands of each object", async () => {
    const { stdout } = await rollcall(["resource", "--help"]);
    for (const { name, summary } of commands.filter((spec) => spec.name.startsWith("resource "))) {
      expect(stdout).toMatch(new RegExp(`^  ${name.split(" ")[1]} .* ${summary}$`, "m"));
    }
  });

  it.each([["help"], ["help", "resource"], ["help", "resource", "set"]])("%s %s %s is help, too", async (...words) => {
    const help = await rollcall(words.filter((word) => word !== undefined));
    expect(help).toEqual(await rollcall([...words.slice(1), "--help"]));
    expect(help).toMatchObject({ exitCode: 0, stderr: "" });
  });

  it.each(["--version", "-v"])("prints its version for %s", async (option) => {
    expect(await rollcall([option])).toEqual({ exitCode: 0, stdout: `${packageVersion()}\n`, stderr: "" });
    expect(packageVersion()).toMatch(/^\d+\.\d+\.\d+/);
  });
});

describe("the commands that a command line is about", () => {
  const namesOf = (line: string) => commandsOf(line.split(" ").filter(Boolean)).map(({ name }) => name);

  it("are loaded under the names that they declare", () => {
    expect(commands.map(({ name }) => name)).toEqual(COMMANDS.map(({ name }) => name));
  });

  it.each([
    ["", []],
    ["--help", []],
    ["--version", []],
    ["help", []],
    ["nonsense", []],
    ["resource list --table limits", ["resource list"]],
    ["help resource list", ["resource list"]],
    ["registry backfill --help", ["registry backfill"]],
    ["dev --port 8000", ["dev"]],
  ])("'%s' is about %j", (line, names) => {
    expect(namesOf(line)).toEqual(names);
  });

  it.each(["resource", "resource --help", "help resource", "resource lst", "resource --table limits list"])(
    "'%s' is about all of its object's",
    (line) => {
      expect(namesOf(line)).toEqual(COMMANDS.map(({ name }) => name).filter((name) => name.startsWith("resource ")));
    },
  );
});
