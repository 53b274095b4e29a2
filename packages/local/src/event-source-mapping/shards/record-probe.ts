import { MAX_PROBE_PAGES } from "../constants.ts";
import type { StreamClient } from "./stream-client.ts";
import { StreamRefusal } from "./stream-refusal.ts";
import type { SourceRecord } from "./stream-source.ts";

/** What a shard has under a sequence number. `unclear` when it refuses to say, as after the record has left the stream. */
export type Probed = "same" | "another" | "nothing" | "unclear";

/** What tells a record from another under the same number, which an engine may give twice. Keys are in no order. */
export function markOf({ eventID, eventName, dynamodb }: SourceRecord): string {
  const keys = Object.entries(dynamodb?.Keys ?? {}).sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([eventID, eventName, dynamodb?.ApproximateCreationDateTime, keys]);
}

/**
 * Looks for the record at a sequence number. Neither engine says so plainly when a number is ahead of its stream: one
 * finds nothing there, the other fails.
 *
 * @param mark the record's {@link markOf}, if it is known
 */
export async function probe(
  client: StreamClient,
  shardId: string,
  { sequenceNumber, mark }: { readonly sequenceNumber: string; readonly mark?: string },
): Promise<Probed> {
  try {
    let iterator: string | undefined = await client.iterator(shardId, "AT_SEQUENCE_NUMBER", sequenceNumber);
    for (let page = 0; page < MAX_PROBE_PAGES && iterator !== undefined; page++) {
      const { records, next }: Awaited<ReturnType<StreamClient["records"]>> = await client.records(iterator);
      const [first] = records;
      if (first !== undefined) {
        if (first.dynamodb?.SequenceNumber !== sequenceNumber) return "unclear";
        return mark === undefined || mark === markOf(first) ? "same" : "another";
      }
      iterator = next;
    }
    return "nothing";
  } catch (error) {
    if (error instanceof StreamRefusal) return "unclear";
    throw error;
  }
}
