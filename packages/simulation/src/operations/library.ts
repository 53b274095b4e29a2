import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import {
  ConditionFailedError,
  ContentionError,
  RegistryError,
  RegistryFullError,
  ResourceRegistry,
} from "@rollcall/registry";
import { registryKeys } from "@rollcall/registry/internal";
import { homeShard } from "../layout/key-reader.ts";
import type { Setting } from "../plan/setting.ts";
import { type Call, callInWords, DEMANDS, type WriteKind } from "../promises/calls.ts";
import type { SeenItem } from "../promises/item-watch.ts";
import type { World } from "../world/world.ts";
import { NO_SET } from "./foreign.ts";
import type { OperationOf } from "./operation.ts";
import { sendWrite } from "./send-write.ts";

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

/** Calls the library as a producer does, all writes in one turn. */
export async function write(world: World, operation: OperationOf<"write">): Promise<void> {
  const region = world.region(operation.region);
  const producer = world.producers.of(region, operation.producer);
  const { process } = producer;
  const abort = new AbortController();
  if (operation.abortAfterMs !== undefined) {
    process.after(operation.abortAfterMs, () => abort.abort(new DOMException("The caller aborted", "AbortError")));
  }
  const options = operation.abortAfterMs === undefined ? {} : { signal: abort.signal };
  await Promise.all(
    operation.writes.map(async (asked) => {
      const { write: kind, scope, name } = asked;
      const definition = world.definition(asked.registry);
      const { calls, items } = world.watch.rules;
      const call = calls.begin(process, { kind, definition, scope, name });
      world.history.add(() => `${process.name} calls ${callInWords(call)}`);
      const place = { definition, scope, name, shard: homeShard(definition, name) };
      const isThere = region.table.get(registryKeys(definition).memberKey(name, scope)) !== undefined;
      const { seen, end } = items.begin(region.name, place, isThere);
      const work = sendWrite(
        { producer, layout: world.plan.setting.layout, call, isLarge: asked.isLarge === true },
        options,
      );
      const { error } = await outcomeOf(work);
      end();
      judge(world, call, error, seen);
    }),
  );
}

/** Lists, and looks one name up; what comes back is judged by the table's own history elsewhere. */
export async function read(world: World, operation: OperationOf<"read">): Promise<void> {
  const { region, producer, registry: index, scope, name } = operation;
  const { process, registryOf } = world.producers.of(world.region(region), producer);
  const registry = registryOf(world.definition(index), scope);
  const consistentRead = process.random.chance(0.5);
  const options = { consistentRead };
  const reads =
    registry instanceof ResourceRegistry
      ? [
          registry.listResourcesWithDefaults(options),
          registry.getResourceDefaults(name, options),
          registry.registryStatus(options),
        ]
      : [registry.list(options), everyName(registry.names(options)), registry.status(options)];
  for (const { error } of await Promise.all(reads.map(outcomeOf))) {
    if (error !== undefined && !isExpected(error))
      world.watch.complain("unexplained-error", `A read failed with ${error}`);
  }
}

async function everyName(names: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const name of names) all.push(name);
  return all;
}

/** Holds what a caller was told against what happened. */
function judge(world: World, call: Call, error: Error | undefined, seen: SeenItem): void {
  const { watch, history } = world;
  const outcome = error === undefined ? "is done" : `failed: ${error.message}`;
  history.add(() => `${call.process.name} hears that ${callInWords(call)} ${outcome}`);
  if (error === undefined) {
    watch.rules.calls.conclude(call, "acknowledged");
    return;
  }
  const problem = isOfSecondRegistry(error, world) ? undefined : problemWith(error, call, world.plan.setting, seen);
  if (problem !== undefined) watch.complain("unexplained-error", `${callInWords(call)} ${problem}`);
  watch.rules.calls.conclude(call, isUnknown(error) ? "unknown" : "refused");
}

/** Whether DynamoDB has refused a caller's action on a second registry, which was no set: the caller hears that as it is. */
function isOfSecondRegistry(error: Error, { plan, watch }: World): boolean {
  if (!(error instanceof TransactionCanceledException) || plan.setting.layout.kept !== "both") return false;
  const isMalformed = error.CancellationReasons?.some(({ Code }) => Code === "ValidationError") === true;
  return isMalformed && watch.rules.sweeps.reasons.has(NO_SET);
}

function isUnknown(error: Error): boolean {
  if (error instanceof TransactionCanceledException) return true; // it answers one attempt, and there may have been others
  return error instanceof RegistryError ? error.outcome === "unknown" : UNKNOWN.has(error.name);
}

/** What is wrong about an error that a call failed with, if anything is. */
function problemWith(error: Error, call: Call, { unreadableName }: Setting, seen: SeenItem): string | undefined {
  if (error.name === "SerializationException" && call.name === unreadableName) return undefined;
  if (!isExpected(error)) return `failed with ${error.name}: ${error.message}`;
  if (error instanceof ConditionFailedError)
    return wasFalse(call, seen) ? undefined : "was refused, and its condition was true";
  if (error instanceof ContentionError && error.elapsedMs < CONTENTION_TIMEOUT_MS * PATIENCE) {
    return `timed out after ${error.elapsedMs} ms`;
  }
  if (error instanceof ContentionError && call.requests < LEAST_REQUESTS) {
    return `timed out after ${call.requests} requests of its own`;
  }
  if (error instanceof RegistryFullError && !ADDS.has(call.kind)) return "was refused for want of room, and needs none";
  if (error instanceof RegistryFullError) {
    // The others of its transaction may have taken the room.
    const bytes = call.group.reduce((sum, { name }) => sum + Buffer.byteLength(name), 0);
    const { sizeBytes, limitBytes, names } = error;
    const free = limitBytes - sizeBytes - (names === 0 ? call.definition.registry.attribute.length : 0);
    if (bytes <= free) return `was refused for want of room, with ${free} bytes free`;
  }
  return undefined;
}

/** The kinds of calls that list a name. */
const ADDS: ReadonlySet<WriteKind> = new Set(["set", "create", "change"]);

/** Whether a call's condition was false at any time while it waited. */
function wasFalse({ kind }: Call, { wasThere, wasAbsent }: SeenItem): boolean {
  const demand = DEMANDS[kind];
  return demand === "absent" ? wasThere : demand === "present" && wasAbsent;
}

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
