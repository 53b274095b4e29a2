import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { startHttpServer, startMarkedServer } from "../fixtures/http-server.ts";
import { CLI_ENVIRONMENT, CLI_WORDS, finished, spawnRollcall } from "../fixtures/spawn-cli.ts";

/** An endpoint that never answers, and tells when it is asked. */
async function silentServer() {
  const asked = Promise.withResolvers<void>();
  const server = await startHttpServer(() => asked.resolve());
  return Object.assign(server, { asked: asked.promise });
}

/** Runs a shell's pipeline with `rollcall` in it, and resolves to what it printed. */
async function pipeline(script: string, ...words: string[]): Promise<{ stdout: string; stderr: string }> {
  const rollcall = CLI_WORDS.map((word) => `'${word}'`).join(" ");
  const shell = `rollcall() { ${rollcall} "$@"; }; ${script}`;
  return promisify(execFile)("bash", ["--norc", "-c", shell, "bash", ...words], {
    env: CLI_ENVIRONMENT,
    timeout: 30_000,
  });
}

describe("a signal ends any command with the exit code that a shell expects", () => {
  const commands = [
    "resource list",
    "resource set a -l rpm:5",
    "registry status --watch",
    "registry audit",
    "table create",
  ];
  it.each(
    commands.flatMap((command) => [
      [command, "SIGINT", 130, "Interrupted."] as const,
      [command, "SIGTERM", 143, "Terminated."] as const,
      [command, "SIGHUP", 129, "The terminal has gone."] as const,
    ]),
  )("%s on %s: %i", async (command, signal, exitCode, words) => {
    await using server = await silentServer();
    const child = spawnRollcall([...command.split(" "), "--table", "limits", "--endpoint-url", server.url]);
    void server.asked.then(() => child.kill(signal));
    const run = await finished(child);
    expect(run).toMatchObject({ exitCode, stdout: "" });
    expect(["", `${words}\n`]).toContain(run.stderr); // one that runs until it is told to end has nothing to say
  });
});

describe("a pipe whose reader has gone", () => {
  const answer = '{"Item":{"resources":{"SS":["gpt-4"]}}}';

  it("ends status --watch silently, with exit code 0, at its next line", async () => {
    await using server = await startMarkedServer((_, response) => response.end(answer));
    const { stdout, stderr } = await pipeline(
      `rollcall registry status --watch --json "$@" | head -1; echo "\${PIPESTATUS[0]}"`,
      ...["--table", "limits", "--endpoint-url", server.url],
    );
    expect(stdout).toMatch(/^\{.*\}\n0\n$/);
    expect(stderr).toBe("");
  });

  it("is no failure of a command that has done its work", async () => {
    await using server = await startMarkedServer((_, response) => response.end("{}"));
    const { stdout, stderr } = await pipeline(
      `rollcall resource set gpt-4 -l rpm:5 "$@" | true; echo "\${PIPESTATUS[0]}"`,
      ...["--table", "limits", "--endpoint-url", server.url],
    );
    expect(stdout).toBe("0\n");
    expect(stderr).toBe("");
  });
});
