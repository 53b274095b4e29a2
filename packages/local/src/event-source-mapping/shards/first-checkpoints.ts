import type { CheckpointBook } from "../checkpoints/checkpoint-book.ts";
import type { ShardCheckpoint } from "../checkpoints/checkpoint-store.ts";
import type { SteadyClock } from "../clock.ts";
import type { Tell } from "../events.ts";
import { probe } from "./record-probe.ts";
import { leaves, type Shard } from "./shard-lineage.ts";
import type { Place } from "./shard-position.ts";
import { ShardReader } from "./shard-reader.ts";
import type { StreamClient } from "./stream-client.ts";

/** Takes iterators at LATEST of the shards that may still get records, and counts the others as read. */
export async function joinAtLatest(
  shards: readonly Shard[],
  startedAt: number,
  parts: { client: StreamClient; book: CheckpointBook; clock: SteadyClock; tell: Tell },
): Promise<ReadonlyMap<string, ShardReader>> {
  const { book, ...readerParts } = parts;
  const checkpoints: Record<string, ShardCheckpoint> = {};
  for (const { shardId } of shards) checkpoints[shardId] = { ended: true };
  const joined = await Promise.all(
    leaves(shards).map(async ({ shardId }): Promise<[string, ShardReader]> => {
      const checkpoint = { startedAt };
      checkpoints[shardId] = checkpoint;
      const reader = new ShardReader({ ...readerParts, shardId }, checkpoint);
      await reader.joinAtLatest();
      return [shardId, reader];
    }),
  );
  await book.setAll(checkpoints);
  return new Map(joined);
}

/** Says what may be lost of shards that have a checkpoint and left the stream, and forgets them. */
export async function forgetLeft(shards: readonly Shard[], book: CheckpointBook, tell: Tell): Promise<void> {
  for (const [shardId, checkpoint] of await book.forgetUnlisted(new Set(shards.map(({ shardId }) => shardId)))) {
    if ("ended" in checkpoint) continue;
    tell({
      kind: "recordsMayBeLost",
      shardId,
      after: "sequenceNumber" in checkpoint ? checkpoint.sequenceNumber : undefined,
    });
  }
}

/**
 * The checkpoints of a new stream's shards that are the old stream's under a new name: dynoxide 1.2 keeps one list of
 * records for each name of a table, and a new stream begins with the old ones. A shard is the same if it has the same
 * id, and the very record that was read last.
 */
export async function carriedOver(
  places: ReadonlyMap<string, Place>,
  client: StreamClient,
  shards: readonly Shard[],
): Promise<Record<string, ShardCheckpoint>> {
  const carried: Record<string, ShardCheckpoint> = {};
  for (const { shardId } of shards) {
    const place = places.get(shardId);
    if (place?.at !== "after" || place.mark === undefined) continue;
    if ((await probe(client, shardId, place)) === "same") carried[shardId] = { sequenceNumber: place.sequenceNumber };
  }
  return carried;
}
