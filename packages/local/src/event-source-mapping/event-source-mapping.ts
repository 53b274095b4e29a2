import { type SteadyClock, steady } from "./clock.ts";
import { NEXT_STREAM_INTERVAL_MS } from "./constants.ts";
import type { Tell } from "./events.ts";
import type { StreamHandler } from "./function/lambda-event.ts";
import { type MappingInput, type MappingStateName, nextState } from "./mapping-state.ts";
import { tellOf } from "./mapping-work.ts";
import { type OpenStream, openFirstStream, openNextStream, type StreamParts } from "./open-stream.ts";
import type { EventSourceMappingOptions } from "./options.ts";
import { type ResolvedOptions, resolveOptions } from "./resolved-options.ts";
import { parseStreamArn } from "./shards/stream-arn.ts";
import type { StreamEnd } from "./shards/stream-session.ts";

/** What a mapping is doing; see {@link EventSourceMapping}. */
export type EventSourceMappingState = "running" | "waiting" | "stopping" | "stopped" | "failed";

/**
 * Polls a DynamoDB stream and invokes a handler with its records, as an event source mapping of AWS Lambda does.
 * {@link startEventSourceMapping} makes one.
 *
 * - running → waiting: the stream has ended and its table has no next one yet; waiting → running: it has.
 * - running, waiting → stopping: on `stop()`, when the signal aborts, and on a failure: the stream refuses or does not
 *   answer for a minute, or the checkpoint store, `onFailure`, `onEvent`, `onBatch` or `log` throws.
 * - stopping → stopped: when the invocations in flight have ended and what they did is saved.
 * - stopping → failed: the same, after a failure.
 *
 * A shard is waiting, then reading, then drained. It waits until its parent is drained. It is read from its checkpoint,
 * else from its oldest record; only shards that are there when a mapping without checkpoints starts are joined at LATEST.
 *
 * A batch is collected, then sent, then done. When it fails it is retried: whole, from the record reported, or in halves;
 * until it is done or discarded. The shard's checkpoint follows the oldest record that is not done. So every record is
 * handled at least once, whenever the process dies, and of those already done at most one round is repeated: one batch,
 * or with a parallelization factor that many.
 *
 * Differs from AWS: it is ready when it has started, where a mapping at LATEST may miss the records of its first minutes;
 * age alone makes records expire, where on AWS they also leave the stream after 24 hours; and it follows its table to the
 * next stream, where a mapping of AWS ends with its own. Smaller differences are described where they are: invoke,
 * judgeResponse, pollShard, compilePattern, compileFilterCriteria.
 */
export class EventSourceMapping implements AsyncDisposable {
  /**
   * Resolves when the mapping has stopped, rejects when it has failed. A rejection without a listener ends the process,
   * as with any promise: a mapping does not fail in silence.
   */
  readonly closed: Promise<void>;
  readonly #options: ResolvedOptions;
  readonly #clock: SteadyClock;
  readonly #tell: Tell;
  readonly #stop = new AbortController();
  readonly #close = Promise.withResolvers<void>();
  #handler: StreamHandler;
  #state: { readonly name: MappingStateName; readonly failure?: { readonly error: unknown } } = { name: "running" };

  private constructor(options: ResolvedOptions) {
    this.closed = this.#close.promise;
    this.#options = options;
    this.#clock = steady(options.clock);
    this.#tell = tellOf(options);
    this.#handler = options.handler;
    const stop = () => this.#stop.abort(options.signal?.reason);
    options.signal?.addEventListener("abort", stop, { once: true });
    this.#stop.signal.addEventListener("abort", () => {
      options.signal?.removeEventListener("abort", stop);
      this.#change("stop");
    });
  }

  /** @internal {@link startEventSourceMapping} does this. */
  static async start(options: ResolvedOptions): Promise<EventSourceMapping> {
    options.signal?.throwIfAborted();
    const mapping = new EventSourceMapping(options);
    try {
      const first = await openFirstStream(mapping.#parts);
      void mapping.#run(first);
      return mapping;
    } catch (error) {
      mapping.#stop.abort(error); // the signal is of no use to it any more
      throw error;
    }
  }

  /** What the mapping is doing. */
  get state(): EventSourceMappingState {
    return this.#state.name === "failing" ? "stopping" : this.#state.name;
  }

  /** Invokes another handler from the next invocation on: for a loop that loads code again when it changes. */
  replaceHandler(handler: StreamHandler): void {
    this.#handler = handler;
  }

  /**
   * Stops. An invocation in flight is waited for, up to the function's time-out, and counts; nothing is retried, and
   * batches not done are sent by the next mapping that continues from the checkpoints. Resolves or rejects as
   * {@link closed} does.
   */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.closed;
  }

  /** The same as {@link stop}, under the name that disposables usually have. */
  async close(): Promise<void> {
    await this.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** The one place where the state changes, and where `closed` resolves or rejects. */
  #change(input: MappingInput, error?: unknown): void {
    const name = nextState(this.#state.name, input);
    const failure = this.#state.failure ?? (name === "failing" ? { error } : undefined);
    this.#state = failure === undefined ? { name } : { name, failure };
    if (input !== "ended") return;
    if (failure === undefined) this.#close.resolve();
    else this.#close.reject(failure.error);
  }

  #fail(error: unknown): void {
    const { signal } = this.#stop;
    if (signal.aborted && error === signal.reason) return; // how parts end when the mapping stops
    this.#change("fail", error);
    this.#stop.abort(error);
  }

  get #parts(): StreamParts {
    return {
      options: this.#options,
      clock: this.#clock,
      signal: this.#stop.signal,
      tell: this.#tell,
      handler: () => this.#handler,
      fail: (error) => this.#fail(error),
    };
  }

  async #run(first: OpenStream): Promise<void> {
    let current = first;
    try {
      for (;;) {
        const end = await current.session.run(current.shards, current.joined);
        current = await this.#follow(current, end);
      }
    } catch (error) {
      this.#fail(error);
    }
    await current.book.close().catch((error: unknown) => this.#fail(error));
    this.#change("ended");
  }

  /** Waits for the stream that follows on one that has ended, and opens it. */
  async #follow({ client, book, session }: OpenStream, end: StreamEnd): Promise<OpenStream> {
    if (this.#options.whenStreamEnds === "fail" || !client.canFollow) {
      throw client.unavailable(
        end === "gone" ? "is gone" : "has been switched off, and is read to its end",
        client.whyGone,
      );
    }
    const { streamArn } = client;
    this.#change("streamEnded");
    for (let isTold = false; ; isTold = true) {
      const next = await openNextStream({ client, places: session.places, end }, this.#parts);
      if (next !== undefined) {
        this.#change("streamFound");
        await book.close();
        return next;
      }
      if (!isTold) this.#tell({ kind: "waitingForStream", streamArn, tableName: parseStreamArn(streamArn).tableName });
      await this.#clock.sleep(NEXT_STREAM_INTERVAL_MS, this.#stop.signal);
    }
  }
}

/**
 * Starts an event source mapping. When the promise resolves the mapping is in place: at LATEST, every record written from
 * then on is delivered.
 *
 * @throws InvalidMappingOptionError when an option is unknown or out of Lambda's limits
 * @throws StreamUnavailableError when the stream cannot be read
 * @throws InvalidCheckpointError, CheckpointFileError, CheckpointInUseError when the checkpoints cannot be used
 *
 * @example
 * ```ts
 * import { DynamoDB } from "@aws-sdk/client-dynamodb";
 * import { DynamoDBStreams } from "@aws-sdk/client-dynamodb-streams";
 * import { resolveStreamArn, startEventSourceMapping } from "@rollcall/local";
 *
 * const clientConfig = { endpoint: "http://127.0.0.1:8000", region: "eu-central-1" };
 * const mapping = await startEventSourceMapping({
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
 * process.once("SIGTERM", () => void mapping.close());
 * await mapping.closed;
 * ```
 */
export async function startEventSourceMapping(options: EventSourceMappingOptions): Promise<EventSourceMapping> {
  return await EventSourceMapping.start(resolveOptions(options));
}
