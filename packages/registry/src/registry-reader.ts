import assert from "node:assert/strict";
import { type DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { untilAborted, withOwnSignal } from "./protocol/abort.ts";
import { assertAnswered } from "./protocol/answer.ts";
import type { RetryPolicy } from "./protocol/backoff.ts";
import { batchRead } from "./protocol/batch-read.ts";
import { MalformedItemError } from "./protocol/errors.ts";
import type { StoredItem } from "./protocol/item-size.ts";
import type { MemberSet } from "./protocol/member-set.ts";
import type { ReadOptions } from "./types.ts";

/** A shard's item as it was read; `undefined` where there is none. */
export interface StoredShard {
  shard: number;
  item: StoredItem | undefined;
  /** The names in its set, in no order. */
  names: readonly string[];
  /** Entries that are left out, because they are empty, which no member's name is. */
  malformed: number;
}

/** Reads the items that hold a registry together. */
export class RegistryReader {
  readonly #client: Pick<DynamoDBClient, "send">;
  readonly #sets: readonly MemberSet[];
  readonly #retry: RetryPolicy;
  readonly #inFlight = new Set<Promise<unknown>>();

  /** @param sets those of the registry's shards, in order */
  constructor(client: Pick<DynamoDBClient, "send">, sets: readonly MemberSet[], retry: RetryPolicy) {
    this.#client = client;
    this.#sets = sets;
    this.#retry = retry;
  }

  /** All shards: one GetItem for a registry in one item, else as few BatchGetItem as there can be. */
  readAll(options: ReadOptions): Promise<StoredShard[]> {
    const [first, ...others] = this.#sets;
    assert(first, "a registry has a shard");
    return this.#tracked(options, async (signal) =>
      others.length === 0 ? [await this.#readOne(first, 0, options, signal)] : this.#readMany(first, options, signal),
    );
  }

  /** One shard after the other, a GetItem each, so that no more than one is in memory. */
  async *readEach(options: ReadOptions): AsyncGenerator<StoredShard, void, void> {
    for (const [shard, set] of this.#sets.entries()) {
      yield await this.#tracked(options, (signal) => this.#readOne(set, shard, options, signal));
    }
  }

  /** Resolves when every read has ended. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#inFlight);
  }

  /** An abort is heard immediately; the request ends in its own time, and is waited for by {@link idle}. */
  #tracked<T>({ signal }: ReadOptions, read: (signal: AbortSignal | undefined) => Promise<T>): Promise<T> {
    const work = withOwnSignal([signal], read);
    const forget = (): void => void this.#inFlight.delete(work);
    this.#inFlight.add(work);
    work.then(forget, forget);
    return untilAborted(work, signal);
  }

  async #readOne(
    set: MemberSet,
    shard: number,
    { consistentRead }: ReadOptions,
    signal: AbortSignal | undefined,
  ): Promise<StoredShard> {
    const { tableName, key } = set;
    const get = new GetItemCommand({ TableName: tableName, Key: key, ...(consistentRead && { ConsistentRead: true }) });
    const { Item } = assertAnswered(await this.#client.send(get, signal ? { abortSignal: signal } : {}));
    return stored(set, shard, Item);
  }

  async #readMany(
    first: MemberSet,
    { consistentRead = false }: ReadOptions,
    signal: AbortSignal | undefined,
  ): Promise<StoredShard[]> {
    const { tableName } = first;
    const keys = this.#sets.map(({ key }) => key);
    const found = new Map<string, StoredItem>();
    const read = batchRead(this.#client, { tableName, keys, consistentRead, retry: this.#retry, signal });
    for await (const items of read) for (const item of items) found.set(keyText(first, item), item);
    return this.#sets.map((set, shard) => stored(set, shard, found.get(keyText(set, set.key))));
  }
}

/** @throws MalformedItemError where something else than a string set is in its place */
function stored(set: MemberSet, shard: number, item: StoredItem | undefined): StoredShard {
  const value = item?.[set.attribute];
  if (value === undefined) return { shard, item, names: [], malformed: 0 };
  if (value.SS !== undefined) {
    const names = value.SS.includes("") ? value.SS.filter((name) => name !== "") : value.SS;
    return { shard, item, names, malformed: value.SS.length - names.length };
  }
  const plainKey = Object.fromEntries(Object.entries(set.key).map(([name, { S = "" }]) => [name, S]));
  throw new MalformedItemError(
    plainKey,
    `its attribute ${set.attribute} is of type ${Object.keys(value).join()} and not a string set; ` +
      "remove that attribute, then fill the registry again",
  );
}

function keyText({ key }: MemberSet, item: StoredItem): string {
  return JSON.stringify(Object.keys(key).map((name) => item[name]?.S));
}
