import { execFile, spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
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

/** Whether this user may start the first process of a container. */
const mayIsolate = spawnSync("unshare", ["--pid", "--fork", "true"]).status === 0;

describe(`the first process of a container${mayIsolate ? "" : " [skipped: unshare --pid is not permitted here]"}`, () => {
  // The kernel keeps from it every signal that it does not handle itself.
  it.skipIf(!mayIsolate)("ends on SIGTERM as any other: registry status --watch, 143", async () => {
    await using server = await silentServer();
    const line = ["registry", "status", "--watch", "--table", "limits", "--endpoint-url", server.url];
    const child = spawn("unshare", ["--pid", "--fork", "--", ...CLI_WORDS, ...line], {
      env: CLI_ENVIRONMENT,
      stdio: ["ignore", "pipe", "pipe"],
    });
    await server.asked;
    const first = Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim());
    expect(readFileSync(`/proc/${first}/status`, "utf8")).toMatch(/^NSpid:.*\t1$/m);
    process.kill(first, "SIGTERM");
    expect((await finished(child)).exitCode).toBe(143);
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
