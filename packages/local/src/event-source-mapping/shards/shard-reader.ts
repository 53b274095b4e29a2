import type { ShardCheckpoint } from "../checkpoints/checkpoint-store.ts";
import type { SteadyClock } from "../clock.ts";
import { RECORD_TIME_ROUNDING_MS } from "../constants.ts";
import type { Tell } from "../events.ts";
import { markOf, probe } from "./record-probe.ts";
import { moveFor, type Place, placeOf, type StreamAnswer } from "./shard-position.ts";
import type { StreamClient } from "./stream-client.ts";
import { type RefusalKind, StreamRefusal } from "./stream-refusal.ts";
import type { SourceRecord } from "./stream-source.ts";

/** What one read of a shard gave. */
export interface ShardPage {
  readonly records: readonly SourceRecord[];
  /** The last sequence number the read went past, also where its record was left out. */
  readonly readUpTo: string | undefined;
  /** Whether nothing more will be read: the shard is closed and was read to its end, or it has left the stream. */
  readonly ended: boolean;
}

/** What a reader works with. */
export interface ShardReaderParts {
  readonly client: StreamClient;
  readonly shardId: string;
  readonly clock: SteadyClock;
  readonly tell: Tell;
}

/** Where a reader is, and how it reads on. */
type Position =
  /** It needs an iterator. */
  | { readonly kind: "closed"; readonly place: Place }
  | {
      readonly kind: "open";
      readonly place: Place;
      readonly iterator: string;
      /** How many outages there had been when the place was last verified; -1 when it has not been. */
      readonly verifiedAt: number;
      /** Records from before this time are left out until a later one has been seen. */
      readonly notBefore?: number | undefined;
    }
  | { readonly kind: "ended"; readonly place: Place };

type Open = Extract<Position, { kind: "open" }>;

const NOTHING: ShardPage = { records: [], readUpTo: undefined, ended: false };
const ENDED: ShardPage = { records: [], readUpTo: undefined, ended: true };

/** Reads one shard from a checkpoint on, without losing its place; {@link MOVES} says what it does about each answer. */
export class ShardReader {
  readonly #parts: ShardReaderParts;
  #position: Position;

  /** @param checkpoint where to begin; undefined for the oldest record */
  constructor(parts: ShardReaderParts, checkpoint: ShardCheckpoint | undefined) {
    this.#parts = parts;
    this.#position = { kind: "closed", place: placeOf(checkpoint) };
  }

  /** Where it is. */
  get place(): Place {
    return this.#position.place;
  }

  /**
   * Takes an iterator at LATEST now, so that all that is written from here on is read. Should it expire before the first
   * record, the shard is read from its oldest record, and those from before it was joined are left out by their time.
   */
  async joinAtLatest(): Promise<void> {
    try {
      const iterator = await this.#parts.client.iterator(this.#parts.shardId, "LATEST");
      this.#position = { kind: "open", place: this.place, iterator, verifiedAt: -1 };
    } catch (error) {
      if (!(error instanceof StreamRefusal)) throw error; // told to the first read, which knows what to do
    }
  }

  /** The next records; none when there are none yet. */
  async read(): Promise<ShardPage> {
    try {
      const { client } = this.#parts;
      const position = await this.#open();
      const { records, next } = await client.records(position.iterator);
      const verifiedAt = client.outageCount;
      if (await this.#isMissing(position, records)) return this.#follow("missing");
      const last = records.at(-1);
      const readUpTo = last?.dynamodb?.SequenceNumber;
      const place: Place =
        last === undefined || readUpTo === undefined
          ? position.place
          : { at: "after", sequenceNumber: readUpTo, mark: markOf(last) };
      const [kept, notBefore] = withoutOld(records, position.notBefore);
      this.#position =
        next === undefined ? { kind: "ended", place } : { ...position, place, iterator: next, verifiedAt, notBefore };
      return { records: kept, readUpTo, ended: next === undefined };
    } catch (error) {
      if (!(error instanceof StreamRefusal)) throw error;
      return await this.#refused(error.kind);
    }
  }

  async #open(): Promise<Open> {
    const { client, shardId, clock } = this.#parts;
    const position = this.#position;
    if (position.kind === "ended") throw new TypeError("A shard that has ended is not read");
    if (position.kind === "open") return position;
    const { place } = position;
    const iterator =
      place.at === "after"
        ? await this.#iteratorAfter(place.sequenceNumber)
        : await client.iterator(shardId, "TRIM_HORIZON");
    // a clock that was set back to before the join says nothing of what was written since
    const isFiltered = place.at === "joined" && place.startedAt <= clock.now();
    const notBefore = isFiltered ? place.startedAt - RECORD_TIME_ROUNDING_MS : undefined;
    const opened: Open = { kind: "open", place, iterator, verifiedAt: -1, notBefore };
    this.#position = opened;
    return opened;
  }

  /** A server that fails for this number alone, while it answers otherwise, does not have it. */
  async #iteratorAfter(sequenceNumber: string): Promise<string> {
    const { client, shardId } = this.#parts;
    const ask = () => client.iterator(shardId, "AFTER_SEQUENCE_NUMBER", sequenceNumber);
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof StreamRefusal && error.kind === "failing")) throw error;
      await client.iterator(shardId, "TRIM_HORIZON"); // waits until the server answers
      return await ask();
    }
  }

  /**
   * Whether the record that was read last is not in the stream. Asked for a new iterator and after an outage, for an
   * engine that was restarted may have lost it; where neither its mark nor an empty page can show that, it is not asked.
   */
  async #isMissing({ place, verifiedAt }: Open, records: readonly SourceRecord[]): Promise<boolean> {
    const { client, shardId } = this.#parts;
    if (place.at !== "after" || verifiedAt === client.outageCount) return false;
    if (records.length > 0 && place.mark === undefined) return false;
    const found = await probe(client, shardId, place);
    return found === "nothing" || found === "another";
  }

  async #refused(kind: RefusalKind): Promise<ShardPage> {
    if (kind === "gone" && (await this.#isStreamGone())) {
      this.#position = { kind: "ended", place: this.place };
      return ENDED;
    }
    return this.#follow(kind === "failing" ? "missing" : kind);
  }

  async #isStreamGone(): Promise<boolean> {
    const { client } = this.#parts;
    if (client.isGone) return true;
    try {
      await client.describe();
      return false;
    } catch (error) {
      if (!(error instanceof StreamRefusal)) throw error;
      client.leave(error.cause);
      return true;
    }
  }

  #follow(answer: Exclude<StreamAnswer, "records">): ShardPage {
    const { tell, shardId } = this.#parts;
    const { place } = this;
    const after = place.at === "after" ? place.sequenceNumber : undefined;
    switch (moveFor(place, answer)) {
      case "reopen":
        this.#position = { kind: "closed", place };
        if (answer === "expired") tell({ kind: "iteratorExpired", shardId });
        return NOTHING;
      case "sayLost":
        this.#position = { kind: "closed", place: { at: "oldest", isTold: true } };
        tell({ kind: "recordsMayBeLost", shardId, after });
        return NOTHING;
      case "startOver":
        this.#position = { kind: "closed", place: { at: "oldest" } };
        tell({ kind: "startedOver", shardId, after: after ?? "" });
        return NOTHING;
      case "sayLostAndEnd":
        this.#position = { kind: "ended", place };
        if (place.at !== "oldest" || place.isTold !== true) tell({ kind: "recordsMayBeLost", shardId, after });
        return ENDED;
      case "advance":
        throw new TypeError(`${answer} brings no records`);
    }
  }
}

/** The records without those before a time, and the time as long as none from after it has been seen. */
function withoutOld(
  records: readonly SourceRecord[],
  notBefore: number | undefined,
): [kept: readonly SourceRecord[], notBefore: number | undefined] {
  if (notBefore === undefined) return [records, undefined];
  const from = records.findIndex(
    ({ dynamodb }) => (dynamodb?.ApproximateCreationDateTime?.getTime() ?? Number.POSITIVE_INFINITY) >= notBefore,
  );
  return from < 0 ? [[], notBefore] : [records.slice(from), undefined];
}
