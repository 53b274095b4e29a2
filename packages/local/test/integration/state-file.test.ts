import { execFileSync } from "node:child_process";
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ForeignFileError, StateFile } from "../../src/files/state-file.ts";

const LIMIT = 1_000;

describe("StateFile", () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "rollcall-state-"));
    file = path.join(folder, "state.json");
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("holds what was written last, for its user alone, and leaves nothing beside it", async () => {
    const state = new StateFile(file);
    expect(await state.read(LIMIT)).toBeUndefined();
    await state.replace("one");
    await state.replace("two");
    expect(await new StateFile(file).read(LIMIT)).toBe("two");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await state.remove();
    expect(await readdir(folder)).toEqual([]);
  });

  it("removes nothing that it did not write", async () => {
    await writeFile(file, "another's");
    const state = new StateFile(file);
    await state.read(LIMIT);
    await state.remove();
    expect(await readFile(file, "utf8")).toBe("another's");
  });

  it("leaves a file that has taken its place meanwhile, whether it replaces or removes", async () => {
    const state = new StateFile(file);
    await state.read(LIMIT);
    await state.replace("ours");
    await rm(file);
    await writeFile(path.join(folder, "other"), "so that the inode is another one");
    await writeFile(file, "another's");
    await expect(state.replace("ours again")).rejects.toThrow(ForeignFileError);
    await expect(state.remove()).rejects.toThrow(ForeignFileError);
    expect(await readFile(file, "utf8")).toBe("another's");
    expect(await readdir(folder)).toEqual(["other", "state.json"]);
  });

  it("leaves a file that turned up where none was found", async () => {
    const state = new StateFile(file);
    await state.read(LIMIT);
    await writeFile(file, "another's");
    await expect(state.replace("ours")).rejects.toThrow(ForeignFileError);
    expect(await readFile(file, "utf8")).toBe("another's");
    expect(await readdir(folder)).toEqual(["state.json"]);
  });

  it("keeps the old text whole when the new one cannot be written", async () => {
    const state = new StateFile(file);
    await state.replace("old");
    await rm(folder, { recursive: true });
    await mkdir(folder);
    await writeFile(file, "old");
    await state.read(LIMIT);
    const full = new StateFile(path.join("/dev/full", "state.json"));
    await expect(full.replace("new")).rejects.toThrow("ENOTDIR");
    expect(await state.read(LIMIT)).toBe("old");
  });

  it.each([
    ["a directory", (at: string) => mkdir(at)],
    ["a named pipe", async (at: string) => void execFileSync("mkfifo", [at])],
    ["a symbolic link", (at: string) => symlink("/dev/zero", at)],
  ])("refuses %s, and leaves it", async (kind, make) => {
    await make(file);
    const before = await lstat(file);
    await expect(new StateFile(file).read(LIMIT)).rejects.toThrow(new ForeignFileError(`${file} is ${kind}`));
    expect((await lstat(file)).mode).toBe(before.mode);
  });

  it("refuses a device without opening it", async () => {
    await expect(new StateFile("/dev/zero").read(LIMIT)).rejects.toThrow("/dev/zero is a device");
  });

  it("refuses a file that is larger than any of ours", async () => {
    await writeFile(file, "x".repeat(LIMIT + 1));
    await expect(new StateFile(file).read(LIMIT)).rejects.toThrow("larger than any");
  });

  it("reads no more of an endless file than its size says", async () => {
    expect(await new StateFile("/proc/self/environ").read(LIMIT)).toBe("");
  });

  it("never writes through a link that stands where its draft would", async () => {
    const victim = path.join(folder, "victim");
    await writeFile(victim, "untouched");
    await symlink(victim, `${file}.next`);
    const state = new StateFile(file);
    await state.replace("ours");
    expect(await readFile(victim, "utf8")).toBe("untouched");
    await chmod(victim, 0o600);
  });
});
