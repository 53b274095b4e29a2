/** What a stream can say to the reader of a shard besides records. */
export type RefusalKind =
  /** The iterator is older than 15 minutes. */
  | "expired"
  /** What is asked for has left the stream. */
  | "trimmed"
  /** There is no such shard, or no such stream. */
  | "gone"
  /** HTTP 5xx to a sequence number: DynamoDB Local says so of one that is ahead of the stream. */
  | "failing";

/** A refusal that means something to the reader of a shard, and is not for the client to retry or to fail for. */
export class StreamRefusal extends Error {
  override readonly name = "StreamRefusal";
  readonly kind: RefusalKind;

  constructor(kind: RefusalKind, cause: unknown) {
    super(`The stream says: ${kind}`, { cause });
    this.kind = kind;
  }
}

/**
 * Reads what a stream answered. Sources: DynamoDB Streams API reference; a shard older than 24 hours as AWS users have
 * reported it, and DynamoDB Local 3.3.
 */
export function refusalIn(error: unknown): RefusalKind | undefined {
  if (!(error instanceof Error)) return undefined;
  switch (error.name) {
    case "ExpiredIteratorException":
      return "expired";
    case "TrimmedDataAccessException":
      return "trimmed";
    case "ResourceNotFoundException":
      return "gone";
    case "ValidationException":
      if (/Invalid ShardId/i.test(error.message)) return "gone";
      return /Invalid SequenceNumber/i.test(error.message) ? "trimmed" : undefined;
    default:
      return undefined;
  }
}
