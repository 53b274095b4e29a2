import { ContentionError, RegistryError } from "@rollcall/registry";
import { registryKeys } from "@rollcall/registry/internal";
import { itemSizeBytes } from "@rollcall/registry/protocol";
import type { OperationKind } from "./operations/operation.ts";
import { perform } from "./operations/perform.ts";
import type { Plan, Step } from "./plan/plan.ts";
import { countOperations } from "./plan/plan.ts";
import { driftInWords } from "./promises/membership-ledger.ts";
import type { Violation } from "./promises/violation.ts";
import { MAX_ITEM_BYTES } from "./world/items.ts";
import { World } from "./world/world.ts";

/** Virtual time within which everything must have come to rest once nothing goes wrong any more, in milliseconds. */
const REST_MS = 30 * 60_000;
/** How long the maintainer is down in an outage: a stream keeps its records for 24 hours. */
const OUTAGE_MS = 25 * 3_600_000;

/** Numbers of the steps that follow a plan's own. */
const FINAL = 1_000_000;

/** What a simulation showed. */
export interface Outcome {
  /** Promises that were not kept. None, if all is well. */
  readonly violations: readonly Violation[];
  readonly operations: number;
  /** Requests that were sent to DynamoDB, and writes that took effect. */
  readonly requests: number;
  readonly commits: number;
  /** Virtual time, in milliseconds. */
  readonly elapsedMs: number;
  readonly swept: boolean;
  /** What happened, line by line, if it was to be kept. */
  readonly history: readonly string[];
}

/**
 * Lets a plan happen, and then lets everything come to rest: the network is calm, dead mappings are started again,
 * streams are read to their end. Then the registries must equal the defaults; where records of a stream were lost, or
 * told nothing, after one sweep.
 */
export async function simulate(plan: Plan, { keepsHistory = false } = {}): Promise<Outcome> {
  const world = new World(plan, keepsHistory);
  const { timeline, watch } = world;
  for (const maintainer of world.maintainers.flat()) maintainer.start();

  let left = plan.steps.length;
  for (const step of plan.steps) {
    timeline.after(step.at, () => {
      left--;
      void run(world, step);
    });
  }
  if (plan.setting.hasOutage) void takeOutage(world);
  await timeline.runUntil(() => (left === 0 && world.isQuiet) || watch.violations.length > 0);
  if (watch.violations.length === 0) await comeToRest(world);
  if (watch.violations.length === 0 && world.watch.rules.sweeps.reasons.size > 0) {
    await sweepOnce(world);
    await comeToRest(world);
  }
  if (watch.violations.length === 0) judgeTheEnd(world);
  world.processes.close();
  return {
    violations: watch.violations,
    operations: countOperations(plan),
    requests: watch.counts.requests,
    commits: watch.counts.commits,
    elapsedMs: timeline.elapsed,
    swept: world.watch.rules.sweeps.reasons.size > 0,
    history: world.history.lines,
  };
}

/** Errors of an operation's own requests are part of the game, as long as they are ones that can be expected. */
async function run(world: World, { id, operation }: Step): Promise<void> {
  try {
    await perform(world, { id, operation });
  } catch (error) {
    world.history.add(() => `${operation.kind} fails with ${error}`);
    if (!isExpected(error, operation.kind))
      world.watch.complain("unexplained-error", `${operation.kind} failed with ${error}`);
  }
}

const EXPECTED: ReadonlySet<string> = new Set([
  "TimeoutError",
  "ProvisionedThroughputExceededException",
  "TransactionConflictException",
  // A sweep whose time is up before it could save where it is.
  "AbortError",
  // A limiter that meets a registry which is no set, or is full.
  "ValidationException",
]);

/** A conflict is no reason for a pass to fail: it is for one registry, and the others are to be repaired. */
function isExpected(error: unknown, kind: OperationKind): boolean {
  if (error instanceof ContentionError && (kind === "sweep" || kind === "repair")) return false;
  return error instanceof RegistryError || (error instanceof Error && EXPECTED.has(error.name));
}

async function takeOutage(world: World): Promise<void> {
  world.watch.needsSweep("the maintainer was down for longer than the stream keeps records");
  await world.wait((world.plan.steps.at(-1)?.at ?? 0) / 2);
  for (const maintainer of world.maintainers.flat()) maintainer.beginOutage();
  await world.wait(OUTAGE_MS);
  for (const maintainer of world.maintainers.flat()) maintainer.endOutage();
  for (const region of world.regions) region.stream().stream.trim();
}

async function comeToRest(world: World): Promise<void> {
  for (const region of world.regions) region.calm();
  for (const maintainer of world.maintainers.flat()) maintainer.start();
  const until = world.timeline.elapsed + REST_MS;
  const isAtRest = (): boolean =>
    world.isQuiet &&
    world.maintainers.flat().every((maintainer) => maintainer.isCaughtUpWith(world.watch.counts.lastChangeAt));
  const isOver = (): boolean => world.watch.violations.length > 0 || world.timeline.elapsed > until || isAtRest();
  await world.timeline.runUntil(isOver);
  if (world.watch.violations.length === 0 && !isAtRest()) {
    world.watch.complain("stuck", `Something still happens ${REST_MS / 60_000} minutes after writing has stopped`);
  }
}

/** One whole sweep of every Region, begun after writing has stopped: what an interrupted one has left is done first. */
async function sweepOnce(world: World): Promise<void> {
  const { invocationMs } = world.plan.setting.passes;
  let left = world.regions.length;
  const sweepRegion = async (region: number): Promise<void> => {
    for (let i = 0; i < 2; i++) {
      await run(world, { id: FINAL + i, at: 0, operation: { kind: "sweep", region, invocationMs } });
    }
    left--;
  };
  for (const region of world.regions.keys()) void sweepRegion(region);
  await world.timeline.runUntil(() => left === 0 || world.watch.violations.length > 0);
}

/** Every registry lists exactly the members there are, but for names that a full one has no room for. */
function judgeTheEnd({ watch, regions }: World): void {
  for (const { name: region, table } of regions) {
    for (const { place, drift, members } of watch.ledger(region).ledgers()) {
      const item = table.get(registryKeys(place.definition).registryKey(place.scope, place.shard));
      const free = MAX_ITEM_BYTES - (item === undefined ? 0 : itemSizeBytes(item));
      for (const name of drift.keys()) {
        const isMissing = members.has(name);
        if (isMissing && Buffer.byteLength(name) > free) continue;
        const state = isMissing ? "has an item and is not registered" : "is registered and has no item there";
        watch.complain("left-drift", `In ${region}, ${driftInWords({ place, name })} ${state}, for ever`);
      }
    }
  }
}
