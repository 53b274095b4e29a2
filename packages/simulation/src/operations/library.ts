import { ContentionError, RegistryError } from "@rollcall/registry";
import type { Call } from "../promises/calls.ts";
import { describe } from "../promises/calls.ts";
import type { Process } from "../timeline/process.ts";
import type { World } from "../world/world.ts";
import type { LibraryWrite, OperationOf } from "./operation.ts";

/** Errors after which nobody can tell whether the write took effect. Any other must be one of the library's own. */
const UNKNOWN: ReadonlySet<string> = new Set([
  "AbortError",
  "TimeoutError",
  "ProvisionedThroughputExceededException",
  "ThrottlingException",
]);

/** The share of its time a write has spent on a conflict, at least, when it gives up. */
const PATIENCE = 0.9;
/** What the library's callers are promised, in milliseconds. */
const CONTENTION_TIMEOUT_MS = 30_000;

/** Calls the library as a producer does, all writes in one turn. */
export async function write(world: World, operation: OperationOf<"write">): Promise<void> {
  const { process, registryOf } = world.producer(operation.region, operation.producer);
  const abort = new AbortController();
  if (operation.abortAfterMs !== undefined) {
    process.after(operation.abortAfterMs, () => abort.abort(new DOMException("The caller gave up", "AbortError")));
  }
  const options = operation.abortAfterMs === undefined ? {} : { signal: abort.signal };
  await Promise.all(
    operation.writes.map(async (asked) => {
      const call = world.watch.calls.begin(process, asked.write, asked.namespace, asked.name);
      world.history.add(() => `${process.name} calls ${describe(call)}`);
      const outcome = await settle(send(registryOf(asked.namespace), asked, call, options));
      judge(world, process, call, outcome.error);
    }),
  );
}

/** Lists, and looks one name up; what comes back is judged by the table's own history elsewhere. */
export async function read(world: World, { region, producer, namespace, name }: OperationOf<"read">): Promise<void> {
  const { process, registryOf } = world.producer(region, producer);
  const registry = registryOf(namespace);
  const consistentRead = process.random.chance(0.5);
  const reads = [
    registry.listResourcesWithDefaults({ consistentRead }),
    registry.getResourceDefaults(name, { consistentRead }),
    registry.registryStatus({ consistentRead }),
  ];
  for (const { error } of await Promise.all(reads.map(settle))) {
    if (error !== undefined && !isExpected(error))
      world.watch.complain("unexplained-error", `A read failed with ${error}`);
  }
}

type Registry = ReturnType<ReturnType<World["producer"]>["registryOf"]>;

function send(registry: Registry, asked: LibraryWrite, { id }: Call, options: { signal?: AbortSignal }): Promise<void> {
  const limits = [{ name: "rpm", capacity: id }];
  if (asked.write === "set") return registry.setResourceDefaults(asked.name, limits, options);
  if (asked.write === "update") return registry.updateResourceDefaults(asked.name, limits, options);
  return registry.deleteResourceDefaults(asked.name, options);
}

/** Holds what a caller was told against what happened. */
function judge(world: World, process: Process, call: Call, error: Error | undefined): void {
  const { watch, history } = world;
  history.add(
    () =>
      `${process.name} hears that ${describe(call)} ${error === undefined ? "is done" : `failed: ${error.message}`}`,
  );
  if (error === undefined) {
    watch.calls.settle(call, "acknowledged");
    return;
  }
  if (!isExpected(error)) {
    watch.complain("unexplained-error", `${describe(call)} failed with ${error.name}: ${error.message}`);
  }
  if (error instanceof ContentionError && error.elapsedMs < CONTENTION_TIMEOUT_MS * PATIENCE) {
    watch.complain("unexplained-error", `${describe(call)} gave up after ${error.elapsedMs} ms`);
  }
  watch.calls.settle(call, isUnknown(error) ? "unknown" : "refused");
}

function isUnknown(error: Error): boolean {
  return error instanceof RegistryError ? error.outcome === "unknown" : UNKNOWN.has(error.name);
}

function isExpected(error: Error): boolean {
  return error instanceof RegistryError || UNKNOWN.has(error.name);
}

async function settle(work: Promise<unknown>): Promise<{ error?: Error }> {
  try {
    await work;
    return {};
  } catch (error) {
    return { error: error as Error };
  }
}
