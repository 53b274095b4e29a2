import { retryDelayMs } from "../backoff.ts";
import type { Clock } from "../clock.ts";
import { GET_RECORDS_LIMIT, MAX_STREAM_OUTAGE_MS } from "../constants.ts";
import { StreamUnavailableError } from "../errors.ts";
import { type Shard, toShards } from "./shard-lineage.ts";
import type { RequestOptions, ShardIteratorType, SourceRecord, StreamSource } from "./stream-source.ts";

/** Errors that pass by themselves. Source: DynamoDB Streams API, errors of its operations. */
const PASSING_NAMES = new Set([
  "LimitExceededException",
  "ProvisionedThroughputExceededException",
  "ThrottlingException",
  "TimeoutError", // of the SDK's HTTP client
]);

/** Network errors that pass, such as those while an engine is started again. */
const PASSING_CODES = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "EAI_AGAIN"]);

/** Errors that mean something to the reader of a shard and are not for this client to judge. */
const READER_NAMES = new Set(["ExpiredIteratorException", "TrimmedDataAccessException"]);

/** The stream of one mapping. Waits out failures that pass, for a minute; all others end the mapping. */
export class StreamClient {
  readonly #source: StreamSource;
  readonly #streamArn: string;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #log: (line: string) => void;

  constructor(source: StreamSource, streamArn: string, clock: Clock, signal: AbortSignal, log: (line: string) => void) {
    this.#source = source;
    this.#streamArn = streamArn;
    this.#clock = clock;
    this.#signal = signal;
    this.#log = log;
  }

  /** Every shard the stream lists. */
  async listShards(): Promise<Shard[]> {
    const shards: Shard[] = [];
    let from: string | undefined;
    do {
      const input = { StreamArn: this.#streamArn, ...(from !== undefined && { ExclusiveStartShardId: from }) };
      const { StreamDescription: page } = await this.#request((options) => this.#source.describeStream(input, options));
      shards.push(...toShards(page?.Shards ?? []));
      from = page?.LastEvaluatedShardId;
    } while (from !== undefined);
    return shards;
  }

  /** Where to begin in a shard. */
  async iterator(shardId: string, type: ShardIteratorType, sequenceNumber?: string): Promise<string> {
    const input = {
      StreamArn: this.#streamArn,
      ShardId: shardId,
      ShardIteratorType: type,
      ...(sequenceNumber !== undefined && { SequenceNumber: sequenceNumber }),
    };
    const { ShardIterator } = await this.#request((options) => this.#source.getShardIterator(input, options));
    if (ShardIterator === undefined) throw this.#unavailable("gave no shard iterator", shardId);
    return ShardIterator;
  }

  /** The records at an iterator, and the next iterator unless the shard has ended. */
  async records(iterator: string): Promise<{ records: SourceRecord[]; next: string | undefined }> {
    const { Records, NextShardIterator } = await this.#request((options) =>
      this.#source.getRecords({ ShardIterator: iterator, Limit: GET_RECORDS_LIMIT }, options),
    );
    return { records: Records ?? [], next: NextShardIterator ?? undefined };
  }

  async #request<T>(send: (options: RequestOptions) => Promise<T>): Promise<T> {
    const startedAt = this.#clock.now();
    for (let retries = 0; ; retries++) {
      this.#signal.throwIfAborted();
      try {
        const answer = await send({ abortSignal: this.#signal });
        this.#signal.throwIfAborted();
        return answer;
      } catch (error) {
        this.#signal.throwIfAborted(); // an aborted request fails in a way of its own
        if (READER_NAMES.has(nameOf(error))) throw error;
        const outageMs = this.#clock.now() - startedAt;
        if (!isPassing(error)) throw this.#unavailable("refused a request", error);
        const seconds = Math.round(outageMs / 1000);
        if (outageMs >= MAX_STREAM_OUTAGE_MS) throw this.#unavailable(`failed for ${seconds} s`, error);
        const delayMs = retryDelayMs(retries);
        this.#log(`stream request failed, trying again in ${delayMs} ms: ${describe(error)}`);
        await this.#clock.sleep(delayMs, this.#signal);
      }
    }
  }

  #unavailable(what: string, cause: unknown): StreamUnavailableError {
    return new StreamUnavailableError(
      `Stream ${this.#streamArn} ${what}: ${describe(cause)}. Check that its table and endpoint are there and may be read, ` +
        "then start the mapping again; with the same checkpoints it goes on where it stopped.",
      { cause },
    );
  }
}

function isPassing(error: unknown): boolean {
  const { code, $retryable, $metadata } = (error ?? {}) as {
    code?: string;
    $retryable?: object;
    $metadata?: { httpStatusCode?: number };
  };
  return (
    PASSING_NAMES.has(nameOf(error)) ||
    (code !== undefined && PASSING_CODES.has(code)) ||
    $retryable !== undefined ||
    ($metadata?.httpStatusCode ?? 0) >= 500
  );
}

/** An error's name, whatever was thrown. */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
