import { InvalidCheckpointError } from "../errors.ts";
import type { CheckpointStore, Checkpoints, ShardCheckpoint } from "./checkpoint-store.ts";
import { claim } from "./claims.ts";
import { parseCheckpoints } from "./parse-checkpoints.ts";

/** A mapping's checkpoints while it runs. Shards that finish a batch while a save is in flight share the next save. */
export class CheckpointBook {
  /** Whether there were none when it was opened. */
  readonly isNew: boolean;
  readonly #save: (checkpoints: Checkpoints) => Promise<void>;
  readonly #release: () => Promise<void>;
  readonly #shards: Map<string, ShardCheckpoint>;
  #last: Promise<void> = Promise.resolve();
  #queued: Promise<void> | undefined;

  private constructor(
    saved: Checkpoints | undefined,
    save: (checkpoints: Checkpoints) => Promise<void>,
    release: () => Promise<void>,
  ) {
    this.isNew = saved === undefined;
    this.#shards = new Map(Object.entries(saved ?? {}));
    this.#save = save;
    this.#release = release;
  }

  /**
   * Takes the checkpoints of a mapping and reads them, once.
   *
   * @throws InvalidCheckpointError, CheckpointInUseError, and what the store throws
   */
  static async open(store: CheckpointStore, mappingId: string): Promise<CheckpointBook> {
    const release = await claim(store, mappingId);
    try {
      const saved = await store.load(mappingId);
      const parsed = saved === undefined ? undefined : parseCheckpoints(saved);
      if (parsed !== undefined && isProblem(parsed)) throw new InvalidCheckpointError(undefined, parsed.problem);
      return new CheckpointBook(parsed, (checkpoints) => store.save(mappingId, checkpoints), release);
    } catch (error) {
      await release();
      throw error;
    }
  }

  /** Gives the checkpoints back, for the next mapping. */
  async close(): Promise<void> {
    await this.#release();
  }

  /** Where a shard is, or undefined when it has not been begun. */
  get(shardId: string): ShardCheckpoint | undefined {
    return this.#shards.get(shardId);
  }

  /** Resolves when the checkpoint is saved. */
  async set(shardId: string, checkpoint: ShardCheckpoint): Promise<void> {
    this.#shards.set(shardId, checkpoint);
    await this.#saveNext();
  }

  /** Sets many together and resolves when they are saved. */
  async setAll(checkpoints: Checkpoints): Promise<void> {
    for (const [shardId, checkpoint] of Object.entries(checkpoints)) this.#shards.set(shardId, checkpoint);
    await this.#saveNext();
  }

  /** Forgets shards that were read to the end and have left the stream, with the next save. */
  forgetEndedExcept(listed: ReadonlySet<string>): void {
    for (const [shardId, checkpoint] of this.#shards) {
      if ("ended" in checkpoint && !listed.has(shardId)) this.#shards.delete(shardId);
    }
  }

  /** Forgets all shards that have left the stream, and resolves to them when that is saved. */
  async forgetUnlisted(listed: ReadonlySet<string>): Promise<readonly [shardId: string, ShardCheckpoint][]> {
    const unlisted = [...this.#shards].filter(([shardId]) => !listed.has(shardId));
    for (const [shardId] of unlisted) this.#shards.delete(shardId);
    if (unlisted.length > 0) await this.#saveNext();
    return unlisted;
  }

  #saveNext(): Promise<void> {
    this.#queued ??= this.#last = this.#last.then(() => {
      this.#queued = undefined;
      return this.#save(Object.fromEntries(this.#shards));
    });
    return this.#queued;
  }
}

function isProblem(parsed: object): parsed is { readonly problem: string } {
  return typeof (parsed as { problem?: unknown }).problem === "string";
}
