import { ContentionError, RegistryError, RegistryFullError } from "@rollcall/registry";
import type { Setting } from "../plan/setting.ts";
import { type Call, callInWords } from "../promises/calls.ts";
import type { Process } from "../timeline/process.ts";
import type { Producer } from "../world/producers.ts";
import type { World } from "../world/world.ts";
import type { LibraryWrite, OperationOf } from "./operation.ts";

/** Errors that leave open whether the write took effect. Any other must be one of the library's own. */
const UNKNOWN: ReadonlySet<string> = new Set([
  "AbortError",
  "TimeoutError",
  "ProvisionedThroughputExceededException",
  "ThrottlingException",
]);

/** The share of its time a write has spent on conflicts, at least, when it times out. */
const PATIENCE = 0.9;
/** What the library's callers are promised, in milliseconds. */
const CONTENTION_TIMEOUT_MS = 30_000;
/** Requests that a write takes in that time, at the least. */
const LEAST_REQUESTS = 4;
/** Limits of a default that is nearly as large as an item may be, and the length of their names. */
const LARGE_LIMITS = 1_500;
const LARGE_LIMIT_NAME = 60;

/** Calls the library as a producer does, all writes in one turn. */
export async function write(world: World, operation: OperationOf<"write">): Promise<void> {
  const { process, registryOf } = world.producers.of(world.region(operation.region), operation.producer);
  const abort = new AbortController();
  if (operation.abortAfterMs !== undefined) {
    process.after(operation.abortAfterMs, () => abort.abort(new DOMException("The caller aborted", "AbortError")));
  }
  const options = operation.abortAfterMs === undefined ? {} : { signal: abort.signal };
  await Promise.all(
    operation.writes.map(async (asked) => {
      const call = world.watch.calls.begin(process, asked.write, asked.namespace, asked.name);
      world.history.add(() => `${process.name} calls ${callInWords(call)}`);
      const { error } = await outcomeOf(send(registryOf(asked.namespace), asked, call, options));
      judge(world, process, call, error);
    }),
  );
}

/** Lists, and looks one name up; what comes back is judged by the table's own history elsewhere. */
export async function read(world: World, { region, producer, namespace, name }: OperationOf<"read">): Promise<void> {
  const { process, registryOf } = world.producers.of(world.region(region), producer);
  const registry = registryOf(namespace);
  const consistentRead = process.random.chance(0.5);
  const reads = [
    registry.listResourcesWithDefaults({ consistentRead }),
    registry.getResourceDefaults(name, { consistentRead }),
    registry.registryStatus({ consistentRead }),
  ];
  for (const { error } of await Promise.all(reads.map(outcomeOf))) {
    if (error !== undefined && !isExpected(error))
      world.watch.complain("unexplained-error", `A read failed with ${error}`);
  }
}

type Registry = ReturnType<Producer["registryOf"]>;

const MANY_LIMITS = Array.from({ length: LARGE_LIMITS }, (_, i) => ({
  name: `l${i}`.padEnd(LARGE_LIMIT_NAME, "x"),
  capacity: 1,
}));

function send(registry: Registry, asked: LibraryWrite, { id }: Call, options: { signal?: AbortSignal }): Promise<void> {
  const limits = [{ name: "rpm", capacity: id }, ...(asked.isLarge ? MANY_LIMITS : [])];
  if (asked.write === "set") return registry.setResourceDefaults(asked.name, limits, options);
  if (asked.write === "update") return registry.updateResourceDefaults(asked.name, limits, options);
  return registry.deleteResourceDefaults(asked.name, options);
}

/** Holds what a caller was told against what happened. */
function judge(world: World, process: Process, call: Call, error: Error | undefined): void {
  const { watch, history } = world;
  const outcome = error === undefined ? "is done" : `failed: ${error.message}`;
  history.add(() => `${process.name} hears that ${callInWords(call)} ${outcome}`);
  if (error === undefined) {
    watch.calls.conclude(call, "acknowledged");
    return;
  }
  const problem = problemWith(error, call, world.plan.setting);
  if (problem !== undefined) watch.complain("unexplained-error", `${callInWords(call)} ${problem}`);
  watch.calls.conclude(call, isUnknown(error) ? "unknown" : "refused");
}

function isUnknown(error: Error): boolean {
  return error instanceof RegistryError ? error.outcome === "unknown" : UNKNOWN.has(error.name);
}

/** What is wrong about an error that a call failed with, if anything is. */
function problemWith(error: Error, call: Call, { unreadableName }: Setting): string | undefined {
  if (error.name === "SerializationException" && call.name === unreadableName) return undefined;
  if (!isExpected(error)) return `failed with ${error.name}: ${error.message}`;
  if (error instanceof ContentionError && error.elapsedMs < CONTENTION_TIMEOUT_MS * PATIENCE) {
    return `timed out after ${error.elapsedMs} ms`;
  }
  if (error instanceof ContentionError && call.requests < LEAST_REQUESTS) {
    return `timed out after ${call.requests} requests of its own`;
  }
  if (error instanceof RegistryFullError && call.kind !== "set") return "was refused for want of room, and needs none";
  if (error instanceof RegistryFullError) {
    // The others of its transaction may have taken the room.
    const bytes = call.group.reduce((sum, { name }) => sum + Buffer.byteLength(name), 0);
    const { sizeBytes, limitBytes, names } = error;
    const free = limitBytes - sizeBytes - (names === 0 ? SET_BYTES : 0);
    if (bytes <= free) return `was refused for want of room, with ${free} bytes free`;
  }
  return undefined;
}

/** What a registry's set weighs besides its names. */
const SET_BYTES = "resources".length;

function isExpected(error: Error): boolean {
  return error instanceof RegistryError || UNKNOWN.has(error.name);
}

async function outcomeOf(work: Promise<unknown>): Promise<{ error?: Error }> {
  try {
    await work;
    return {};
  } catch (error) {
    return { error: error as Error };
  }
}
