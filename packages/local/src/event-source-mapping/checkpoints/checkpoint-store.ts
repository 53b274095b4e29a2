/**
 * How far a shard has been processed:
 * after a sequence number; up to its end; or, when it was joined at LATEST and nothing was read since, from a time on.
 * A shard without a checkpoint is read from its oldest record.
 */
export type ShardCheckpoint =
  | { readonly sequenceNumber: string }
  | { readonly ended: true }
  /** Milliseconds since 1970. */
  | { readonly startedAt: number };

/** The checkpoints of one mapping, by shard. */
export type Checkpoints = Readonly<Record<string, ShardCheckpoint>>;

/**
 * Where a mapping remembers its place. A mapping saves after every batch that is done, one save at a time, and loads once,
 * when it starts. What a method throws ends the mapping. Of one object, each id has one mapping at a time.
 *
 * @example
 * ```ts
 * import type { Checkpoints, CheckpointStore } from "@rollcall/local";
 *
 * const saved = new Map<string, Checkpoints>();
 * const store: CheckpointStore = {
 *   load: async (mappingId) => saved.get(mappingId),
 *   save: async (mappingId, checkpoints) => void saved.set(mappingId, checkpoints),
 * };
 * ```
 */
export interface CheckpointStore {
  /** The checkpoints saved last under this id, or undefined when there are none. */
  load(mappingId: string): Promise<Checkpoints | undefined>;
  /** Replaces the checkpoints under this id, all or nothing. */
  save(mappingId: string, checkpoints: Checkpoints): Promise<void>;
  /**
   * Takes the checkpoints under this id for one mapping, before they are loaded, where other objects or processes could
   * save them as well. Resolves to what gives them back.
   *
   * @throws CheckpointInUseError when another has them
   */
  claim?(mappingId: string): Promise<() => Promise<void>>;
}

/**
 * Keeps checkpoints for as long as the object lives: hand the same one to the next mapping to continue where the last stopped.
 *
 * @example
 * ```ts
 * import { MemoryCheckpointStore } from "@rollcall/local";
 *
 * const checkpoints = new MemoryCheckpointStore();
 * ```
 */
export class MemoryCheckpointStore implements CheckpointStore {
  readonly #saved = new Map<string, Checkpoints>();

  async load(mappingId: string): Promise<Checkpoints | undefined> {
    return this.#saved.get(mappingId);
  }

  async save(mappingId: string, checkpoints: Checkpoints): Promise<void> {
    this.#saved.set(mappingId, checkpoints);
  }
}
