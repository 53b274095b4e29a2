import { access, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { systemClock } from "@rollcall/registry/protocol";
import { resources } from "@rollcall/registry/resources";
import type { DynamoDBStreamEvent } from "aws-lambda";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import type { Tell } from "../../src/dev/dev-event.ts";
import { HandlerHost } from "../../src/dev/handler-host.ts";

const SETUP = {
  tableName: "limits",
  registries: [resources],
  words: { program: "rollcall", configWords: undefined },
  clientConfig: {
    endpoint: "http://127.0.0.1:1",
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  },
};
const EVENT: DynamoDBStreamEvent = { Records: [] };
const MINUTE_MS = 60_000;

/** A handler whose answers name its version, with lines of its own before and at an invocation. */
const handler = (version: string, { atLoad = "", atInvoke = "" } = {}) => `
  import { parentPort } from "node:worker_threads";
  ${atLoad}
  parentPort.on("message", ({ id }) => {
    ${atInvoke}
    parentPort.postMessage({ kind: "answer", id, answer: { batchItemFailures: [{ itemIdentifier: "${version}" }] } });
  });
  parentPort.postMessage({ kind: "loaded" });
`;

describe("HandlerHost", () => {
  let folder: string;
  let file: string;
  const told: string[] = [];
  const write = (source: string) => writeFile(file, source);
  /** A file beside the folder that is watched, which a thread makes when it comes by. */
  const mark = (name: string) => `${folder}-${name}`;
  const passes = (name: string) => `(await import("node:fs")).writeFileSync(${JSON.stringify(mark(name))}, "");`;
  const hasPassed = (name: string) => vi.waitFor(() => access(mark(name)), { timeout: 10_000 });

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "rollcall-handler-"));
    file = path.join(folder, "handler.mts");
    told.length = 0;
  });
  afterEach(async () => {
    for (const entry of await readdir(tmpdir())) {
      if (entry.startsWith(path.basename(folder))) await rm(path.join(tmpdir(), entry), { recursive: true });
    }
  });

  async function start(): Promise<HandlerHost> {
    const tell: Tell = (event) => void told.push("message" in event ? event.message : event.event);
    const host = await HandlerHost.start(SETUP, tell, systemClock, {
      module: file,
      folders: [folder],
    });
    onTestFinished(() => host[Symbol.asyncDispose]());
    return host;
  }
  const version = async (host: HandlerHost) =>
    (await host.invoke(EVENT, MINUTE_MS)).batchItemFailures[0]?.itemIdentifier;

  it("takes the last of many saves into use, also of those that come while it loads", async () => {
    await write(handler("0"));
    const host = await start();
    for (let save = 1; save <= 20; save++) {
      await write(handler(String(save), { atLoad: `${passes(`load-${save}`)} await new Promise(setImmediate);` }));
      if (save % 3 === 0) await hasPassed(`load-${save}`);
    }
    await vi.waitFor(async () => expect(await version(host)).toBe("20"), { timeout: 10_000 });
    expect(new Set(told)).toEqual(new Set(["reload"]));
  });

  it("reloads once more where loading never ends, as soon as the code changes", async () => {
    await write(handler("old"));
    const host = await start();
    await write(handler("stuck", { atLoad: `${passes("load")} for (;;);` }));
    await hasPassed("load");
    expect(await version(host)).toBe("old");
    await write(handler("new"));
    await vi.waitFor(async () => expect(await version(host)).toBe("new"), { timeout: 10_000 });
  });

  it("keeps the old code where the new does not load, and says in which line", async () => {
    await write(handler("old"));
    const host = await start();
    await write("const one: number = 1;\nfunction broken( {\n  return one;\n");
    await vi.waitFor(() => expect(told).toHaveLength(1), { timeout: 10_000 });
    expect(told[0]).toMatch(/^the changed handler does not load, the old one stays: .*\/handler\.mts:\d+: Expected/);
    expect(await version(host)).toBe("old");
  });

  it.each([
    ["process.exit(3);", "the handler's thread ended by itself, with exit code 3"],
    ['throw new Error("not caught");', "not caught"],
  ])(
    "fails an invocation immediately when its thread ends of %j, and gives the next a new thread",
    async (end, reason) => {
      const atLoad = 'import { existsSync, writeFileSync } from "node:fs";';
      const file = JSON.stringify(mark("ended"));
      const atInvoke = `if (!existsSync(${file})) { writeFileSync(${file}, ""); ${end} }`;
      await write(handler("1", { atLoad, atInvoke }));
      const host = await start();
      await expect(host.invoke(EVENT, MINUTE_MS)).rejects.toThrow(reason);
      expect(await version(host)).toBe("1");
    },
  );

  it("ends the thread of an invocation that does not answer in time, and gives the next a new one", async () => {
    await write(handler("stuck", { atInvoke: "for (;;);" }));
    const host = await start();
    await expect(host.invoke(EVENT, 300)).rejects.toThrow("did not answer within 300 ms");
    await write(handler("new"));
    await vi.waitFor(() => expect(told).toEqual(["reload"]), { timeout: 10_000 });
    expect(await version(host)).toBe("new");
  });

  it("rejects where its code does not load at the start", async () => {
    await write('throw new Error("no such table");');
    await expect(start()).rejects.toThrow(/^The handler does not load: .*\/handler\.mts:1: no such table$/);
  });

  it("ends within a second, whether its threads run, load or hang", async () => {
    await write(handler("stuck", { atInvoke: "for (;;);" }));
    const host = await start();
    const invocation = host.invoke(EVENT, MINUTE_MS).catch((error: Error) => error.message);
    await write(handler("stuck", { atLoad: `${passes("load")} for (;;);` }));
    await hasPassed("load");
    const startedAt = performance.now();
    await host[Symbol.asyncDispose]();
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(await invocation).toBe("the local loop has ended");
  });
});
