import type { SteadyClock } from "../clock.ts";
import { StreamUnavailableError } from "../errors.ts";
import type { AttributeValue, DynamoDBRecord, EventName } from "../function/lambda-event.ts";
import type { SourceRecord } from "../shards/stream-source.ts";
import { toLambdaRecord } from "./lambda-record.ts";

/** A record that is to be sent to the function. */
export interface PendingRecord {
  readonly sequenceNumber: string;
  readonly eventName: EventName | undefined;
  /** When it was written, in milliseconds since 1970; undefined when the record does not say. */
  readonly createdAt: number | undefined;
  /** When it will be too old to be sent, on the monotonic clock; Infinity if it does not age. */
  readonly expiresAt: number;
  /** Which of the shard's parallel batches it goes to. */
  readonly lane: number;
  /** The record as it stands in the event, as JSON: each invocation parses its own copy, as it would across a network. */
  readonly json: string;
}

/** A record that was read; `pending` is missing when no filter lets it through. */
export interface ReadRecord {
  readonly sequenceNumber: string;
  readonly pending: PendingRecord | undefined;
}

/** What decides what becomes of a record that was read. */
export interface PreparationSettings {
  readonly streamArn: string;
  readonly accepts: (record: DynamoDBRecord) => boolean;
  readonly lanes: number;
  /** Infinity when records do not age. */
  readonly maximumRecordAgeMs: number;
  readonly clock: SteadyClock;
}

/** Prepares a record of GetRecords: as Lambda would send it, filtered, and assigned to a lane. */
export function toReadRecord(source: SourceRecord, settings: PreparationSettings): ReadRecord {
  const { streamArn, accepts, lanes, maximumRecordAgeMs, clock } = settings;
  const record = toLambdaRecord(source, streamArn);
  const sequenceNumber = record.dynamodb?.SequenceNumber;
  if (sequenceNumber === undefined) {
    throw new StreamUnavailableError(
      `Stream ${streamArn} returned a record without a sequence number; cannot keep its place.`,
    );
  }
  if (!accepts(record)) return { sequenceNumber, pending: undefined };
  const createdAt = source.dynamodb?.ApproximateCreationDateTime?.getTime();
  // its age now is a matter of two clocks that agree; from here on it ages with one that is never set
  const ageMs = createdAt === undefined ? Number.NEGATIVE_INFINITY : clock.now() - createdAt;
  return {
    sequenceNumber,
    pending: {
      sequenceNumber,
      eventName: record.eventName,
      createdAt,
      expiresAt: clock.monotonicNow() + maximumRecordAgeMs - ageMs,
      lane: laneOf(record.dynamodb?.Keys ?? {}, lanes),
      json: JSON.stringify(record),
    },
  };
}

/**
 * The lane of an item: always the same one, so that its changes stay in order. Keys are put in order first, since the
 * records of one item need not list them alike.
 */
export function laneOf(keys: Readonly<Record<string, AttributeValue>>, lanes: number): number {
  if (lanes === 1) return 0;
  const names = Object.keys(keys).sort();
  return fnv1a(JSON.stringify(names.map((name) => [name, keys[name]]))) % lanes;
}

/** FNV-1a, 32 bits, over UTF-16 code units: any hash that spreads short strings would do. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

/** The event an invocation gets, as JSON. */
export function eventJson(records: readonly PendingRecord[]): string {
  return `{"Records":[${records.map(({ json }) => json).join(",")}]}`;
}

/** The first and the last record of a batch, which has at least one. */
export function endsOf(records: readonly PendingRecord[]): { first: PendingRecord; last: PendingRecord } {
  const [first, last] = [records[0], records.at(-1)];
  if (first === undefined || last === undefined) throw new RangeError("A batch has at least one record");
  return { first, last };
}
