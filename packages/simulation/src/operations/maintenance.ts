import { audit as auditTable, backfill, createSweepHandler, type SavedPass } from "@rollcall/maintainer";
import { withTiming } from "@rollcall/registry/internal";
import { SILENT } from "@rollcall/testing/rollcall/silent-telemetry";
import { qualify } from "../promises/membership-ledger.ts";
import type { World } from "../world/world.ts";
import type { OperationOf } from "./operation.ts";

/** Segments of every pass, and read units a second: enough for a small table to take a while. */
const SEGMENTS = 2;
const READ_UNITS_PER_SECOND = 50;

/** Runs a sweep to its end, in as many invocations as it takes. */
export async function sweep(world: World, { region, invocationMs }: OperationOf<"sweep">, id: number): Promise<void> {
  let invocations = 0;
  for (let outcome = "time-up"; outcome === "time-up"; ) {
    const { process, client } = world.client("sweep", region, `sweep${id}.${++invocations}`);
    const handler = createSweepHandler({
      tableName: world.tableName,
      client,
      segments: SEGMENTS,
      maxReadUnitsPerSecond: READ_UNITS_PER_SECOND,
      ...withTiming({ clock: process.clock, epochMs: world.timeline.now, random: process.random.next }),
      ...SILENT,
    });
    const startedAt = process.clock.now();
    const context = { getRemainingTimeInMillis: () => startedAt + invocationMs - process.clock.now() };
    ({ outcome } = await handler(undefined, context));
    world.history.add(() => `${process.name}: ${outcome}`);
  }
}

/** An operator's repair. When it dies, the next one goes on from what it saved. */
export async function repair(world: World, operation: OperationOf<"repair">, id: number): Promise<void> {
  let saved: SavedPass | undefined;
  const run = async (name: string, diesAfterMs: number | undefined): Promise<void> => {
    const { process, client } = world.client("operator", operation.region, name);
    const done = backfill({
      tableName: world.tableName,
      namespace: operation.namespace,
      client,
      resume: saved,
      onSave: (state) => {
        saved = structuredClone(state);
      },
      segments: SEGMENTS,
      maxReadUnitsPerSecond: READ_UNITS_PER_SECOND,
      ...withTiming({ clock: process.clock, random: process.random.next }),
    });
    if (diesAfterMs === undefined) return void (await done);
    const { promise, resolve } = Promise.withResolvers<void>();
    process.after(diesAfterMs, () => {
      world.history.add(() => `${process.name} is killed`);
      process.kill();
      resolve();
    });
    await Promise.race([promise, done]);
  };
  await run(`repair${id}`, operation.diesAfterMs);
  if (operation.diesAfterMs !== undefined) await run(`repair${id} resumed`, undefined);
}

/** Writes nothing, and sees no drift where there has never been any. */
export async function audit(world: World, { region, namespace }: OperationOf<"audit">, id: number): Promise<void> {
  const { process, client } = world.client("operator", region, `audit${id}`);
  const [report] = await auditTable({
    tableName: world.tableName,
    namespace,
    client,
    segments: SEGMENTS,
    maxReadUnitsPerSecond: READ_UNITS_PER_SECOND,
    ...withTiming({ clock: process.clock, random: process.random.next }),
  });
  const found = [...(report?.missing ?? []), ...(report?.orphaned ?? [])].map((name) => qualify(namespace, name));
  world.history.add(() => `${process.name} finds ${found.join(", ") || "nothing"}`);
  if (found.length > 0 && !world.watch.sawDrift) {
    world.watch.complain("false-alarm", `An audit found ${found.join(", ")}, which nothing was ever wrong with`);
  }
}
