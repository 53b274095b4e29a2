import type { StreamViewType } from "@aws-sdk/client-dynamodb";
import type { _Record } from "@aws-sdk/client-dynamodb-streams";
import { notFound, serviceError, validationError } from "../errors.ts";
import type { IdentifiedChange } from "../model.ts";
import { inParts, type Saved, type SavedRecords, type SavedStream } from "../saved.ts";
import { tableArn } from "../tables/arn.ts";
import { HASHES } from "../tables/hash.ts";
import { KeySchema } from "../tables/key-schema.ts";
import { Timestamp } from "../values/timestamp.ts";
import { describeShard, type StreamDescription } from "./description.ts";
import { Shard, type ShardRange } from "./shard.ts";
import type { StreamHost } from "./stream-host.ts";
import { positionOf, recordBytes, recordOf } from "./stream-record.ts";

/** Source: Developer Guide, "Change data capture for DynamoDB Streams". */
const RETENTION_MS = 24 * 60 * 60 * 1000;
/** Source: API reference of GetShardIterator. */
const ITERATOR_LIFETIME_MS = 15 * 60 * 1000;
/** Source: API references of DescribeStream and GetRecords. */
const MAX_SHARDS_A_PAGE = 100;
const MAX_RECORDS_A_PAGE = 1000;
const MAX_BYTES_A_PAGE = 1024 * 1024;

/** What stays the same about a stream. */
interface Identity {
  readonly arn: string;
  readonly label: string;
  readonly viewType: StreamViewType;
  readonly tableName: string;
  readonly schema: KeySchema;
  readonly createdAt: number;
}

/**
 * A table's stream. Changes of one item stay in one line of shards, by the hash of its partition key; so two changes of
 * one transaction may lie in different ones. Positions count through the whole stream.
 */
export class Stream {
  readonly #host: StreamHost;
  readonly #identity: Identity;
  #shards: Shard[] = [];
  #nextPosition = 0;
  #nextShard = 0;
  /** Closed with all its shards: its records can be read, and no more of them come. */
  #isDisabled = false;

  constructor(host: StreamHost, identity: Identity) {
    this.#host = host;
    this.#identity = identity;
  }

  static open(host: StreamHost, tableName: string, schema: KeySchema, viewType: StreamViewType): Stream {
    const stream = new Stream(host, identityOf(host, { tableName, schema, viewType, createdAt: host.streamMoment() }));
    const border = (i: number): number => Math.round((HASHES * i) / host.shards);
    for (let i = 0; i < host.shards; i++) stream.#open(border(i), border(i + 1));
    return stream;
  }

  *saved(): Generator<Saved> {
    const { createdAt, tableName, schema, viewType } = this.#identity;
    const shards = this.#shards.map(({ range, closed, trimmedUpTo }) => ({ range, closed, trimmedUpTo }));
    const state = {
      isDisabled: this.#isDisabled,
      nextPosition: this.#nextPosition,
      nextShard: this.#nextShard,
      shards,
    };
    yield { stream: { createdAt, tableName, keys: schema.definition, viewType, ...state } };
    const records = this.#shards.flatMap(({ range, entries }) =>
      entries.map(({ position, change }) => [position, range.id, change] as const),
    );
    for (const part of inParts(records)) yield { records: part, of: this.arn };
  }

  static restore(host: StreamHost, saved: SavedStream): Stream {
    const schema = new KeySchema(saved.keys);
    const stream = new Stream(host, identityOf(host, { ...saved, schema }));
    stream.#isDisabled = saved.isDisabled;
    stream.#nextPosition = saved.nextPosition;
    stream.#nextShard = saved.nextShard;
    for (const { range, closed, trimmedUpTo } of saved.shards) {
      const shard = new Shard(range);
      shard.closed = closed;
      shard.trimmedUpTo = trimmedUpTo;
      stream.#shards.push(shard);
    }
    return stream;
  }

  restoreRecords(records: SavedRecords): void {
    for (const [position, shardId, change] of records) this.#shard(shardId).push({ position, change });
  }

  get arn(): string {
    return this.#identity.arn;
  }

  get label(): string {
    return this.#identity.label;
  }

  /** Whether all its shards have left it. */
  get isEmpty(): boolean {
    return this.#shards.length === 0;
  }

  get tableName(): string {
    return this.#identity.tableName;
  }

  get viewType(): StreamViewType {
    return this.#identity.viewType;
  }

  append(changes: readonly IdentifiedChange[]): void {
    for (const change of changes) {
      const hash = this.#identity.schema.hashOf(change.key);
      const shard = this.#shards.find(
        ({ closed, range }) => closed === undefined && range.from <= hash && hash < range.to,
      );
      shard?.push({ position: this.#nextPosition++, change });
    }
  }

  describeStream({
    ExclusiveStartShardId,
    Limit = MAX_SHARDS_A_PAGE,
  }: {
    StreamArn?: string | undefined;
    ExclusiveStartShardId?: string | undefined;
    Limit?: number | undefined;
  } = {}): { StreamDescription: StreamDescription } {
    const { createdAt, schema } = this.#identity;
    const from = this.#shards.findIndex(({ range }) => range.id === ExclusiveStartShardId) + 1;
    const page = this.#shards.slice(from, from + Limit);
    const last = page.at(-1);
    const isCut = from + page.length < this.#shards.length;
    return {
      StreamDescription: {
        StreamArn: this.arn,
        StreamLabel: this.label,
        StreamStatus: this.#isDisabled ? "DISABLED" : "ENABLED",
        StreamViewType: this.viewType,
        TableName: this.tableName,
        CreationRequestDateTime: new Timestamp(createdAt),
        KeySchema: schema.definition.KeySchema,
        Shards: page.map(describeShard),
        ...(isCut && last && { LastEvaluatedShardId: last.range.id }),
      },
    };
  }

  /** @throws TrimmedDataAccessException when what is asked for has left the stream */
  getShardIterator({
    ShardId,
    ShardIteratorType,
    SequenceNumber,
  }: {
    StreamArn?: string | undefined;
    ShardId?: string | undefined;
    ShardIteratorType?: string | undefined;
    SequenceNumber?: string | undefined;
  }): { ShardIterator: string } {
    const shard = this.#shard(ShardId);
    const position = this.#startOf(shard, ShardIteratorType, SequenceNumber);
    return { ShardIterator: this.#iterator(shard, position) };
  }

  /**
   * @throws ExpiredIteratorException after 15 minutes
   * @throws TrimmedDataAccessException when what the iterator points at has left the stream
   */
  getRecords({
    ShardIterator,
    Limit = MAX_RECORDS_A_PAGE,
  }: {
    ShardIterator?: string | undefined;
    Limit?: number | undefined;
  }): { Records: _Record[]; NextShardIterator?: string } {
    const { shardId, position, issuedAt } = parseIterator(ShardIterator);
    if (this.#host.now() - issuedAt > ITERATOR_LIFETIME_MS) {
      throw serviceError("ExpiredIteratorException", "The shard iterator has expired");
    }
    const shard = this.#shard(shardId);
    if (position <= shard.trimmedUpTo) throw trimmed();
    const from = shard.indexOf(position);
    const Records: _Record[] = [];
    let next = position;
    let bytes = 0;
    for (const { position: place, change } of shard.entries.slice(from, from + Limit)) {
      bytes += recordBytes(change, this.viewType);
      if (Records.length > 0 && bytes > MAX_BYTES_A_PAGE) break;
      Records.push(recordOf(change, place, this.viewType, this.#host.region));
      next = place + 1;
    }
    const isAtEnd = shard.closed !== undefined && from + Records.length >= shard.entries.length;
    return { Records, ...(!isAtEnd && { NextShardIterator: this.#iterator(shard, next) }) };
  }

  /** Closes a shard, the widest unless told which, and opens two for its items. Returns their ids. */
  splitShard(shardId?: string): string[] {
    const { id, from, to } = this.#close(shardId);
    const middle = Math.floor((from + to) / 2);
    return [this.#open(from, middle, id), this.#open(middle, to, id)];
  }

  /** Closes a shard, the widest unless told which, and opens one for its items, as DynamoDB does every few hours. */
  rollShard(shardId?: string): string {
    const { id, from, to } = this.#close(shardId);
    return this.#open(from, to, id);
  }

  /** Ends the stream. */
  disable(): void {
    this.#isDisabled = true;
    for (const shard of this.#shards) shard.closed ??= { position: this.#nextPosition, at: this.#host.now() };
  }

  /** Drops what has been in the stream for longer than 24 hours: records, and closed shards. */
  trim(): void {
    const before = this.#host.now() - RETENTION_MS;
    for (const shard of this.#shards) shard.trim(before);
    this.#shards = this.#shards.filter(({ closed }) => closed === undefined || closed.at >= before);
  }

  clone(host: StreamHost): Stream {
    const clone = new Stream(host, this.#identity);
    clone.#shards = this.#shards.map((shard) => shard.clone());
    clone.#nextPosition = this.#nextPosition;
    clone.#nextShard = this.#nextShard;
    clone.#isDisabled = this.#isDisabled;
    return clone;
  }

  #open(from: number, to: number, parentId?: string): string {
    const id = `shardId-${String(this.#nextShard++).padStart(20, "0")}-${this.#identity.tableName}`;
    this.#shards.push(new Shard({ id, parentId, from, to, start: this.#nextPosition }));
    return id;
  }

  #close(shardId: string | undefined): ShardRange {
    const open = this.#shards.filter(({ closed }) => closed === undefined);
    const width = ({ range }: Shard) => range.to - range.from;
    const widest = open.reduce((a, b) => (width(b) > width(a) ? b : a));
    const shard = shardId === undefined ? widest : this.#shard(shardId);
    if (shard.closed !== undefined) throw new Error(`Shard ${shardId} is closed already`);
    shard.closed = { position: this.#nextPosition, at: this.#host.now() };
    return shard.range;
  }

  #shard(shardId: string | undefined): Shard {
    const shard = this.#shards.find(({ range }) => range.id === shardId);
    if (shard === undefined) throw notFound();
    return shard;
  }

  #startOf(shard: Shard, type: string | undefined, sequenceNumber: string | undefined): number {
    if (type === "LATEST") return shard.closed?.position ?? this.#nextPosition;
    if (type === "TRIM_HORIZON")
      return shard.entries[0]?.position ?? Math.max(shard.range.start, shard.trimmedUpTo + 1);
    if (sequenceNumber === undefined || (type !== "AT_SEQUENCE_NUMBER" && type !== "AFTER_SEQUENCE_NUMBER")) {
      throw validationError(`Invalid ShardIteratorType ${type} with sequence number ${sequenceNumber}`);
    }
    if (positionOf(sequenceNumber) <= shard.trimmedUpTo) throw trimmed();
    return positionOf(sequenceNumber) + (type === "AFTER_SEQUENCE_NUMBER" ? 1 : 0);
  }

  #iterator({ range }: Shard, position: number): string {
    return [this.arn, range.id, position, this.#host.now()].join("|");
  }
}

function identityOf(host: StreamHost, origin: Omit<Identity, "arn" | "label">): Identity {
  const { tableName, schema, viewType, createdAt } = origin;
  const label = new Date(createdAt).toISOString().slice(0, -1);
  return { arn: `${tableArn(host.region, tableName)}/stream/${label}`, label, tableName, schema, viewType, createdAt };
}

function parseIterator(iterator = ""): { shardId: string; position: number; issuedAt: number } {
  const [, shardId, position, issuedAt] = iterator.split("|");
  if (shardId === undefined || issuedAt === undefined) throw validationError("Invalid ShardIterator");
  return { shardId, position: Number(position), issuedAt: Number(issuedAt) };
}

function trimmed(): Error {
  return serviceError("TrimmedDataAccessException", "The requested data has left the stream");
}
