import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { describeInCi } from "@rollcall/testing/dynamodb/only-in-ci";
import { afterAll, describe, expect, it } from "vitest";
import { readInProcess } from "../../src/apply/manifest/read-in-process.ts";
import { startMarkedServer } from "../fixtures/http-server.ts";
import { finished, spawnRollcall } from "../fixtures/spawn-cli.ts";

const folder = mkdtempSync(path.join(tmpdir(), "rollcall-manifest-"));
const never = new AbortController().signal;

afterAll(() => rmSync(folder, { recursive: true }));

describe("readInProcess", () => {
  const slow = {
    text: `resources: { ${Array.from({ length: 20_000 }, (_, i) => `a${i}: {}`).join(", ")} }`,
    file: "f",
  };

  it("ends a reading that takes longer than its limit", async () => {
    await expect(readInProcess(slow, never, { timeoutMs: 1, memoryMb: 400 })).rejects.toThrow(
      "f takes more than 0.001 seconds to read: split it, or write it as JSON.",
    );
  });

  it("ends a reading that takes more memory than its limit", async () => {
    await expect(readInProcess(slow, never, { timeoutMs: 60_000, memoryMb: 12 })).rejects.toThrow(
      "f takes more than 12 MB of memory to read: split it, or write it as JSON.",
    );
  });

  it("ends a reading when its signal aborts", async () => {
    const controller = new AbortController();
    const read = readInProcess(slow, controller.signal);
    controller.abort(new Error("enough"));
    await expect(read).rejects.toThrow("enough");
  });
});

describe("resource apply of a named pipe", () => {
  const fifo = path.join(folder, "fifo");
  execFileSync("mkfifo", [fifo]);

  const words = ["resource", "apply", fifo, "--table", "limits", "--dry-run"];

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("ends on %s while it waits for what is written", async (signal, exitCode) => {
    const child = spawnRollcall(words);
    const writer = await open(fifo, "w"); // opens when the command has
    child.kill(signal);
    expect((await finished(child)).exitCode).toBe(exitCode);
    await writer.close();
  });

  it("reads what is written", async () => {
    await using server = await startMarkedServer((_, response) => response.end("{}"));
    const child = spawnRollcall([...words, "--endpoint-url", server.url]);
    const writer = await open(fifo, "w");
    await writer.write("resources: { a: { limits: { rpm: { capacity: 5 } } } }");
    await writer.close();
    expect(await finished(child)).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("+ a   rpm:5/min") });
  });
});

/** Three times what it takes at most on a quiet machine: others may be busy beside the tests. */
const MAX_SECONDS = 3 * 10;

describeInCi("resource apply of 30,000 resources", {}, () => {
  /** A table that has none of them. */
  async function emptyTable() {
    const server = createServer((_, response) => {
      response.setHeader("x-amzn-requestid", "1");
      response.end("{}");
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
  }

  it.each(["yaml", "json"])("in %s plans within 500 MB and its time", { timeout: 90_000 }, async (format) => {
    const file = path.join(folder, `limits.${format}`);
    const names = Array.from({ length: 30_000 }, (_, i) => `model-${String(i).padStart(5, "0")}`);
    const inJson = Object.fromEntries(names.map((name) => [name, { limits: { rpm: { capacity: 500 } } }]));
    const inYaml = names.map((name) => `  ${name}: { limits: { rpm: { capacity: 500 } } }\n`).join("");
    writeFileSync(file, format === "json" ? JSON.stringify({ resources: inJson }) : `resources:\n${inYaml}`);
    const { url, server } = await emptyTable();
    const words = ["resource", "apply", file, "--table", "limits", "--dry-run", "--endpoint-url", url];
    const started = performance.now();
    const child = spawnRollcall(words, { NODE_OPTIONS: "--max-old-space-size=500" });
    const run = await finished(child);
    const seconds = (performance.now() - started) / 1_000;
    server.close();
    expect(run.stderr).toBe("");
    expect(run.stdout).toMatch(/\n30,000 to create\nDry run: nothing was written\.\n$/);
    expect(seconds).toBeLessThan(MAX_SECONDS);
  });
});
