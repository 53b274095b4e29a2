import type { ShardCheckpoint } from "../checkpoints/checkpoint-store.ts";

/** Where the reader of a shard is. */
export type Place =
  /** Before the oldest record there is. `isTold`: that others may be lost has been said. */
  | { readonly at: "oldest"; readonly isTold?: true }
  /** Behind the record with this number. `mark` tells it from another record under the same number, if it was read here. */
  | { readonly at: "after"; readonly sequenceNumber: string; readonly mark?: string }
  /** Where the shard ended when it was joined at LATEST, in milliseconds since 1970; nothing was read of it since. */
  | { readonly at: "joined"; readonly startedAt: number };

/** What the stream answers to a reader that stands somewhere. */
export const STREAM_ANSWERS = ["records", "expired", "trimmed", "gone", "missing"] as const;
export type StreamAnswer = (typeof STREAM_ANSWERS)[number];

/** What the reader does about an answer. */
export type Move =
  /** Takes the records, and stands behind the last of them. */
  | "advance"
  /** Gets a new iterator for the same place. */
  | "reopen"
  /** Says that records may be lost, and continues with the oldest. */
  | "sayLost"
  /** Says that it starts over, and continues with the oldest. */
  | "startOver"
  /** Counts the shard as drained, for it has left the stream; says that records may be lost. */
  | "sayLostAndEnd";

/**
 * Every place and every answer. `missing`: the stream has neither the record at the place nor a later one, though the
 * place has not been trimmed. An answer that a place cannot get is a fault of the code.
 */
export const MOVES = {
  oldest: {
    records: "advance",
    expired: "reopen",
    trimmed: "reopen", // the oldest record left between the iterator and the read
    gone: "sayLostAndEnd",
    missing: "impossible",
  },
  after: {
    records: "advance",
    expired: "reopen",
    trimmed: "sayLost",
    gone: "sayLost", // the oldest record is asked for before the shard is believed to be gone
    missing: "startOver",
  },
  joined: {
    records: "advance",
    expired: "reopen",
    trimmed: "sayLost",
    gone: "sayLostAndEnd",
    missing: "impossible",
  },
} as const satisfies Record<Place["at"], Record<StreamAnswer, Move | "impossible">>;

/** Where to begin with a checkpoint. A shard that has ended is not read. */
export function placeOf(checkpoint: ShardCheckpoint | undefined): Place {
  if (checkpoint === undefined) return { at: "oldest" };
  if ("sequenceNumber" in checkpoint) return { at: "after", sequenceNumber: checkpoint.sequenceNumber };
  if ("startedAt" in checkpoint) return { at: "joined", startedAt: checkpoint.startedAt };
  throw new TypeError("A shard that has ended is not read");
}

/** The move for an answer. */
export function moveFor(place: Place, answer: StreamAnswer): Move {
  const move = MOVES[place.at][answer];
  if (move === "impossible") throw new TypeError(`A reader at ${place.at} cannot be told ${answer}`);
  return move;
}
