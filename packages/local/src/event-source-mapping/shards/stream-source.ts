/**
 * The operations the mapping needs of DynamoDB Streams. `DynamoDBStreams` of `@aws-sdk/client-dynamodb-streams` has
 * them; anything else with the same methods will do as well.
 *
 * @example
 * ```ts
 * import { DynamoDBStreams } from "@aws-sdk/client-dynamodb-streams";
 * import type { StreamSource } from "@rollcall/local";
 *
 * const streams: StreamSource = new DynamoDBStreams({ region: "eu-central-1", endpoint: "http://127.0.0.1:8000" });
 * ```
 */
export interface StreamSource {
  /** DescribeStream: the stream's shards, a page at a time. */
  describeStream(
    input: { StreamArn: string; ExclusiveStartShardId?: string },
    options?: RequestOptions,
  ): Promise<{ StreamDescription?: SourceStreamDescription | undefined }>;
  /** GetShardIterator: where to begin in a shard. */
  getShardIterator(
    input: { StreamArn: string; ShardId: string; ShardIteratorType: ShardIteratorType; SequenceNumber?: string },
    options?: RequestOptions,
  ): Promise<{ ShardIterator?: string | undefined }>;
  /** GetRecords: the next records of a shard; no `NextShardIterator` means that the shard has been read to its end. */
  getRecords(
    input: { ShardIterator: string; Limit?: number },
    options?: RequestOptions,
  ): Promise<{ Records?: SourceRecord[] | undefined; NextShardIterator?: string | null | undefined }>;
  /** ListStreams: a table's streams, a page at a time. Without it a mapping cannot follow its table to its next stream. */
  listStreams?(
    input: { TableName: string; ExclusiveStartStreamArn?: string },
    options?: RequestOptions,
  ): Promise<{
    Streams?: { StreamArn?: string | undefined }[] | undefined;
    LastEvaluatedStreamArn?: string | undefined;
  }>;
}

/** What a request may be given besides its input. */
export interface RequestOptions {
  /** Ends the request when the mapping stops. */
  abortSignal?: AbortSignal;
}

/** The kinds of shard iterator the mapping asks for. */
export type ShardIteratorType = "LATEST" | "TRIM_HORIZON" | "AT_SEQUENCE_NUMBER" | "AFTER_SEQUENCE_NUMBER";

/** The part of a stream's description that the mapping reads. */
export interface SourceStreamDescription {
  /** dynoxide 1.2 answers under an old stream's ARN with the label of the table's present one. */
  StreamLabel?: string | undefined;
  /** `DISABLED` once it has been switched off or its table was deleted; what is in it stays for 24 hours. */
  StreamStatus?: string | undefined;
  Shards?: SourceShard[] | undefined;
  LastEvaluatedShardId?: string | undefined;
}

/**
 * A shard as DescribeStream lists it. Its sequence number range is left out on purpose: dynoxide 1.2 gives an
 * `EndingSequenceNumber` to shards that are open, so only GetRecords is believed about a shard's end.
 */
export interface SourceShard {
  ShardId?: string | undefined;
  ParentShardId?: string | undefined;
}

/** A record as GetRecords returns it: times are `Date`s, binary values `Uint8Array`s. */
export interface SourceRecord {
  eventID?: string | undefined;
  eventName?: string | undefined;
  eventVersion?: string | undefined;
  eventSource?: string | undefined;
  awsRegion?: string | undefined;
  dynamodb?: SourceStreamRecord | undefined;
  userIdentity?: { Type?: string | undefined; PrincipalId?: string | undefined } | undefined;
}

/** The change itself. Images are attribute maps in DynamoDB's own notation. */
export interface SourceStreamRecord {
  ApproximateCreationDateTime?: Date | undefined;
  Keys?: Record<string, unknown> | undefined;
  NewImage?: Record<string, unknown> | undefined;
  OldImage?: Record<string, unknown> | undefined;
  SequenceNumber?: string | undefined;
  SizeBytes?: number | undefined;
  StreamViewType?: string | undefined;
}
