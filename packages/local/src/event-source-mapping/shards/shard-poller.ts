import type { BatchCollector } from "../batches/batch-collector.ts";
import type { BatchProcessor } from "../batches/batch-processor.ts";
import type { Round } from "../batches/round.ts";
import type { CheckpointBook } from "../checkpoints/checkpoint-book.ts";

/** What a poller works with. */
export interface ShardPollerParts {
  readonly shardId: string;
  readonly collector: BatchCollector;
  readonly processor: BatchProcessor;
  readonly book: CheckpointBook;
  readonly signal: AbortSignal;
  /** Ends the whole mapping: one batch that cannot continue must not wait for another that is retried for ever. */
  readonly fail: (error: unknown) => void;
}

/**
 * Polls one shard until it has ended and every record is done: collects a round, processes its batches side by side, and
 * begins with the next. Rejects with the signal's reason when that ends it earlier, after the invocations in flight.
 *
 * Differs from AWS: the batches of a round begin together, so with a parallelization factor above 1 a batch that is
 * being retried holds back the next round, where Lambda continues with other items of the shard. In exchange one
 * checkpoint a shard is enough, and a restart repeats no more than one round.
 */
export async function pollShard(parts: ShardPollerParts): Promise<void> {
  const { collector, signal } = parts;
  for (;;) {
    const round = await collector.next();
    signal.throwIfAborted();
    if (round === undefined) return;
    await processRound(round, parts);
  }
}

async function processRound(round: Round, { shardId, processor, book, fail }: ShardPollerParts): Promise<void> {
  let saved: string | undefined;
  const save = async (): Promise<void> => {
    const sequenceNumber = round.doneUpTo;
    if (sequenceNumber === undefined || sequenceNumber === saved) return;
    saved = sequenceNumber;
    await book.set(shardId, { sequenceNumber });
  };
  if (round.isEmpty) return await save();
  const batches = round.batches.map(async (batch) => {
    try {
      await processor.process(batch, async (records) => {
        round.complete(records);
        await save();
      });
    } catch (error) {
      fail(error);
      throw error;
    }
  });
  for (const outcome of await Promise.allSettled(batches)) if (outcome.status === "rejected") throw outcome.reason;
}
