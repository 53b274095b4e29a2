import type { ResourceRegistry } from "@rollcall/registry";
import { CONCURRENT_UPDATES } from "./constants.ts";
import type { Change } from "./plan.ts";

/** What became of a plan. */
export interface Outcome {
  done: Change[];
  failed: { change: Change; error: unknown }[];
}

/**
 * Carries out changes as far as it can: what sets a name in as few transactions as there can be, then the updates, then
 * the deletions, so that a resource that was renamed has limits all the time.
 *
 * @throws the signal's reason, when it aborts; what was written until then stays written
 */
export async function carryOut(
  registry: ResourceRegistry,
  changes: readonly Change[],
  signal: AbortSignal,
): Promise<Outcome> {
  const errors = new Map<Change, unknown>();
  const attempt = async (change: Change, write: (change: Change) => Promise<void>): Promise<void> => {
    try {
      await write(change);
    } catch (error) {
      signal.throwIfAborted();
      errors.set(change, error);
    }
  };
  const isUpdate = ({ action, registered }: Change) => action === "change" && registered;
  const sets = changes.filter((change) => change.action !== "delete" && !isUpdate(change));
  const deletions = changes.filter(({ action }) => action === "delete");

  // The registry joins what is called at the same time.
  const set = ({ resource, to }: Change) => registry.setResourceDefaults(resource, to, { signal });
  await Promise.all(sets.map((change) => attempt(change, set)));

  const update = ({ resource, to }: Change) => registry.updateResourceDefaults(resource, to, { signal });
  const updates = changes.filter(isUpdate).values();
  const worker = async () => {
    for (const change of updates) await attempt(change, update);
  };
  await Promise.all(Array.from({ length: CONCURRENT_UPDATES }, worker));

  const remove = ({ resource }: Change) => registry.deleteResourceDefaults(resource, { signal });
  await Promise.all(deletions.map((change) => attempt(change, remove)));

  return {
    done: changes.filter((change) => !errors.has(change)),
    failed: changes.filter((change) => errors.has(change)).map((change) => ({ change, error: errors.get(change) })),
  };
}
