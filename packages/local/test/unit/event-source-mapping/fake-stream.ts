import type { Clock, ShardIteratorType, SourceRecord, StreamSource } from "@rollcall/local";

/** How long AWS lets a shard iterator live. */
const ITERATOR_LIFE_MS = 15 * 60_000;

interface FakeShard {
  readonly parent: string | undefined;
  readonly records: SourceRecord[];
  /** Records before this index have left the stream. */
  trimmed: number;
  closed: boolean;
}

/** A DynamoDB stream in memory: shards that close and get children, iterators that expire, records that leave. */
export class FakeStream implements StreamSource {
  static readonly arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/limits/stream/2026-11-22T10:00:00.000";
  /** Errors the next calls of an operation fail with. */
  readonly failures: { [K in keyof StreamSource]: Error[] } = {
    describeStream: [],
    getShardIterator: [],
    getRecords: [],
  };
  /** Most records GetRecords returns. */
  pageSize = 1000;
  /** Shards DescribeStream returns at once. */
  describePageSize = 100;
  /** Every operation asked for, as text. */
  readonly requests: string[] = [];
  readonly #clock: Clock;
  readonly #shards = new Map<string, FakeShard>();
  #sequence = 100_000_000_000n;
  #expiredBefore = 0;
  #iterators = 0;

  constructor(clock: Clock, ...roots: string[]) {
    this.#clock = clock;
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
    const SequenceNumber = String(++this.#sequence);
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
    this.#expiredBefore = ++this.#iterators;
  }

  async describeStream({ ExclusiveStartShardId }: { ExclusiveStartShardId?: string }) {
    this.#request("describeStream");
    const all = [...this.#shards].map(([ShardId, { parent }]) => ({
      ShardId,
      ...(parent !== undefined && { ParentShardId: parent }),
    }));
    const from = all.findIndex(({ ShardId }) => ShardId === ExclusiveStartShardId) + 1;
    const Shards = all.slice(from, from + this.describePageSize);
    const LastEvaluatedShardId = from + this.describePageSize < all.length ? Shards.at(-1)?.ShardId : undefined;
    return { StreamDescription: { Shards, LastEvaluatedShardId } };
  }

  async getShardIterator(input: { ShardId: string; ShardIteratorType: ShardIteratorType; SequenceNumber?: string }) {
    const { ShardId, ShardIteratorType, SequenceNumber = "" } = input;
    this.#request("getShardIterator", `${ShardId} ${ShardIteratorType} ${SequenceNumber}`.trim());
    const shard = this.#shard(ShardId);
    const after = shard.records.findLastIndex(
      ({ dynamodb }) => BigInt(dynamodb?.SequenceNumber ?? 0) <= BigInt(SequenceNumber || 0),
    );
    if (ShardIteratorType === "AFTER_SEQUENCE_NUMBER" && after + 1 < shard.trimmed)
      throw named("TrimmedDataAccessException");
    const position = { LATEST: shard.records.length, TRIM_HORIZON: shard.trimmed, AFTER_SEQUENCE_NUMBER: after + 1 }[
      ShardIteratorType
    ];
    return { ShardIterator: this.#iterator(ShardId, position) };
  }

  async getRecords({ ShardIterator, Limit = 1000 }: { ShardIterator: string; Limit?: number }) {
    this.#request("getRecords");
    const [shardId = "", position, issue, issuedAt] = JSON.parse(ShardIterator) as [string, number, number, number];
    if (issue < this.#expiredBefore || this.#clock.now() - issuedAt > ITERATOR_LIFE_MS)
      throw named("ExpiredIteratorException");
    const shard = this.#shard(shardId);
    if (position < shard.trimmed) throw named("TrimmedDataAccessException");
    const Records = shard.records.slice(position, position + Math.min(Limit, this.pageSize));
    const next = position + Records.length;
    return {
      Records,
      NextShardIterator: shard.closed && next === shard.records.length ? null : this.#iterator(shardId, next),
    };
  }

  #request(operation: keyof StreamSource, detail = ""): void {
    this.requests.push(`${operation} ${detail}`.trim());
    const failure = this.failures[operation].shift();
    if (failure) throw failure;
  }

  #iterator(shardId: string, position: number): string {
    return JSON.stringify([shardId, position, ++this.#iterators, this.#clock.now()]);
  }

  #shard(shardId: string): FakeShard {
    const shard = this.#shards.get(shardId);
    if (shard === undefined) throw named("ResourceNotFoundException");
    return shard;
  }
}

/** An error as the SDK throws it. */
export function named(name: string, more: object = {}): Error {
  return Object.assign(new Error(`${name} from the fake stream`), { name }, more);
}
