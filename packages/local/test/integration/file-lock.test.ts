import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { describeOwner, takeLock } from "../../src/locks/file-lock.ts";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "lock-"));
  file = path.join(folder, "engine.lock");
});
afterEach(() => rm(folder, { recursive: true }));

/** A process that takes the lock and waits for its end. */
async function holder() {
  const source = fileURLToPath(new URL("../../src/locks/file-lock.ts", import.meta.url));
  const program = `
    import { takeLock } from ${JSON.stringify(source)};
    const taken = await takeLock(${JSON.stringify(file)});
    console.log("lock" in taken ? "taken" : "held");
    setInterval(() => {}, 1e6);`;
  const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", program], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [line] = await once(child.stdout, "data");
  expect(String(line)).toBe("taken\n");
  return child;
}

test("takeLock refuses what this process holds, until it is released, and leaves no other file", async () => {
  const taken = await takeLock(file);
  expect(await readdir(folder)).toEqual(["engine.lock"]);
  expect(await takeLock(file)).toMatchObject({ owner: { pid: process.pid, host: hostname() } });
  if (!("lock" in taken)) throw new Error("It was not taken.");
  await taken.lock.release();
  await taken.lock.release();
  expect(await readdir(folder)).toEqual([]);
  expect(await takeLock(file)).toHaveProperty("lock");
});

test("takeLock names the process that holds it, and takes over when that was killed", async () => {
  const child = await holder();
  const refused = await takeLock(file);
  expect(refused).toMatchObject({ owner: { pid: child.pid } });
  if ("owner" in refused)
    expect(describeOwner(refused.owner)).toMatch(new RegExp(`^process ${child.pid} \\(.*since 2`));
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(await takeLock(file)).toHaveProperty("lock");
});

test("takeLock lets one of many take over what an ended process left", async () => {
  const child = await holder();
  child.kill("SIGKILL");
  await once(child, "exit");
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => takeLock(file)));
  expect(outcomes.filter((outcome) => "lock" in outcome)).toHaveLength(1);
  expect(await readdir(folder)).toEqual(["engine.lock"]);
});

test("takeLock takes a process with the same number and another start for another process", async () => {
  const mine = await takeLock(file);
  expect(mine).toHaveProperty("lock");
  const content = JSON.parse(await readFile(file, "utf8"));
  await writeFile(file, JSON.stringify({ ...content, start: "long ago", token: "another" }));
  expect(await takeLock(file)).toHaveProperty("lock");
});

test("takeLock leaves the lock of another machine alone, and a torn one does not count", async () => {
  const owner = { pid: 1, host: "elsewhere", program: "main.js", since: "2026-11-27T09:00:00.000Z" };
  await writeFile(file, JSON.stringify({ ...owner, start: "1", token: "another" }));
  expect(await takeLock(file)).toEqual({ owner: expect.objectContaining(owner) });
  expect(describeOwner(owner)).toBe("process 1 on elsewhere (main.js, since 2026-11-27T09:00:00.000Z)");
  await writeFile(file, '{"pid":');
  expect(await takeLock(file)).toHaveProperty("lock");
});

test.each(["notes", "{}", "null", '[{"pid":1}]'])(
  "takeLock refuses what is no lock, and leaves it: %j",
  async (text) => {
    await writeFile(file, text);
    await expect(takeLock(file)).rejects.toThrow(`${file} is no lock`);
    expect(await readFile(file, "utf8")).toBe(text);
    expect(await readdir(folder)).toEqual(["engine.lock"]);
  },
);

test("takeLock follows no link", async () => {
  const target = path.join(folder, "target");
  await symlink(target, file);
  await expect(takeLock(file)).rejects.toThrow("is a symbolic link");
  expect(await readdir(folder)).toEqual(["engine.lock"]);
});
