import { createSweepHandler, readSweepState, type SweepResult } from "@rollcall/maintainer";
import type { RegistryDefinition } from "@rollcall/registry";
import { withTiming } from "@rollcall/registry/internal";
import { SILENT } from "@rollcall/testing/rollcall/silent-telemetry";
import type { PassPace } from "../plan/setting.ts";
import { leftOut } from "../promises/coverage.ts";
import type { Process } from "../timeline/process.ts";
import { type Region, TABLE_NAME } from "../world/region.ts";
import type { World } from "../world/world.ts";
import type { OperationOf } from "./operation.ts";

/** Invocations after which a sweep will never end. */
const MAX_INVOCATIONS = 500;
/** Invocations in a row whose means were too small, after which its owner has read the log. */
const PATIENCE = 3;
/** How the product says that an invocation came no further, and what is to be set higher. */
const STALLED = /time was up before it had come any further.*time-out higher, or maxReadUnitsPerSecond/;
/** What its owner then sets: enough for any table of a simulation. */
const RAISED: Pick<PassPace, "unitsPerSecond" | "invocationMs"> = { unitsPerSecond: 1_000, invocationMs: 60_000 };
/** The part of an invocation in which a sweep works, and does not save or answer. */
const SAVE_MS = 5_000;

/** How one invocation ended. */
interface Ended {
  readonly outcome: SweepResult["outcome"];
  /** Whether it said that it had come no further, and had spent all that its settings gave it. */
  readonly isStarved: boolean;
}

/**
 * Runs a sweep to its end, in as many invocations as it takes. One whose time and budget do not pay for a single step
 * never ends: then each of its invocations must say so, as an error, with the settings to raise; and with these it must end.
 */
export async function sweep(world: World, { region, invocationMs }: OperationOf<"sweep">, id: number): Promise<void> {
  const { watch, plan, history } = world;
  let pace: PassPace = { ...plan.setting.passes, invocationMs };
  let starvedCount = 0;
  for (let invocation = 1; invocation <= MAX_INVOCATIONS; invocation++) {
    const { outcome, isStarved } = await invokeSweep(world, region, `sweep${id}.${invocation}`, pace);
    if (outcome === "completed") await judgeSweep(world, world.region(region));
    if (outcome !== "time-up") return;
    starvedCount = isStarved ? starvedCount + 1 : 0;
    if (starvedCount < PATIENCE || pace.unitsPerSecond === RAISED.unitsPerSecond) continue;
    history.add(() => `sweep${id}: its owner reads the log, and sets its time-out and its read units higher`);
    pace = { ...pace, ...RAISED };
  }
  watch.complain("stuck", `sweep${id} has not ended after ${MAX_INVOCATIONS} invocations`);
}

async function invokeSweep(world: World, index: number, name: string, pace: PassPace): Promise<Ended> {
  const { watch, timeline, plan, history } = world;
  const region = world.region(index);
  const hasLateWrites = region.hasInFlight(({ role }) => role === "sweep") || !world.replication.isDone;
  const { sweeps, passes } = watch.rules;
  const end = sweeps.begin(name, hasLateWrites);
  const { process, client } = world.client("sweep", index, name);
  let hasSaidSo = false;
  const error = (message: string): void => {
    hasSaidSo ||= STALLED.test(message);
  };
  const handler = createSweepHandler({
    tableName: TABLE_NAME,
    registries: plan.setting.layout.definitions,
    client,
    segments: pace.segments,
    maxReadUnitsPerSecond: pace.unitsPerSecond,
    ...withTiming({ clock: process.clock, epochMs: timeline.now, random: process.random.next }),
    ...SILENT,
    logger: { ...SILENT.logger, error },
  });
  const endsAt = process.clock.now() + pace.invocationMs;
  passes.begin(process, pace);
  let outcome: SweepResult["outcome"] | undefined;
  try {
    const result = await handler(undefined, { getRemainingTimeInMillis: () => endsAt - process.clock.now() });
    outcome = result.outcome;
    return { outcome, isStarved: hasSaidSo && hasSpentAll(world, process, pace) };
  } finally {
    passes.end(process);
    end(outcome);
    history.add(() => `${process.name}: ${outcome ?? "fails"}${hasSaidSo ? ", and came no further" : ""}`);
  }
}

/** Whether a process has spent all read units that it earned while it worked. */
function hasSpentAll({ watch }: World, process: Process, { unitsPerSecond, invocationMs }: PassPace): boolean {
  const seconds = Math.max(0, invocationMs - SAVE_MS) / 1_000;
  return watch.rules.passes.spent(process) >= seconds * unitsPerSecond;
}

/** Holds what a sweep has left behind against what is wrong still. */
async function judgeSweep({ watch, plan }: World, { database, name }: Region): Promise<void> {
  const client = { send: async (command: object) => database.execute(command as never) } as never;
  const { key } = plan.setting.layout.definitions[0] as RegistryDefinition;
  const { last } = await readSweepState({ client, tableName: TABLE_NAME, key });
  if (last === undefined) return;
  const { findings, startedAt } = last;
  const ledger = watch.ledger(name);
  const pass = { startedAt, unrepairedCount: findings.unrepaired, isInScope: () => true };
  const names = leftOut(ledger, pass, plan.setting.network.staleWrites);
  if (names.length > 0) {
    watch.complain(
      "left-drift",
      `A sweep tells of ${findings.unrepaired} names it left wrong, and not of all of ${names.join(", ")}`,
    );
  }
  const found = findings.missing + findings.orphaned;
  if (found > ledger.episodes) {
    watch.complain("misreported", `A sweep found ${found} names wrong, and no more than ${ledger.episodes} ever were`);
  }
}
