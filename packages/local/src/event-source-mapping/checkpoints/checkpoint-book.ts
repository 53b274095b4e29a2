import type { CheckpointStore, Checkpoints, ShardCheckpoint } from "./checkpoint-store.ts";

/** A mapping's checkpoints while it runs. Shards that finish a batch while a save is under way share the next save. */
export class CheckpointBook {
  readonly #store: CheckpointStore;
  readonly #mappingId: string;
  readonly #shards: Map<string, ShardCheckpoint>;
  #last: Promise<void> = Promise.resolve();
  #queued: Promise<void> | undefined;

  constructor(store: CheckpointStore, mappingId: string, saved: Checkpoints) {
    this.#store = store;
    this.#mappingId = mappingId;
    this.#shards = new Map(Object.entries(saved));
  }

  /** Where a shard is, or undefined when it has not been begun. */
  get(shardId: string): ShardCheckpoint | undefined {
    return this.#shards.get(shardId);
  }

  /** Resolves when the checkpoint is saved. */
  async set(shardId: string, checkpoint: ShardCheckpoint): Promise<void> {
    this.#shards.set(shardId, checkpoint);
    await this.#save();
  }

  /** Sets many at once and resolves when they are saved. */
  async setAll(checkpoints: Checkpoints): Promise<void> {
    for (const [shardId, checkpoint] of Object.entries(checkpoints)) this.#shards.set(shardId, checkpoint);
    await this.#save();
  }

  /** Forgets shards that were read to the end and have left the stream, with the next save. */
  forgetEndedExcept(listed: ReadonlySet<string>): void {
    for (const [shardId, checkpoint] of this.#shards) {
      if ("ended" in checkpoint && !listed.has(shardId)) this.#shards.delete(shardId);
    }
  }

  #save(): Promise<void> {
    this.#queued ??= this.#last = this.#last.then(() => {
      this.#queued = undefined;
      return this.#store.save(this.#mappingId, Object.fromEntries(this.#shards));
    });
    return this.#queued;
  }
}
