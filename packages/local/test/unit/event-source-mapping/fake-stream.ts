import type { Clock, ShardIteratorType, SourceRecord, StreamSource } from "@rollcall/local";

/** How long AWS lets a shard iterator live. */
const ITERATOR_LIFE_MS = 15 * 60_000;

type FakeOperation = "describeStream" | "getShardIterator" | "getRecords";

interface FakeShard {
  readonly parent: string | undefined;
  readonly records: SourceRecord[];
  /** Records before this index have left the stream. */
  trimmed: number;
  closed: boolean;
}

interface Answers {
  /** Most records GetRecords returns. */
  recordsPerPage: number;
  /** Shards in one page of DescribeStream. */
  shardsPerPage: number;
  /** Whether an iterator for a sequence number ahead of the stream is refused, as DynamoDB Local does. */
  failsAhead: boolean;
}

interface StreamState {
  /** Whether it has been switched off: what is in it can still be read, and its shards are closed. */
  isDisabled: boolean;
  /** Whether DescribeStream and GetShardIterator know it no more. */
  isDeleted: boolean;
}

/** A DynamoDB stream in memory: shards that close and get children, iterators that expire, records that leave. */
export class FakeStream implements StreamSource {
  /** The ARN of a mapping's first stream. */
  static readonly arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/limits/stream/2026-11-22T10:00:00.000";
  /** Errors the next calls of an operation fail with. */
  readonly failures: Record<FakeOperation, Error[]> = {
    describeStream: [],
    getShardIterator: [],
    getRecords: [],
  };
  /** How it answers, where streams differ. */
  readonly answers: Answers = { recordsPerPage: 1000, shardsPerPage: 100, failsAhead: false };
  readonly state: StreamState = { isDisabled: false, isDeleted: false };
  readonly arn: string;
  /** Every operation asked for, as text. */
  readonly requests: string[] = [];
  readonly #clock: Clock;
  readonly #shards = new Map<string, FakeShard>();
  /** The last numbers given to a record and to an iterator, and the first iterator that still works. */
  readonly #numbers = { sequence: 100_000_000_000n, iterator: 0, expiredBefore: 0 };

  constructor(clock: Clock, roots: readonly string[], arn = FakeStream.arn) {
    this.#clock = clock;
    this.arn = arn;
    for (const root of roots) this.addShard(root);
  }

  addShard(shardId: string, parent?: string): void {
    this.#shards.set(shardId, { parent, records: [], trimmed: 0, closed: false });
  }

  /** Closes a shard and gives it children. */
  roll(shardId: string, ...children: string[]): void {
    this.#shard(shardId).closed = true;
    for (const child of children) this.addShard(child, shardId);
  }

  /** Writes an item and returns the record's sequence number. */
  put(shardId: string, key: string, change: Partial<SourceRecord> = {}): string {
    const shard = this.#shard(shardId);
    if (shard.closed) throw new Error(`${shardId} is closed`);
    const SequenceNumber = String(++this.#numbers.sequence);
    shard.records.push({
      eventID: `event-${SequenceNumber}`,
      eventName: "INSERT",
      eventVersion: "1.1",
      eventSource: "aws:dynamodb",
      awsRegion: "eu-central-1",
      ...change,
      dynamodb: {
        ApproximateCreationDateTime: new Date(this.#clock.now()),
        Keys: { PK: { S: key } },
        NewImage: { PK: { S: key } },
        SequenceNumber,
        SizeBytes: 26,
        StreamViewType: "NEW_AND_OLD_IMAGES",
        ...change.dynamodb,
      },
    });
    return SequenceNumber;
  }

  /** Takes back the newest records, as an engine that is killed before they are on its disk. */
  lose(shardId: string, count: number): void {
    this.#shard(shardId).records.splice(-count);
    this.#numbers.sequence -= BigInt(count);
  }

  /** Closes every shard and opens none: nothing more is written. */
  switchOff(): void {
    this.state.isDisabled = true;
    for (const shard of this.#shards.values()) shard.closed = true;
  }

  /** Takes the oldest records out of the stream. */
  trim(shardId: string, records: number): void {
    this.#shard(shardId).trimmed += records;
  }

  /** Takes a shard out of the stream. */
  forget(shardId: string): void {
    this.#shards.delete(shardId);
  }

  /** Makes every iterator given out so far useless. */
  expireIterators(): void {
    this.#numbers.expiredBefore = ++this.#numbers.iterator;
  }

  async describeStream({ ExclusiveStartShardId }: { ExclusiveStartShardId?: string }) {
    this.#request("describeStream");
    if (this.state.isDeleted) throw named("ResourceNotFoundException");
    const all = [...this.#shards].map(([ShardId, { parent }]) => ({
      ShardId,
      ...(parent !== undefined && { ParentShardId: parent }),
    }));
    const from = all.findIndex(({ ShardId }) => ShardId === ExclusiveStartShardId) + 1;
    const Shards = all.slice(from, from + this.answers.shardsPerPage);
    const LastEvaluatedShardId = from + this.answers.shardsPerPage < all.length ? Shards.at(-1)?.ShardId : undefined;
    const StreamStatus = this.state.isDisabled ? "DISABLED" : "ENABLED";
    return { StreamDescription: { Shards, LastEvaluatedShardId, StreamStatus, StreamLabel: labelOf(this.arn) } };
  }

  async getShardIterator(input: { ShardId: string; ShardIteratorType: ShardIteratorType; SequenceNumber?: string }) {
    const { ShardId, ShardIteratorType, SequenceNumber = "" } = input;
    this.#request("getShardIterator", `${ShardId} ${ShardIteratorType} ${SequenceNumber}`.trim());
    if (this.state.isDeleted) throw named("ResourceNotFoundException");
    const shard = this.#shard(ShardId);
    const last = shard.records.at(-1)?.dynamodb?.SequenceNumber ?? "0";
    if (this.answers.failsAhead && BigInt(SequenceNumber || 0) > BigInt(last)) {
      throw named("InternalServerError", { $metadata: { httpStatusCode: 500 } });
    }
    const after = shard.records.findLastIndex(
      ({ dynamodb }) => BigInt(dynamodb?.SequenceNumber ?? 0) <= BigInt(SequenceNumber || 0),
    );
    if (ShardIteratorType === "AFTER_SEQUENCE_NUMBER" && after + 1 < shard.trimmed)
      throw named("TrimmedDataAccessException");
    const isThere = shard.records[after]?.dynamodb?.SequenceNumber === SequenceNumber;
    if (ShardIteratorType === "AT_SEQUENCE_NUMBER" && (isThere ? after : after + 1) < shard.trimmed)
      throw named("TrimmedDataAccessException");
    const position = {
      LATEST: shard.records.length,
      TRIM_HORIZON: shard.trimmed,
      AT_SEQUENCE_NUMBER: isThere ? after : after + 1,
      AFTER_SEQUENCE_NUMBER: after + 1,
    }[ShardIteratorType];
    return { ShardIterator: this.#iterator(ShardId, position) };
  }

  async getRecords({ ShardIterator, Limit = 1000 }: { ShardIterator: string; Limit?: number }) {
    this.#request("getRecords");
    const [shardId = "", position, issue, issuedAt] = JSON.parse(ShardIterator) as [string, number, number, number];
    if (issue < this.#numbers.expiredBefore || this.#clock.now() - issuedAt > ITERATOR_LIFE_MS)
      throw named("ExpiredIteratorException");
    const shard = this.#shard(shardId);
    if (position < shard.trimmed) throw named("TrimmedDataAccessException");
    const Records = shard.records.slice(position, position + Math.min(Limit, this.answers.recordsPerPage));
    const next = position + Records.length;
    return {
      Records,
      NextShardIterator: shard.closed && next === shard.records.length ? null : this.#iterator(shardId, next),
    };
  }

  #request(operation: FakeOperation, detail = ""): void {
    this.requests.push(`${operation} ${detail}`.trim());
    const failure = this.failures[operation].shift();
    if (failure) throw failure;
  }

  #iterator(shardId: string, position: number): string {
    return JSON.stringify([shardId, position, ++this.#numbers.iterator, this.#clock.now()]);
  }

  #shard(shardId: string): FakeShard {
    const shard = this.#shards.get(shardId);
    if (shard === undefined) throw named("ResourceNotFoundException");
    return shard;
  }
}

function labelOf(arn: string): string {
  return arn.split("/").at(-1) ?? "";
}

/** A table's streams, one after the other: each call goes to the stream whose ARN or iterator it names. */
export class FakeTable implements StreamSource {
  readonly streams: FakeStream[] = [];
  readonly #clock: Clock;
  readonly #iterators = new Map<string, FakeStream>();

  constructor(clock: Clock, first: FakeStream) {
    this.#clock = clock;
    this.streams.push(first);
  }

  /** Gives the table its next stream. */
  open(label: string, ...roots: string[]): FakeStream {
    const arn = FakeStream.arn.replace(/[^/]+$/, label);
    const stream = new FakeStream(this.#clock, roots, arn);
    this.streams.push(stream);
    return stream;
  }

  async listStreams({ TableName, ExclusiveStartStreamArn }: { TableName: string; ExclusiveStartStreamArn?: string }) {
    if (TableName !== "limits") throw named("ResourceNotFoundException");
    const known = this.streams.filter(({ state }) => !state.isDeleted).reverse(); // in no order that helps
    const from = known.findIndex(({ arn }) => arn === ExclusiveStartStreamArn) + 1;
    const [next] = known.slice(from);
    return { Streams: next ? [{ StreamArn: next.arn }] : [], LastEvaluatedStreamArn: known[from + 1] && next?.arn };
  }

  async describeStream(input: { StreamArn: string; ExclusiveStartShardId?: string }) {
    return await this.#stream(input.StreamArn).describeStream(input);
  }

  async getShardIterator(input: Parameters<StreamSource["getShardIterator"]>[0]) {
    const stream = this.#stream(input.StreamArn);
    const { ShardIterator } = await stream.getShardIterator(input);
    return { ShardIterator: this.#remember(ShardIterator, stream) };
  }

  async getRecords(input: { ShardIterator: string; Limit?: number }) {
    const stream = this.#iterators.get(input.ShardIterator);
    if (stream === undefined) throw named("ExpiredIteratorException");
    const { Records, NextShardIterator } = await stream.getRecords({
      ...input,
      ShardIterator: input.ShardIterator.slice(stream.arn.length),
    });
    return { Records, NextShardIterator: NextShardIterator && this.#remember(NextShardIterator, stream) };
  }

  #remember(iterator: string, stream: FakeStream): string {
    const named = stream.arn + iterator;
    this.#iterators.set(named, stream);
    return named;
  }

  #stream(arn: string): FakeStream {
    const stream = this.streams.find((one) => one.arn === arn);
    if (stream === undefined) throw named("ResourceNotFoundException");
    return stream;
  }
}

/** An error as the SDK throws it. */
export function named(name: string, more: object = {}): Error {
  return Object.assign(new Error(`${name} from the fake stream`), { name }, more);
}
