import { audit as auditTable, backfill, type PassReport, type SavedPass } from "@rollcall/maintainer";
import { withTiming } from "@rollcall/registry/internal";
import { leftOut } from "../promises/coverage.ts";
import { qualify } from "../promises/membership-ledger.ts";
import type { Process } from "../timeline/process.ts";
import { TABLE_NAME } from "../world/region.ts";
import type { World } from "../world/world.ts";
import type { OperationOf } from "./operation.ts";

/** An operator's repair. When it dies, the next one resumes from what it saved. */
export async function repair(world: World, operation: OperationOf<"repair">, id: number): Promise<void> {
  const { watch, timeline, plan, history } = world;
  const startedAt = timeline.now();
  let saved: SavedPass | undefined;
  const run = async (name: string): Promise<{ process: Process; done: Promise<PassReport> }> => {
    const { process, client } = world.client("operator", operation.region, name);
    const { segments, unitsPerSecond } = plan.setting.passes;
    watch.rules.passes.begin(process, plan.setting.passes);
    const done = backfill({
      tableName: TABLE_NAME,
      registries: plan.setting.layout.definitions,
      scope: operation.scope,
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
  { region: index, scope }: OperationOf<"repair">,
  startedAt: number,
  report: PassReport,
): void {
  const { watch, plan } = world;
  const unrepairedCount = report.reduce((sum, { unrepaired }) => sum + unrepaired.length, 0);
  const pass = { startedAt, unrepairedCount, isInScope: (found: string | undefined) => found === scope };
  const names = leftOut(watch.ledger(world.region(index).name), pass, plan.setting.network.staleWrites);
  if (names.length > 0) {
    watch.complain(
      "left-drift",
      `A repair tells of ${unrepairedCount} names it left wrong, and not of all of ${names.join(", ")}`,
    );
  }
}

/** Writes nothing, and sees no drift where there has never been any. */
export async function audit(world: World, { region, scope }: OperationOf<"audit">, id: number): Promise<void> {
  const { watch, timeline, plan, history } = world;
  const { process, client } = world.client("operator", region, `audit${id}`);
  const { segments, unitsPerSecond } = plan.setting.passes;
  watch.rules.passes.begin(process, plan.setting.passes);
  const reports = await auditTable({
    tableName: TABLE_NAME,
    registries: plan.setting.layout.definitions,
    scope,
    client,
    segments,
    maxReadUnitsPerSecond: unitsPerSecond,
    ...withTiming({ clock: process.clock, epochMs: timeline.now, random: process.random.next }),
  });
  const found = reports.flatMap(({ registry, missing, orphaned }) =>
    [...missing, ...orphaned].map((name) => `${qualify(scope, name)} of ${registry}`),
  );
  history.add(() => `${process.name} finds ${found.join(", ") || "nothing"}`);
  if (found.length > 0 && !watch.sawDrift) {
    watch.complain("false-alarm", `An audit found ${found.join(", ")}, which nothing was ever wrong with`);
  }
}
