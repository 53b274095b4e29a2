import { retryDelayMs } from "../backoff.ts";
import type { SteadyClock } from "../clock.ts";
import { GET_RECORDS_LIMIT, MAX_ATTEMPT_MS, MAX_STREAM_OUTAGE_MS } from "../constants.ts";
import { StreamUnavailableError } from "../errors.ts";
import type { Tell } from "../events.ts";
import { errorText, isTransient } from "../transient.ts";
import { type Shard, toShards } from "./shard-lineage.ts";
import { parseStreamArn } from "./stream-arn.ts";
import { refusalIn, StreamRefusal } from "./stream-refusal.ts";
import type { RequestOptions, ShardIteratorType, SourceRecord, StreamSource } from "./stream-source.ts";

/** What a client works with. */
export interface StreamClientParts {
  readonly source: StreamSource;
  readonly clock: SteadyClock;
  readonly signal: AbortSignal;
  readonly tell: Tell;
}

/** What DescribeStream says. */
export interface StreamState {
  readonly shards: readonly Shard[];
  /** Whether nothing more will be written to it. */
  readonly isDisabled: boolean;
  /** Whether the answer is about another stream than the one asked for. */
  readonly isReplaced: boolean;
}

type StreamPage = Awaited<ReturnType<NonNullable<StreamSource["listStreams"]>>>;

/** One stream. Retries what passes by itself, for a minute; throws a {@link StreamRefusal} for what its readers decide. */
export class StreamClient {
  readonly streamArn: string;
  readonly #parts: StreamClientParts;
  #gone: StreamRefusal | undefined;
  #outageCount = 0;

  constructor(streamArn: string, parts: StreamClientParts) {
    this.streamArn = streamArn;
    this.#parts = parts;
  }

  /** How often requests had to be retried so far. After that an engine may have lost its last writes. */
  get outageCount(): number {
    return this.#outageCount;
  }

  /** Whether nothing more can be read. */
  get isGone(): boolean {
    return this.#gone !== undefined;
  }

  /** Why nothing more can be read. */
  get whyGone(): unknown {
    return this.#gone?.cause;
  }

  /** Answers every further request of readers with "gone": what they would read is another stream's. */
  leave(cause: unknown): void {
    this.#gone ??= new StreamRefusal("gone", cause);
  }

  /** Every shard the stream lists, and how it is. */
  async describe(): Promise<StreamState> {
    const { label } = parseStreamArn(this.streamArn);
    const shards: Shard[] = [];
    let [isDisabled, isReplaced] = [false, false];
    let from: string | undefined;
    do {
      const input = { StreamArn: this.streamArn, ...(from !== undefined && { ExclusiveStartShardId: from }) };
      const { StreamDescription: page }: Awaited<ReturnType<StreamSource["describeStream"]>> = await this.#request(
        (source, options) => source.describeStream(input, options),
      );
      shards.push(...toShards(page?.Shards ?? []));
      isDisabled = page?.StreamStatus === "DISABLED";
      isReplaced ||= label !== "" && page?.StreamLabel !== undefined && page.StreamLabel !== label;
      from = page?.LastEvaluatedShardId;
    } while (from !== undefined);
    return { shards, isDisabled, isReplaced };
  }

  /** Where to begin in a shard. */
  async iterator(shardId: string, type: ShardIteratorType, sequenceNumber?: string): Promise<string> {
    const input = {
      StreamArn: this.streamArn,
      ShardId: shardId,
      ShardIteratorType: type,
      ...(sequenceNumber !== undefined && { SequenceNumber: sequenceNumber }),
    };
    const { ShardIterator } = await this.#request((source, options) => source.getShardIterator(input, options), {
      isOfReader: true,
      hasSequenceNumber: sequenceNumber !== undefined,
    });
    if (ShardIterator === undefined) throw this.unavailable("gave no shard iterator", shardId);
    return ShardIterator;
  }

  /** The records at an iterator, and the next iterator unless the shard has ended. */
  async records(iterator: string): Promise<{ records: SourceRecord[]; next: string | undefined }> {
    const input = { ShardIterator: iterator, Limit: GET_RECORDS_LIMIT };
    const { Records, NextShardIterator } = await this.#request((source, options) => source.getRecords(input, options), {
      isOfReader: true,
    });
    return { records: Records ?? [], next: NextShardIterator ?? undefined };
  }

  /** Whether {@link nextStream} can be asked. */
  get canFollow(): boolean {
    return this.#parts.source.listStreams !== undefined;
  }

  /** The table's stream that follows on this one, if there is one. */
  async nextStream(): Promise<string | undefined> {
    const { tableName, label } = parseStreamArn(this.streamArn);
    let next: string | undefined;
    let from: string | undefined;
    do {
      const input = { TableName: tableName, ...(from !== undefined && { ExclusiveStartStreamArn: from }) };
      const page: StreamPage | undefined = await this.#request(
        async (source, options) => await source.listStreams?.(input, options),
      );
      for (const { StreamArn: arn = "" } of page?.Streams ?? []) {
        const isLater = parseStreamArn(arn).label > label;
        if (isLater && (next === undefined || arn < next)) next = arn; // the first: the others follow on it in turn
      }
      from = page?.LastEvaluatedStreamArn;
    } while (from !== undefined);
    return next;
  }

  /** The error with which a mapping ends, for a reason that does not pass. */
  unavailable(what: string, cause: unknown): StreamUnavailableError {
    const why = cause === undefined ? "" : `: ${errorText(cause)}`;
    return new StreamUnavailableError(
      `Stream ${this.streamArn} ${what}${why}. ${remedyFor(cause)}, then start the mapping once more; with the same ` +
        "checkpoints it continues where it stopped.",
      { cause },
    );
  }

  async #request<T>(
    send: (source: StreamSource, options: RequestOptions) => Promise<T>,
    { isOfReader = false, hasSequenceNumber = false } = {},
  ): Promise<T> {
    const { source, clock, signal, tell } = this.#parts;
    let outageMs = 0;
    for (let retries = 0; ; retries++) {
      signal.throwIfAborted();
      if (isOfReader && this.#gone !== undefined) throw this.#gone;
      const startedAt = clock.monotonicNow();
      try {
        const answer = await send(source, { abortSignal: signal });
        signal.throwIfAborted();
        return answer;
      } catch (error) {
        signal.throwIfAborted(); // an aborted request fails in a way of its own
        const refusal = refusalIn(error) ?? (hasSequenceNumber && isServerError(error) ? "failing" : undefined);
        if (refusal !== undefined) throw new StreamRefusal(refusal, error);
        if (!isTransient(error)) throw this.unavailable("refused a request", error);
        const delayMs = retryDelayMs(retries);
        outageMs += Math.min(clock.monotonicNow() - startedAt, MAX_ATTEMPT_MS);
        const seconds = Math.round(outageMs / 1000);
        if (outageMs >= MAX_STREAM_OUTAGE_MS) throw this.unavailable(`failed for ${seconds} s`, error);
        outageMs += delayMs;
        this.#outageCount++;
        tell({ kind: "retrying", delayMs, error });
        await clock.sleep(delayMs, signal);
      }
    }
  }
}

function remedyFor(cause: unknown): string {
  switch (cause instanceof Error ? cause.name : "") {
    case "AccessDeniedException":
      return "Allow dynamodb:DescribeStream, GetShardIterator, GetRecords and ListStreams on it";
    case "UnrecognizedClientException":
      return "Check the access key, in which DynamoDB Local takes only letters and digits";
    default:
      return "Check that its table and endpoint are there and may be read";
  }
}

function isServerError(error: unknown): boolean {
  const { $metadata } = (error ?? {}) as { $metadata?: { httpStatusCode?: number } };
  return ($metadata?.httpStatusCode ?? 0) >= 500;
}
