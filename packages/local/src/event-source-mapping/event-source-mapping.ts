import { BatchProcessor } from "./batches/batch-processor.ts";
import { CheckpointBook } from "./checkpoints/checkpoint-book.ts";
import type { ShardCheckpoint } from "./checkpoints/checkpoint-store.ts";
import { SHARD_DISCOVERY_INTERVAL_MS } from "./constants.ts";
import type { StreamHandler } from "./function/lambda-event.ts";
import type { EventSourceMappingOptions } from "./options.ts";
import { type ResolvedOptions, resolveOptions } from "./resolved-options.ts";
import { leaves, type Shard, ShardLineage } from "./shards/shard-lineage.ts";
import { pollShard } from "./shards/shard-poller.ts";
import { ShardReader } from "./shards/shard-reader.ts";
import { StreamClient } from "./shards/stream-client.ts";

/** What a mapping is doing; see {@link EventSourceMapping}. */
export type EventSourceMappingState = "running" | "stopping" | "stopped" | "failed";

/**
 * Polls a DynamoDB stream and invokes a handler with its records, as an event source mapping of AWS Lambda does.
 * {@link startEventSourceMapping} makes one.
 *
 * - running → stopping: on `stop()`, when the signal aborts, and on a failure: the stream is gone, refuses or does not
 *   answer for a minute, or the checkpoint store, `onFailure`, `onBatch` or `log` throws.
 * - stopping → stopped: when the invocations under way have ended and what they did is saved.
 * - stopping → failed: the same, after a failure.
 *
 * A shard goes waiting → reading → drained. It waits until its parent is drained. It is read from its checkpoint, else from
 * its oldest record; only shards that are there when a mapping without checkpoints starts are joined at LATEST.
 *
 * A batch goes collected → sent → done. When it fails it is sent again: whole, from the record reported, or in halves;
 * until it is done or given up. The shard's checkpoint follows the oldest record that is not done. So every record comes
 * at least once, whenever the process dies, and of those already done at most one round comes again: one batch, or with a
 * parallelization factor that many.
 *
 * Differs from AWS: it is ready when it has started, where a mapping at LATEST may miss the records of its first minutes;
 * and age alone makes records expire, where on AWS they also leave the stream after 24 hours. Smaller differences are
 * described where they are: invoke, judgeResponse, pollShard, compilePattern, compileFilterCriteria.
 */
export class EventSourceMapping implements AsyncDisposable {
  /**
   * Resolves when the mapping has stopped, rejects when it has failed. A rejection that nobody listens to ends the
   * process, as with any promise: a mapping does not fail in silence.
   */
  readonly closed: Promise<void>;
  readonly #options: ResolvedOptions;
  readonly #client: StreamClient;
  readonly #book: CheckpointBook;
  readonly #lineage = new ShardLineage();
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #close = Promise.withResolvers<void>();
  readonly #tasks = new Set<Promise<void>>();
  #handler: StreamHandler;
  #failure: { readonly error: unknown } | undefined;
  #isClosed = false;
  /** Cuts the wait for the next look at the list of shards short. */
  #discover = new AbortController();

  private constructor(options: ResolvedOptions, book: CheckpointBook) {
    this.closed = this.#close.promise;
    this.#options = options;
    this.#book = book;
    this.#handler = options.handler;
    this.#signal = options.signal ? AbortSignal.any([this.#stop.signal, options.signal]) : this.#stop.signal;
    this.#signal.addEventListener("abort", () => this.#discover.abort(), { once: true });
    this.#client = new StreamClient(options.streams, options.streamArn, options.clock, this.#signal, options.log);
  }

  /** @internal {@link startEventSourceMapping} does this. */
  static async start(options: ResolvedOptions): Promise<EventSourceMapping> {
    options.signal?.throwIfAborted();
    const mappingId = `${options.functionName} ${options.streamArn}`;
    const saved = await options.checkpoints.load(mappingId);
    const mapping = new EventSourceMapping(options, new CheckpointBook(options.checkpoints, mappingId, saved ?? {}));
    const startedAt = options.clock.now();
    const shards = await mapping.#client.listShards();
    const joined =
      saved === undefined && options.startingPosition === "LATEST" ? await mapping.#join(shards, startedAt) : [];
    mapping.#take(shards);
    mapping.#spawn(() => mapping.#readAll(new Map(joined)));
    return mapping;
  }

  /** What the mapping is doing. */
  get state(): EventSourceMappingState {
    if (this.#isClosed) return this.#failure === undefined ? "stopped" : "failed";
    return this.#signal.aborted ? "stopping" : "running";
  }

  /** Invokes another handler from the next invocation on: for a loop that loads code again when it changes. */
  replaceHandler(handler: StreamHandler): void {
    this.#handler = handler;
  }

  /**
   * Stops. An invocation under way is waited for, up to the function's time-out, and counts; nothing is sent again, and
   * batches not done come again when a mapping goes on from the checkpoints. Resolves or rejects as {@link closed} does.
   */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** Takes iterators at LATEST of the shards that may still get records, and counts the others as read. */
  async #join(shards: readonly Shard[], startedAt: number): Promise<[shardId: string, reader: ShardReader][]> {
    const checkpoints: Record<string, ShardCheckpoint> = {};
    for (const { shardId } of shards) checkpoints[shardId] = { ended: true };
    const joined = await Promise.all(
      leaves(shards).map(async ({ shardId }): Promise<[string, ShardReader]> => {
        const checkpoint = { startedAt };
        checkpoints[shardId] = checkpoint;
        const reader = new ShardReader(this.#client, shardId, checkpoint, this.#options.log);
        await reader.joinAtLatest();
        return [shardId, reader];
      }),
    );
    await this.#book.setAll(checkpoints);
    return joined;
  }

  #take(shards: readonly Shard[]): void {
    this.#lineage.update(shards);
    for (const { shardId } of shards) if ("ended" in (this.#book.get(shardId) ?? {})) this.#lineage.drain(shardId);
    this.#book.forgetEndedExcept(new Set(shards.map(({ shardId }) => shardId)));
  }

  /** Reads shard after shard until the mapping stops. New ones turn up when others end, or by themselves. */
  async #readAll(joined: ReadonlyMap<string, ShardReader>): Promise<void> {
    for (;;) {
      for (const shardId of this.#lineage.begin()) this.#spawn(() => this.#readShard(shardId, joined.get(shardId)));
      await this.#untilNextDiscovery();
      this.#take(await this.#client.listShards());
    }
  }

  async #readShard(shardId: string, joined: ShardReader | undefined): Promise<void> {
    const [options, signal] = [this.#options, this.#signal];
    await pollShard({
      shardId,
      reader: joined ?? new ShardReader(this.#client, shardId, this.#book.get(shardId), options.log),
      processor: new BatchProcessor(shardId, options, () => this.#handler, signal),
      book: this.#book,
      options,
      signal,
      fail: (error) => this.#fail(error),
    });
    options.log(`${shardId}: ended`);
    this.#lineage.drain(shardId);
    this.#discover.abort();
  }

  async #untilNextDiscovery(): Promise<void> {
    const { signal } = this.#discover;
    try {
      await this.#options.clock.sleep(SHARD_DISCOVERY_INTERVAL_MS, signal);
    } catch (error) {
      this.#signal.throwIfAborted();
      if (!signal.aborted) throw error;
    }
    this.#discover = new AbortController();
  }

  /** Runs a part of the mapping. The mapping is closed when the last one has ended. */
  #spawn(part: () => Promise<void>): void {
    const task = part()
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#tasks.delete(task);
        if (this.#tasks.size > 0) return;
        this.#isClosed = true;
        if (this.#failure === undefined) this.#close.resolve();
        else this.#close.reject(this.#failure.error);
      });
    this.#tasks.add(task);
  }

  #fail(error: unknown): void {
    if (this.#signal.aborted && error === this.#signal.reason) return; // how parts end when the mapping stops
    this.#failure ??= { error };
    this.#stop.abort(error);
  }
}

/**
 * Starts an event source mapping. When the promise resolves the mapping is in place: at LATEST, every record written from
 * then on is delivered.
 *
 * @throws InvalidMappingOptionError when an option is unknown or out of Lambda's limits
 * @throws StreamUnavailableError when the stream cannot be read
 *
 * @example
 * ```ts
 * import { DynamoDB } from "@aws-sdk/client-dynamodb";
 * import { DynamoDBStreams } from "@aws-sdk/client-dynamodb-streams";
 * import { resolveStreamArn, startEventSourceMapping } from "@rollcall/local";
 *
 * const clientConfig = { endpoint: "http://127.0.0.1:8000", region: "eu-central-1" };
 * await using mapping = await startEventSourceMapping({
 *   streams: new DynamoDBStreams(clientConfig),
 *   streamArn: await resolveStreamArn(new DynamoDB(clientConfig), "limits"),
 *   startingPosition: "LATEST",
 *   functionResponseTypes: ["ReportBatchItemFailures"],
 *   handler: async (event) => {
 *     console.log(event.Records.length);
 *     return { batchItemFailures: [] };
 *   },
 *   log: console.error,
 * });
 * await mapping.closed;
 * ```
 */
export async function startEventSourceMapping(options: EventSourceMappingOptions): Promise<EventSourceMapping> {
  return await EventSourceMapping.start(resolveOptions(options));
}
