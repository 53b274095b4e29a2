import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CheckpointInUseError,
  type CheckpointStore,
  FileCheckpointStore,
  InvalidCheckpointError,
  startEventSourceMapping,
  systemClock,
} from "@rollcall/local";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { World } from "../world.ts";

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "owners-"));
  path = join(directory, "checkpoints.json");
});
afterEach(() => rm(directory, { recursive: true }));

test("a function that is mapped twice to a stream with the same checkpoints is refused, until the first has stopped", async () => {
  const world = new World();
  const first = await world.start();
  const refused = await world.start().catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(CheckpointInUseError);
  expect(refused).toMatchObject({
    code: "CHECKPOINT_IN_USE",
    message: expect.stringMatching(/local-function .* in use by another mapping of this process; stop that one/),
  });
  await using _other = await world.start({ functionName: "other" });
  await world.clock.outcome(first.stop());
  await using _ = await world.start();
});

test("a checkpoint file has one owner in this process, and the error says which", async () => {
  const options = { ...new World().options(), clock: systemClock };
  const start = (functionName: string) =>
    startEventSourceMapping({ ...options, functionName, checkpoints: new FileCheckpointStore(path) });
  const first = await start("first");
  expect(await readdir(directory)).toContain("checkpoints.json.lock");
  expect(await start("second").catch((error: unknown) => error)).toMatchObject({
    code: "CHECKPOINT_IN_USE",
    owner: { pid: process.pid },
    message: expect.stringContaining(`The checkpoint file ${path} is in use by this process (`),
  });
  await first.stop();
  await (await start("second")).close();
  expect(await readdir(directory)).not.toContain("checkpoints.json.lock");
});

test("mappings of one process share a file through one store", async () => {
  const world = new World();
  world.put(["a"]);
  const checkpoints = new FileCheckpointStore(path);
  const options = { ...world.options(), clock: systemClock, checkpoints };
  const mappings = await Promise.all(
    ["one", "two"].map((functionName) => startEventSourceMapping({ ...options, functionName })),
  );
  await vi.waitFor(() => expect(world.invocations).toHaveLength(2));
  for (const mapping of mappings) await mapping.stop();
  const next = new FileCheckpointStore(path);
  const ids = ["one", "two"].map((name) => `${name} ${world.stream.arn}`);
  for (const id of ids) expect(await next.load(id)).toEqual({ "shard-1": { sequenceNumber: "100000000001" } });
});

test("checkpoints that a store loads are parsed once, to the type or an error", async () => {
  const world = new World();
  const store = (loaded: unknown): CheckpointStore => ({ load: async () => loaded as never, save: async () => {} });
  for (const loaded of [null, [], "text", { "shard-1": null }, { "shard-1": { sequenceNumber: 5 } }]) {
    const error = await world.start({ checkpoints: store(loaded) }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InvalidCheckpointError);
    expect(error).toMatchObject({ path: undefined, message: expect.stringContaining("delete them to start from") });
  }
});

test("a mapping that does not start gives its checkpoints back", async () => {
  const world = new World();
  const broken: CheckpointStore = { load: () => Promise.reject(new Error("no access")), save: async () => {} };
  for (let start = 0; start < 2; start++)
    await expect(world.start({ checkpoints: broken })).rejects.toThrow("no access");
});
