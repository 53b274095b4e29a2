import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Engine, EngineStartError, EngineUnavailableError, PortInUseError, startEngine } from "@rollcall/local";
import { isRunning, runningInGroup, runningWith } from "@rollcall/testing/dynamodb/processes";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { MAX_PORT_ATTEMPTS } from "../../src/engine/constants.ts";
import type { EngineKind } from "../../src/engine/engine-kind.ts";
import { freePort } from "../../src/engine/free-port.ts";
import { GuardedProcess } from "../../src/engine/guarded-process.ts";
import type { StartEngineOptions } from "../../src/engine/options.ts";
import { startEngineOf } from "../../src/engine/start-engine.ts";
import { fakeEngine, missingEngine } from "../fake-engine.ts";

/** Starts an engine that is to fail, and resolves to the error. */
async function failure(kinds: readonly EngineKind[], options: StartEngineOptions = {}): Promise<unknown> {
  const engine = await startEngineOf(kinds, options).catch((error: unknown) => error);
  if (engine instanceof Error) return engine;
  await (engine as Engine).stop();
  throw new Error("It started.");
}

const noJava = missingEngine("dynamodb-local", "no Java 17 or later found", "install it with: apt-get install jre");
const noBinary = missingEngine("dynoxide", "its package is not installed", "install it with: npm install it");

describe("an engine that runs", () => {
  test("ends with the signal", async () => {
    const controller = new AbortController();
    const engine = await startEngineOf([fakeEngine()], { signal: controller.signal });
    controller.abort();
    await engine.exited;
    expect(isRunning(engine.pid)).toBe(false);
  });

  test("says when it ends by itself, and what it last wrote", async () => {
    const dies = 'process.on("SIGUSR2", () => { console.error("out of memory"); process.exit(9); });';
    const engine = await startEngineOf([fakeEngine(({ port }) => `${dies}${listensOn(port)}`)], {});
    process.kill(engine.pid, "SIGUSR2");
    expect(await engine.exited).toMatchObject({
      code: 9,
      signal: null,
      output: expect.stringContaining("out of memory"),
    });
    await engine.stop();
    await vi.waitFor(() => expect(runningInGroup(engine.pid)).toEqual([]));
  });

  test("is killed when it does not end in time", async () => {
    const ignores = 'process.on("SIGTERM", () => console.log("no")); console.log("up"); setInterval(() => {}, 1e6);';
    const child = new GuardedProcess({ file: process.execPath, args: ["-e", ignores] });
    await child.wrote(/up/);
    await child.stop(20);
    expect(await child.exited).toMatchObject({ code: null, signal: "SIGKILL" });
    await vi.waitFor(() => expect(runningInGroup(child.pid ?? 0)).toEqual([]));
  });

  test("takes along what it started itself when its parent is gone", async () => {
    const child = new GuardedProcess({ file: "/bin/sh", args: ["-c", 'sleep 1000 & echo "started"; wait'] });
    await child.wrote(/started/);
    expect(runningInGroup(child.pid ?? 0)).toHaveLength(3); // the program, its child, and the guard
    await child.stop();
    await vi.waitFor(() => expect(runningInGroup(child.pid ?? 0)).toEqual([]));
  });

  test.for(["process.exit(0)", 'throw new Error("The parent failed.")', "setInterval(() => {}, 1e6)"])(
    "ends with its parent, which ends by %s",
    async (ending) => {
      const source = new URL("../../src/engine/guarded-process.ts", import.meta.url);
      const program = `
        import { GuardedProcess } from ${JSON.stringify(fileURLToPath(source))};
        const child = new GuardedProcess({ file: "sleep", args: ["1000"] });
        process.stdout.write(child.pid + "\\n", () => { ${ending} });`;
      const parent = spawn(process.execPath, ["--input-type=module-typescript", "-e", program], {
        stdio: ["ignore", "pipe", "ignore"],
      });
      onTestFinished(() => void parent.kill("SIGKILL"));
      const [line] = await once(createInterface(parent.stdout), "line");
      if (ending.startsWith("setInterval")) parent.kill("SIGTERM");
      await vi.waitFor(() => expect(runningInGroup(Number(line))).toEqual([]), { timeout: 10_000 });
    },
  );
});

describe("an engine that does not start", () => {
  test("says what it wrote when it ends early", async () => {
    const error = await failure([fakeEngine('console.error("no such option: --port"); process.exit(3)')]);
    expect(error).toBeInstanceOf(EngineStartError);
    expect(error).toMatchObject({
      code: "ENGINE_START_FAILED",
      engine: "dynoxide",
      output: "no such option: --port\n",
    });
    expect(String(error)).toBe(
      "EngineStartError: The engine dynoxide ended with status 3 while it was being started. It wrote:\nno such option: --port",
    );
  });

  test("says so when it cannot be run at all", async () => {
    const command = () => ({ file: "/nowhere/engine", args: [] });
    const kind: EngineKind = { name: "dynoxide", find: async () => ({ engine: "dynoxide", available: true, command }) };
    expect(String(await failure([kind]))).toMatch(/ended with status 127 .*\n.*\/nowhere\/engine.*not found/s);
  });

  test.for([
    { what: "says nothing", code: "setInterval(() => {}, 1e6)" },
    { what: "listens but does not answer", code: listensOn("port").replace("response.end()", "undefined") },
  ])("is ended at its time-out when it $what", async ({ code }) => {
    const port = await freePort();
    const error = await failure([fakeEngine(() => `const port = ${port}; ${code}`)], {
      port,
      startTimeoutMs: 500,
      guard: false,
    });
    expect(error).toBeInstanceOf(EngineStartError);
    expect(String(error)).toContain("did not answer within 500 ms");
    await vi.waitFor(() => expect(runningWith(`const port = ${port}`)).toEqual([]));
  });

  test("is tried on other ports when the one that was free is taken meanwhile", async () => {
    const ports = new Set<number>();
    const taken = 'console.error("error: port is already in use"); process.exit(1)';
    const kind = fakeEngine(({ port }) => (ports.add(port).size < 3 ? taken : listensOn(port)));
    await using engine = await startEngineOf([kind], { guard: false });
    expect(ports.size).toBe(3);
    expect(engine.endpoint).toBe(`http://127.0.0.1:${[...ports].at(-1)}`);
  });

  test("fails when port after port is taken, and immediately when the port was asked for", async () => {
    let attempts = 0;
    const kind = fakeEngine(() => {
      attempts++;
      return 'console.error("java.net.BindException: Address already in use"); process.exit(1)';
    });
    expect(await failure([kind])).toBeInstanceOf(PortInUseError);
    expect(attempts).toBe(MAX_PORT_ATTEMPTS);
    expect(await failure([kind], { port: 8000, guard: false })).toMatchObject({ port: 8000 });
    expect(attempts).toBe(MAX_PORT_ATTEMPTS + 1);
  });

  test("is not started when the signal is aborted already", async () => {
    const signal = AbortSignal.abort(new Error("changed my mind"));
    await expect(startEngine({ signal })).rejects.toThrow("changed my mind");
  });

  test("is not started when the port asked for is taken", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    let starts = 0;
    const kind = fakeEngine((settings) => `${++starts}; ${listensOn(settings.port)}`);
    expect(await failure([kind], { port })).toMatchObject({ code: "PORT_IN_USE", port });
    expect(starts).toBe(0);
  });

  test("is ended when the port asked for is taken before its guard listens", async () => {
    const mark = `const mark = "${randomUUID()}";`;
    const port = await freePort();
    // the engine takes its guard's port, too
    const kind = fakeEngine((settings) => `${mark}${listensOn(settings.port)}${listensOn(port)}`);
    expect(await failure([kind], { port })).toMatchObject({ code: "PORT_IN_USE", port });
    await vi.waitFor(() => expect(runningWith(mark)).toEqual([]));
  });

  test("refuses a dbPath that is a file", async () => {
    const error = await failure([fakeEngine()], { dbPath: fileURLToPath(import.meta.url) });
    expect(error).toMatchObject({ code: "INVALID_ENGINE_OPTION", option: "dbPath" });
  });
});

describe("which engine", () => {
  test("auto takes the first that can run", async () => {
    await using first = await startEngineOf([fakeEngine(), noJava], {});
    expect(first.name).toBe("dynoxide");
    await using second = await startEngineOf([{ ...noJava }, fakeEngine()], { engine: "auto" });
    expect(second.name).toBe("dynoxide");
  });

  test("auto says what to install when none can run", async () => {
    const error = await failure([noBinary, noJava]);
    expect(error).toBeInstanceOf(EngineUnavailableError);
    expect(error).toMatchObject({ code: "ENGINE_UNAVAILABLE", engines: [await noBinary.find(), await noJava.find()] });
    expect((error as Error).message).toMatchInlineSnapshot(`
      "No engine can run here. Any one of these will do:
        dynoxide: its package is not installed; install it with: npm install it
        dynamodb-local: no Java 17 or later found; install it with: apt-get install jre"
    `);
  });

  test("none on Windows, also where engines are installed", async () => {
    const platform = Object.getOwnPropertyDescriptor(process, "platform") ?? {};
    onTestFinished(() => void Object.defineProperty(process, "platform", platform));
    Object.defineProperty(process, "platform", { ...platform, value: "win32" });
    expect(await failure([fakeEngine()])).toMatchObject({
      code: "ENGINE_UNAVAILABLE",
      message: expect.stringContaining("Windows Subsystem for Linux"),
    });
  });

  test("a name takes that one or none", async () => {
    const error = await failure([fakeEngine(), noJava], { engine: "dynamodb-local" });
    expect((error as Error).message).toMatchInlineSnapshot(
      `"The engine dynamodb-local cannot run here: no Java 17 or later found; install it with: apt-get install jre."`,
    );
  });
});

function listensOn(port: number | string): string {
  return `
    require("node:http").createServer((_, response) => response.end()).listen(${port}, "127.0.0.1", () =>
      console.log("listening on http://127.0.0.1:" + ${port}));`;
}
