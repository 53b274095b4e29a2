import { CheckpointInUseError } from "../errors.ts";
import type { CheckpointStore } from "./checkpoint-store.ts";

/** Which checkpoints of which store have a mapping in this process. */
const claimed = new WeakMap<CheckpointStore, Set<string>>();

/** Takes checkpoints for one mapping; two would overwrite each other's, and lose records after a restart. */
export async function claim(store: CheckpointStore, mappingId: string): Promise<() => Promise<void>> {
  const ids = claimed.get(store) ?? new Set();
  claimed.set(store, ids);
  if (ids.has(mappingId)) throw new CheckpointInUseError(`The checkpoints of ${JSON.stringify(mappingId)} are`);
  ids.add(mappingId);
  try {
    const release = await store.claim?.(mappingId);
    return async () => {
      if (ids.delete(mappingId)) await release?.();
    };
  } catch (error) {
    ids.delete(mappingId);
    throw error;
  }
}
