import { StreamUnavailableError } from "../errors.ts";
import type { AttributeValue, EventName } from "../function/lambda-event.ts";
import type { ResolvedOptions } from "../resolved-options.ts";
import type { SourceRecord } from "../shards/stream-source.ts";
import { toLambdaRecord } from "./lambda-record.ts";

/** A record on its way to the function. */
export interface PendingRecord {
  readonly sequenceNumber: string;
  readonly eventName: EventName | undefined;
  /** When it was written, in milliseconds since 1970; undefined when the record does not say. */
  readonly createdAt: number | undefined;
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

/** Prepares a record of GetRecords: as Lambda would send it, filtered, and assigned to a lane. */
export function toReadRecord(source: SourceRecord, options: ResolvedOptions): ReadRecord {
  const record = toLambdaRecord(source, options.streamArn);
  const sequenceNumber = record.dynamodb?.SequenceNumber;
  if (sequenceNumber === undefined) {
    throw new StreamUnavailableError(
      `Stream ${options.streamArn} returned a record without a sequence number; cannot keep its place.`,
    );
  }
  if (!options.accepts(record)) return { sequenceNumber, pending: undefined };
  return {
    sequenceNumber,
    pending: {
      sequenceNumber,
      eventName: record.eventName,
      createdAt: source.dynamodb?.ApproximateCreationDateTime?.getTime(),
      lane: laneOf(record.dynamodb?.Keys ?? {}, options.parallelizationFactor),
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
