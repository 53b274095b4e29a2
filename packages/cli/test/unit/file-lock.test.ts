import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FileLock, LockedError } from "../../src/pass/file-lock.ts";
import { ForeignFileError } from "../../src/pass/state-file.ts";

const MODULE = path.resolve(import.meta.dirname, "../../src/pass/file-lock.ts");

/** Takes the lock in a process of its own and says so. */
function holdElsewhere(file: string) {
  const script = `const { FileLock } = await import(${JSON.stringify(MODULE)});
    await FileLock.take(${JSON.stringify(file)}).then(() => console.log("taken"), () => console.log("refused"));
    process.stdin.resume();`;
  return spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["pipe", "pipe", "inherit"] });
}

async function said(child: ReturnType<typeof holdElsewhere>): Promise<string> {
  const [text] = await once(child.stdout.setEncoding("utf8"), "data");
  return String(text).trim();
}

async function kill(child: ReturnType<typeof holdElsewhere>): Promise<void> {
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
}

describe("FileLock", () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "rollcall-lock-"));
    file = path.join(folder, "cursor.json.lock");
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("has one owner in a process, and is free once that has released it", async () => {
    {
      await using _lock = await FileLock.take(file);
      await expect(FileLock.take(file)).rejects.toThrow(new LockedError(`process ${process.pid}`));
    }
    expect(await readdir(folder)).toEqual([]);
    await using _next = await FileLock.take(file);
  });

  it("has one owner across processes, until that is killed", async () => {
    const child = holdElsewhere(file);
    try {
      expect(await said(child)).toBe("taken");
      await expect(FileLock.take(file)).rejects.toThrow(`process ${child.pid}`);
    } finally {
      await kill(child);
    }
    await (await FileLock.take(file))[Symbol.asyncDispose]();
    expect(await readdir(folder)).toEqual([]);
  });

  it("is taken over by one of many that find its owner gone", async () => {
    const child = holdElsewhere(file);
    await said(child);
    await kill(child);
    const takers = await Promise.allSettled(Array.from({ length: 8 }, () => FileLock.take(file)));
    expect(takers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await readdir(folder)).toEqual(["cursor.json.lock"]);
  });

  it("tells its process from an earlier one of the same number", async () => {
    const holder = { pid: process.pid, host: hostname(), started: "another boot 1", run: "another" };
    await writeFile(file, JSON.stringify({ "rollcall lock": holder }));
    await using _lock = await FileLock.take(file);
  });

  it("leaves the lock of a process on another machine", async () => {
    const text = JSON.stringify({ "rollcall lock": { pid: 1, host: "elsewhere", run: "another" } });
    await writeFile(file, text);
    await expect(FileLock.take(file)).rejects.toThrow("process 1 on elsewhere");
    expect(await readFile(file, "utf8")).toBe(text);
  });

  it("waits for no owner that has not written its name yet", async () => {
    await writeFile(file, "");
    await expect(FileLock.take(file)).rejects.toThrow(LockedError);
    expect(await readFile(file, "utf8")).toBe("");
  });

  it.each(["notes", "{}", "null"])("leaves a file that is no lock: %j", async (text) => {
    await writeFile(file, text);
    await expect(FileLock.take(file)).rejects.toThrow(ForeignFileError);
    expect(await readFile(file, "utf8")).toBe(text);
  });
});
