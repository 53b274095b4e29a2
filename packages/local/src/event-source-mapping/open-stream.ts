import { CheckpointBook } from "./checkpoints/checkpoint-book.ts";
import { type MappingWorkParts, shardWork } from "./mapping-work.ts";
import type { ResolvedOptions } from "./resolved-options.ts";
import { carriedOver, forgetLeft, joinAtLatest } from "./shards/first-checkpoints.ts";
import type { Shard } from "./shards/shard-lineage.ts";
import type { Place } from "./shards/shard-position.ts";
import type { ShardReader } from "./shards/shard-reader.ts";
import { StreamClient } from "./shards/stream-client.ts";
import { StreamRefusal } from "./shards/stream-refusal.ts";
import { type StreamEnd, StreamSession } from "./shards/stream-session.ts";

/** What a mapping brings to each stream that it reads. */
export interface StreamParts extends Omit<MappingWorkParts, "streamArn" | "book"> {
  readonly options: ResolvedOptions;
}

/** A stream, and where to begin in it. */
export interface OpenStream {
  readonly client: StreamClient;
  readonly book: CheckpointBook;
  readonly session: StreamSession;
  readonly shards: readonly Shard[];
  readonly joined: ReadonlyMap<string, ShardReader>;
}

/** Opens the stream that a mapping starts with. One that is not there is told, not waited for. */
export async function openFirstStream(parts: StreamParts): Promise<OpenStream> {
  const { options, clock, tell } = parts;
  const { client, book } = await connect(options.streamArn, parts);
  try {
    const startedAt = clock.now();
    const { shards } = await client.describe();
    const isJoined = book.isNew && options.startingPosition === "LATEST";
    const joined = isJoined ? await joinAtLatest(shards, startedAt, { client, book, clock, tell }) : new Map();
    await forgetLeft(shards, book, tell);
    return { client, book, shards, joined, session: sessionOf(client, book, parts) };
  } catch (error) {
    await book.close();
    throw error instanceof StreamRefusal ? client.unavailable("refused a request", error.cause) : error;
  }
}

/** A stream that has ended. */
export interface EndedStream {
  readonly client: StreamClient;
  /** Where its shards were. */
  readonly places: ReadonlyMap<string, Place>;
  readonly end: StreamEnd;
}

/** Opens the table's stream that follows on another, at TRIM_HORIZON, and says so; undefined while there is none. */
export async function openNextStream(old: EndedStream, parts: StreamParts): Promise<OpenStream | undefined> {
  const { streamArn: from } = old.client;
  const to = await old.client.nextStream();
  if (to === undefined) return undefined;
  const { client, book } = await connect(to, parts);
  try {
    const { shards } = await client.describe();
    if (book.isNew) await book.setAll(await carriedOver(old.places, client, shards));
    parts.tell({ kind: "streamReplaced", from, to, isReadToEnd: old.end === "readToEnd" });
    return { client, book, shards, joined: new Map(), session: sessionOf(client, book, parts) };
  } catch (error) {
    await book.close();
    if (error instanceof StreamRefusal) return undefined; // it was listed and is gone: the table is asked once more
    throw error;
  }
}

async function connect(streamArn: string, { options, clock, signal, tell }: StreamParts) {
  const { checkpoints, functionName, streams: source } = options;
  const book = await CheckpointBook.open(checkpoints, `${functionName} ${streamArn}`);
  return { book, client: new StreamClient(streamArn, { source, clock, signal, tell }) };
}

function sessionOf(client: StreamClient, book: CheckpointBook, { options, handler, ...common }: StreamParts) {
  const poll = shardWork(options, { ...common, book, handler, streamArn: client.streamArn });
  return new StreamSession({ ...common, client, book, poll });
}
