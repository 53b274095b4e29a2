import type { Checkpoints, ShardCheckpoint } from "./checkpoint-store.ts";

/** Sequence numbers are decimal. Source: DynamoDB Streams API reference, "StreamRecord". */
const SEQUENCE_NUMBER = /^\d{1,40}$/;

/** Reads the checkpoints of one mapping, or says what is wrong with them. */
export function parseCheckpoints(value: unknown): Checkpoints | { readonly problem: string } {
  if (!isObject(value)) return { problem: "are no object" };
  const checkpoints: [string, ShardCheckpoint][] = [];
  for (const [shardId, found] of Object.entries(value)) {
    const checkpoint = parseCheckpoint(found);
    if (checkpoint === undefined) return { problem: `have a malformed one for shard ${JSON.stringify(shardId)}` };
    checkpoints.push([shardId, checkpoint]);
  }
  return Object.fromEntries(checkpoints);
}

function parseCheckpoint(value: unknown): ShardCheckpoint | undefined {
  if (!isObject(value)) return undefined;
  const { sequenceNumber, ended, startedAt } = value;
  if (typeof sequenceNumber === "string") return SEQUENCE_NUMBER.test(sequenceNumber) ? { sequenceNumber } : undefined;
  if (ended === true) return { ended };
  return Number.isFinite(startedAt) ? { startedAt: startedAt as number } : undefined;
}

/** Whether a value is an object other than a list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
