import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

test("what is saved is there for the next process, for each mapping its own", async () => {
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

test("saves that overlap leave the last one's checkpoints", async () => {
  const store = new FileCheckpointStore(path);
  await Promise.all(Array.from({ length: 20 }, (_, index) => store.save("one", { a: { sequenceNumber: `${index}` } })));
  expect(await new FileCheckpointStore(path).load("one")).toEqual({ a: { sequenceNumber: "19" } });
});

test("a process that died while saving leaves the checkpoints from before", async () => {
  await new FileCheckpointStore(path).save("one", checkpoints);
  await writeFile(`${path}.next`, '{"version":1,"mappi');
  expect(await new FileCheckpointStore(path).load("one")).toEqual(checkpoints);
});

test("the file is for people, too", async () => {
  await new FileCheckpointStore(path).save("limits", { a: { sequenceNumber: "111" } });
  expect(JSON.parse(await readFile(path, "utf8"))).toEqual({
    version: 1,
    mappings: { limits: { a: { sequenceNumber: "111" } } },
  });
});

test.each([
  ["is not JSON", "{"],
  ["is null", "null"],
  ["is of another version", '{"version":2,"mappings":{}}'],
  ["has a checkpoint of an unknown kind", '{"version":1,"mappings":{"one":{"a":{"position":3}}}}'],
  ["has no checkpoint where one should be", '{"version":1,"mappings":{"one":{"a":null}}}'],
])("a file that %s is refused", async (_, text) => {
  await writeFile(path, text);
  const store = new FileCheckpointStore(path);
  await expect(store.load("one")).rejects.toThrow(InvalidCheckpointError);
  await expect(store.load("one")).rejects.toMatchObject({ code: "INVALID_CHECKPOINT", path });
});

test("a save that fails says so, and the next one is made all the same", async () => {
  const store = new FileCheckpointStore(join(directory, "missing", "checkpoints.json"));
  await expect(store.save("one", checkpoints)).rejects.toMatchObject({ code: "ENOENT" });
  await expect(store.save("one", checkpoints)).rejects.toMatchObject({ code: "ENOENT" });
});
