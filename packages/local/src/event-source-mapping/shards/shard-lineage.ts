import type { SourceShard } from "./stream-source.ts";

/** A shard that has its id. */
export interface Shard {
  readonly shardId: string;
  readonly parentShardId: string | undefined;
}

/**
 * Which shards may be read. A change to an item goes to a child only after all earlier ones went to the parent, so a
 * shard waits until its parent is drained. A parent that is not listed has left the stream and holds nothing back.
 *
 * A shard goes waiting → reading → drained, and is forgotten once it is drained and no longer listed.
 */
export class ShardLineage {
  readonly #shards = new Map<string, { parent: string | undefined; state: "waiting" | "reading" | "drained" }>();

  /** Takes in what the stream lists now. */
  update(listed: readonly Shard[]): void {
    const ids = new Set(listed.map(({ shardId }) => shardId));
    for (const [shardId, { state }] of this.#shards) {
      if (state === "drained" && !ids.has(shardId)) this.#shards.delete(shardId);
    }
    for (const { shardId, parentShardId } of listed) {
      if (!this.#shards.has(shardId)) this.#shards.set(shardId, { parent: parentShardId, state: "waiting" });
    }
  }

  /** Takes the shards that may be begun now, and counts them as being read. */
  begin(): string[] {
    const ready = [...this.#shards].filter(([, { parent, state }]) => state === "waiting" && this.#isDone(parent));
    for (const [, shard] of ready) shard.state = "reading";
    return ready.map(([shardId]) => shardId);
  }

  /** Whether no shard is being read or will be. */
  get isDrained(): boolean {
    return [...this.#shards.values()].every(({ state }) => state === "drained");
  }

  /** Says that every record of a shard is done. */
  drain(shardId: string): void {
    const shard = this.#shards.get(shardId);
    if (shard) shard.state = "drained";
  }

  #isDone(parent: string | undefined): boolean {
    return parent === undefined || (this.#shards.get(parent)?.state ?? "drained") === "drained";
  }
}

/** The shards no listed shard descends from: the ones that may still get records. */
export function leaves(listed: readonly Shard[]): Shard[] {
  const parents = new Set(listed.map(({ parentShardId }) => parentShardId));
  return listed.filter(({ shardId }) => !parents.has(shardId));
}

/** Drops what has no id: nothing can be asked about such a shard. */
export function toShards(shards: readonly SourceShard[]): Shard[] {
  return shards.flatMap(({ ShardId, ParentShardId }) =>
    ShardId === undefined ? [] : [{ shardId: ShardId, parentShardId: ParentShardId }],
  );
}
