import { Registry } from "@rollcall/registry";
import { withTiming } from "@rollcall/registry/internal";
import { resources } from "@rollcall/registry/resources";
import type { RegistryConnection } from "../connection/connection.ts";
import type { Io } from "../terminal/io.ts";
import { CONCURRENT_UPDATES } from "./constants.ts";
import { keepingPut, keptAttributes } from "./keeping-put.ts";
import type { PlannedChange } from "./plan.ts";

/** What became of a plan. */
export interface Outcome {
  done: PlannedChange[];
  failed: { change: PlannedChange; error: unknown }[];
}

/**
 * Carries out changes as far as it can: what sets a name in as few transactions as there can be, then the updates, then
 * the deletions, so that a resource that was renamed has limits all the time. A default in which others keep something is
 * written with it, together with its name, on condition that it is as it was read.
 *
 * @throws the signal's reason, when it aborts; what was written until then stays written
 */
export async function carryOut(
  { client, registry, target }: RegistryConnection,
  changes: readonly PlannedChange[],
  { clock, signal }: Pick<Io, "clock" | "signal">,
): Promise<Outcome> {
  const errors = new Map<PlannedChange, unknown>();
  const attempt = async (change: PlannedChange, write: (change: PlannedChange) => Promise<void>): Promise<void> => {
    try {
      await write(change);
    } catch (error) {
      signal.throwIfAborted();
      errors.set(change, error);
    }
  };
  const keeping = new Set(changes.filter((change) => keptAttributes(change).length > 0));
  const isUpdate = (change: PlannedChange) => change.action === "change" && change.registered && !keeping.has(change);
  const isSet = (change: PlannedChange) => change.action !== "delete" && !isUpdate(change) && !keeping.has(change);
  const sets = changes.filter(isSet);
  const deletions = changes.filter(({ action }) => action === "delete");

  // The registry joins what is called at the same time.
  const set = ({ resource, to }: PlannedChange) => registry.setResourceDefaults(resource, to, { signal });
  await Promise.all(sets.map((change) => attempt(change, set)));

  const { tableName, namespace } = target;
  await using writer = new Registry({
    definition: resources,
    tableName,
    scope: namespace,
    client,
    ...withTiming({ clock }),
  });
  const keep = (change: PlannedChange) =>
    writer.write(change.resource, [{ Put: keepingPut(change, target) }], { signal });
  await Promise.all(Array.from(keeping, (change) => attempt(change, keep)));

  const update = ({ resource, to }: PlannedChange) => registry.updateResourceDefaults(resource, to, { signal });
  const updates = changes.filter(isUpdate).values();
  const worker = async () => {
    for (const change of updates) await attempt(change, update);
  };
  await Promise.all(Array.from({ length: CONCURRENT_UPDATES }, worker));

  const remove = ({ resource }: PlannedChange) => registry.deleteResourceDefaults(resource, { signal });
  await Promise.all(deletions.map((change) => attempt(change, remove)));

  return {
    done: changes.filter((change) => !errors.has(change)),
    failed: changes.filter((change) => errors.has(change)).map((change) => ({ change, error: errors.get(change) })),
  };
}
