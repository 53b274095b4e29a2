import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { packageVersion } from "../../src/version.ts";
import { startHttpServer, startMarkedServer } from "../fixtures/http-server.ts";
import { finished, spawnRollcall } from "../fixtures/spawn-cli.ts";

describe("the rollcall process", () => {
  it("prints its version and ends", async () => {
    expect(await finished(spawnRollcall(["--version"]))).toEqual({
      exitCode: 0,
      stdout: `${packageVersion()}\n`,
      stderr: "",
    });
  });

  it("tells wrong usage by its exit code", async () => {
    const { exitCode, stdout, stderr } = await finished(spawnRollcall(["resource", "lst"]));
    expect(stderr).toContain("Did you mean list?");
    expect(stdout).toBe("");
    expect(exitCode).toBe(2);
  });

  it("does not delete without a terminal to ask on", async () => {
    const { exitCode, stderr } = await finished(spawnRollcall(["resource", "delete", "gpt-4", "--table", "limits"]));
    expect(stderr).toMatch(/^Error: There is no terminal to ask on: pass --yes/);
    expect(exitCode).toBe(2);
  });

  it("needs no AWS configuration for an endpoint on this machine, and leaves no connection open", async () => {
    await using server = await startMarkedServer((_, response) =>
      response.end('{"Item":{"resources":{"SS":["gpt-4"]}}}'),
    );
    const child = spawnRollcall(["resource", "list", "--table", "limits", "--endpoint-url", server.url]);
    expect(await finished(child)).toEqual({ exitCode: 0, stdout: "gpt-4\n", stderr: "" });
  });

  it("ends quietly when the reader of its output goes away", async () => {
    const names = Array.from({ length: 6_000 }, (_, i) => `model-${i}`.padEnd(64, "x"));
    await using server = await startMarkedServer((_, response) =>
      response.end(JSON.stringify({ Item: { resources: { SS: names } } })),
    );
    const child = spawnRollcall(["resource", "list", "--table", "limits", "--endpoint-url", server.url]);
    const closed = once(child, "close");
    const errors: string[] = [];
    child.stderr.on("data", (chunk) => errors.push(String(chunk)));
    await once(child.stdout, "data"); // more than a pipe holds is still to come
    child.stdout.destroy();
    expect(await closed).toEqual([0, null]);
    expect(errors.join("")).toBe("");
  });

  it("ends with exit code 130 on Ctrl-C, without a stack", async () => {
    const asked = Promise.withResolvers<void>();
    await using server = await startHttpServer(() => asked.resolve()); // and never answers
    const child = spawnRollcall(["resource", "list", "--table", "limits", "--endpoint-url", server.url]);
    void asked.promise.then(() => child.kill("SIGINT"));
    expect(await finished(child)).toEqual({ exitCode: 130, stdout: "", stderr: "Interrupted.\n" });
  });

  it("keeps what Node compiles in the user's own cache folder, unless Node is told not to", async () => {
    const home = mkdtempSync(path.join(tmpdir(), "rollcall-home-"));
    const unset = { NODE_COMPILE_CACHE: "", TMPDIR: home };
    const version = (env: Record<string, string>) => finished(spawnRollcall(["--version"], { ...unset, ...env }));
    const off = await version({ XDG_CACHE_HOME: home, NODE_DISABLE_COMPILE_CACHE: "1" });
    expect(readdirSync(home)).toEqual([]);
    const [first, again] = [await version({ XDG_CACHE_HOME: home }), await version({ XDG_CACHE_HOME: home })];
    expect(readdirSync(home)).toEqual(["rollcall"]);
    const elsewhere = await version({ HOME: path.join(home, "other") });
    expect(readdirSync(home)).toEqual(["other", "rollcall"]);
    const impossible = await version({ XDG_CACHE_HOME: "/dev/null" });
    for (const run of [first, again, elsewhere, impossible]) expect(run).toEqual(off);
    rmSync(home, { recursive: true });
  });
});
