import {
  audit as auditTable,
  backfill,
  createSweepHandler,
  type PassReport,
  readSweepState,
  type SavedPass,
  type SweepResult,
} from "@rollcall/maintainer";
import { withTiming } from "@rollcall/registry/internal";
import { SILENT } from "@rollcall/testing/rollcall/silent-telemetry";
import { leftOut } from "../promises/coverage.ts";
import { qualify } from "../promises/membership-ledger.ts";
import type { Process } from "../timeline/process.ts";
import { type Region, TABLE_NAME } from "../world/region.ts";
import type { World } from "../world/world.ts";
import type { OperationOf } from "./operation.ts";

/** Invocations after which a sweep will never end. */
const MAX_INVOCATIONS = 500;

/** Runs a sweep to its end, in as many invocations as it takes. */
export async function sweep(world: World, { region, invocationMs }: OperationOf<"sweep">, id: number): Promise<void> {
  for (let invocation = 1; invocation <= MAX_INVOCATIONS; invocation++) {
    const { outcome } = await invokeSweep(world, region, `sweep${id}.${invocation}`, invocationMs);
    if (outcome === "completed") await judgeSweep(world, world.region(region));
    if (outcome !== "time-up") return;
  }
  world.watch.complain("stuck", `sweep${id} has not ended after ${MAX_INVOCATIONS} invocations`);
}

async function invokeSweep(world: World, index: number, name: string, invocationMs: number): Promise<SweepResult> {
  const { watch, timeline, plan, history } = world;
  const region = world.region(index);
  const hasLateWrites = region.hasInFlight(({ role }) => role === "sweep") || !world.replication.isDone;
  const end = watch.sweeps.begin(name, hasLateWrites);
  const { process, client } = world.client("sweep", index, name);
  const { segments, unitsPerSecond } = plan.setting.passes;
  const handler = createSweepHandler({
    tableName: TABLE_NAME,
    client,
    segments,
    maxReadUnitsPerSecond: unitsPerSecond,
    ...withTiming({ clock: process.clock, epochMs: timeline.now, random: process.random.next }),
    ...SILENT,
  });
  const endsAt = process.clock.now() + invocationMs;
  watch.passes.begin(process, plan.setting.passes);
  let result: SweepResult | undefined;
  try {
    result = await handler(undefined, { getRemainingTimeInMillis: () => endsAt - process.clock.now() });
    return result;
  } finally {
    watch.passes.end(process);
    end(result?.outcome);
    history.add(() => `${process.name}: ${result?.outcome ?? "fails"}`);
  }
}

/** Holds what a sweep has left behind against what is wrong still. */
async function judgeSweep({ watch, plan }: World, { database, name }: Region): Promise<void> {
  const client = { send: async (command: object) => database.execute(command as never) } as never;
  const { last } = await readSweepState({ client, tableName: TABLE_NAME });
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

/** An operator's repair. When it dies, the next one resumes from what it saved. */
export async function repair(world: World, operation: OperationOf<"repair">, id: number): Promise<void> {
  const { watch, timeline, plan, history } = world;
  const startedAt = timeline.now();
  let saved: SavedPass | undefined;
  const run = async (name: string): Promise<{ process: Process; done: Promise<PassReport> }> => {
    const { process, client } = world.client("operator", operation.region, name);
    const { segments, unitsPerSecond } = plan.setting.passes;
    watch.passes.begin(process, plan.setting.passes);
    const done = backfill({
      tableName: TABLE_NAME,
      scope: operation.namespace,
      client,
      resume: saved,
      onSave: (state) => {
        saved = structuredClone(state);
      },
      segments,
      maxReadUnitsPerSecond: unitsPerSecond,
      ...withTiming({ clock: process.clock, epochMs: timeline.now, random: process.random.next }),
    });
    return { process, done };
  };
  if (operation.diesAfterMs !== undefined) {
    const { process, done } = await run(`repair${id}`);
    const death = Promise.withResolvers<undefined>();
    process.after(operation.diesAfterMs, () => {
      history.add(() => `${process.name} is killed`);
      process.kill();
      death.resolve(undefined);
    });
    const report = await Promise.race([done, death.promise]);
    if (report !== undefined) return judgeRepair(world, operation, startedAt, report);
  }
  const { done } = await run(operation.diesAfterMs === undefined ? `repair${id}` : `repair${id} resumed`);
  judgeRepair(world, operation, startedAt, await done);
}

/** Holds what a repair says against what is wrong still. */
function judgeRepair(
  world: World,
  { region: index, namespace }: OperationOf<"repair">,
  startedAt: number,
  report: PassReport,
): void {
  const { watch, plan } = world;
  const unrepairedCount = report.reduce((sum, { unrepaired }) => sum + unrepaired.length, 0);
  const pass = { startedAt, unrepairedCount, isInScope: (scope: string | undefined) => scope === namespace };
  const names = leftOut(watch.ledger(world.region(index).name), pass, plan.setting.network.staleWrites);
  if (names.length > 0) {
    watch.complain(
      "left-drift",
      `A repair tells of ${unrepairedCount} names it left wrong, and not of all of ${names.join(", ")}`,
    );
  }
}

/** Writes nothing, and sees no drift where there has never been any. */
export async function audit(world: World, { region, namespace }: OperationOf<"audit">, id: number): Promise<void> {
  const { watch, timeline, plan, history } = world;
  const { process, client } = world.client("operator", region, `audit${id}`);
  const { segments, unitsPerSecond } = plan.setting.passes;
  watch.passes.begin(process, plan.setting.passes);
  const [report] = await auditTable({
    tableName: TABLE_NAME,
    scope: namespace,
    client,
    segments,
    maxReadUnitsPerSecond: unitsPerSecond,
    ...withTiming({ clock: process.clock, epochMs: timeline.now, random: process.random.next }),
  });
  const found = [...(report?.missing ?? []), ...(report?.orphaned ?? [])].map((name) => qualify(namespace, name));
  history.add(() => `${process.name} finds ${found.join(", ") || "nothing"}`);
  if (found.length > 0 && !watch.sawDrift) {
    watch.complain("false-alarm", `An audit found ${found.join(", ")}, which nothing was ever wrong with`);
  }
}
