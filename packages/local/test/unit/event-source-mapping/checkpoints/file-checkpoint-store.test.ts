import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { FileCheckpointStore, InvalidCheckpointError } from "@rollcall/local";
import { afterEach, beforeEach, expect, test } from "vitest";

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "checkpoints-"));
  path = join(directory, "checkpoints.json");
});
afterEach(() => rm(directory, { recursive: true }));

const checkpoints = { a: { sequenceNumber: "111" }, b: { ended: true }, c: { startedAt: 1795341600000 } } as const;

test("a FileCheckpointStore keeps what is saved for the next process, for each mapping its own", async () => {
  const store = new FileCheckpointStore(path);
  expect(await store.load("one")).toBeUndefined();
  await store.save("one", checkpoints);
  await store.save("two", {});
  const next = new FileCheckpointStore(path);
  expect(await next.load("one")).toEqual(checkpoints);
  expect(await next.load("two")).toEqual({});
  expect(await next.load("three")).toBeUndefined();
  expect(await readdir(directory)).toEqual(["checkpoints.json"]);
});

test("saves of a FileCheckpointStore that overlap leave the last one's checkpoints", async () => {
  const store = new FileCheckpointStore(path);
  await Promise.all(Array.from({ length: 20 }, (_, index) => store.save("one", { a: { sequenceNumber: `${index}` } })));
  expect(await new FileCheckpointStore(path).load("one")).toEqual({ a: { sequenceNumber: "19" } });
});

test("a process that died while a FileCheckpointStore saved leaves the checkpoints from before", async () => {
  await new FileCheckpointStore(path).save("one", checkpoints);
  await writeFile(`${path}.next`, '{"version":1,"mappi');
  expect(await new FileCheckpointStore(path).load("one")).toEqual(checkpoints);
});

test("a FileCheckpointStore's file can be read by people", async () => {
  await new FileCheckpointStore(path).save("limits", { a: { sequenceNumber: "111" } });
  expect(JSON.parse(await readFile(path, "utf8"))).toEqual({
    version: 1,
    mappings: { limits: { a: { sequenceNumber: "111" } } },
  });
});

const malformed: [what: string, text: string][] = [
  ["is cut in half", '{"version":1,"mappings":{"one":{"a":{"sequ'],
  ["is empty", ""],
  ["is null", "null"],
  ["is a list", "[]"],
  ["is something else", '{"name":"package"}'],
  ["is of another version", '{"version":2,"mappings":{}}'],
  ["has no mappings", '{"version":1}'],
  ["has a list for its mappings", '{"version":1,"mappings":[]}'],
  ["has text for a mapping", '{"version":1,"mappings":{"one":"a"}}'],
  ["has a checkpoint of an unknown kind", '{"version":1,"mappings":{"one":{"a":{"position":3}}}}'],
  ["has no checkpoint where one should be", '{"version":1,"mappings":{"one":{"a":null}}}'],
  ["has a number that is none", '{"version":1,"mappings":{"one":{"a":{"sequenceNumber":"x"}}}}'],
  ["has a time that is none", '{"version":1,"mappings":{"one":{"a":{"startedAt":"today"}}}}'],
];

test.each(malformed)(
  "a FileCheckpointStore refuses a file that %s, in one line, and leaves it alone",
  async (_, text) => {
    await writeFile(path, text);
    const store = new FileCheckpointStore(path);
    await expect(store.load("one")).rejects.toThrow(InvalidCheckpointError);
    const error = await store.load("one").catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "INVALID_CHECKPOINT", path });
    expect((error as Error).message).toMatch(
      /^Checkpoint file .*checkpoints\.json [^\n]*; delete it to start from startingPosition\.$/,
    );
    expect(await readFile(path, "utf8")).toBe(text);
  },
);

test.each(malformed)(
  "a FileCheckpointStore puts a file that %s aside, and begins at TRIM_HORIZON, if asked to",
  async (_, text) => {
    await writeFile(path, text);
    const store = new FileCheckpointStore(path, { whenInvalid: "TRIM_HORIZON" });
    expect(await store.load("one")).toEqual({});
    await store.save("one", checkpoints);
    expect(await new FileCheckpointStore(path).load("one")).toEqual(checkpoints);
    expect(await readFile(`${path}.invalid`, "utf8")).toBe(text);
  },
);

test("a FileCheckpointStore refuses a directory and a device in the file's place", async () => {
  await mkdir(path);
  await expect(new FileCheckpointStore(path).load("one")).rejects.toMatchObject({ code: "INVALID_CHECKPOINT", path });
  const device = new FileCheckpointStore("/dev/zero");
  await expect(device.load("one")).rejects.toMatchObject({ code: "INVALID_CHECKPOINT", path: "/dev/zero" });
});

test("a FileCheckpointStore says in one line what it cannot do with a directory it may not write", async () => {
  const store = new FileCheckpointStore("/sys/checkpoints.json"); // not even root may
  for (const refused of [store.save("one", {}), store.claim()]) {
    const error = await refused.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "CHECKPOINT_FILE", path: "/sys/checkpoints.json" });
    expect((error as Error).message).toMatch(
      /^Checkpoint file \/sys\/checkpoints\.json cannot be [^\n]+ \(E[A-Z]+\); [^\n]+\.$/,
    );
  }
});

test("a FileCheckpointStore writes for its own user alone, and follows no link that lies in its way", async () => {
  const precious = join(directory, "precious");
  await writeFile(precious, "precious");
  await symlink(precious, `${path}.next`);
  await new FileCheckpointStore(path).save("one", checkpoints);
  expect(await readFile(precious, "utf8")).toBe("precious");
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test("a FileCheckpointStore whose disk is full keeps what was saved last, whole, and says so", async () => {
  // a file that takes no more bytes: the limit of a child process's files, as a full disk without one
  const store = pathToFileURL(fileURLToPath(import.meta.resolve("@rollcall/local"))).href;
  await new FileCheckpointStore(path).save("one", checkpoints);
  const program = `
    process.on("SIGXFSZ", () => {});
    const { FileCheckpointStore } = await import(${JSON.stringify(store)});
    const big = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => ["shard-" + i, { sequenceNumber: "1" }]));
    const error = await new FileCheckpointStore(${JSON.stringify(path)}).save("one", big).catch((reason) => reason);
    console.log(JSON.stringify({ code: error.code, message: error.message, cause: error.cause.code }));`;
  const { stdout } = spawnSync(
    "/bin/sh",
    [
      "-c",
      'ulimit -f 8; exec "$@"',
      "sh",
      process.execPath,
      "--conditions=@rollcall/source",
      "--input-type=module",
      "-e",
      program,
    ],
    { encoding: "utf8" },
  );
  expect(JSON.parse(stdout)).toMatchObject({ code: "CHECKPOINT_FILE", cause: "EFBIG" });
  expect(await new FileCheckpointStore(path).load("one")).toEqual(checkpoints);
  expect(await readdir(directory)).toEqual(["checkpoints.json"]);
});

test("a FileCheckpointStore's save that fails says so, and the next one is made all the same", async () => {
  const store = new FileCheckpointStore(join(directory, "missing", "checkpoints.json"));
  const refused = { name: "CheckpointFileError", code: "CHECKPOINT_FILE", cause: { code: "ENOENT" } };
  await expect(store.save("one", checkpoints)).rejects.toMatchObject(refused);
  await mkdir(join(directory, "missing"));
  await store.save("one", checkpoints);
});
