import type { TransactWriteItemsCommandInput } from "@aws-sdk/client-dynamodb";
import { ClientTokens } from "./client-tokens.ts";
import { notFound, UnsupportedError, validationError } from "./errors.ts";
import type { OperationHost } from "./host.ts";
import type { Commit, ExecuteOptions, Key, OutputOf, SdkCommand } from "./model.ts";
import { OPERATIONS } from "./operations/operations.ts";
import { beginTransaction, type Transaction } from "./operations/transact-write.ts";
import type { Saved } from "./saved.ts";
import { Stream } from "./streams/stream.ts";
import { nameOf } from "./tables/arn.ts";
import { Table } from "./tables/table.ts";

const DEFAULT_REGION = "eu-central-1";
const MISSING_TABLE_NAME =
  "1 validation error detected: Value null at 'tableName' failed to satisfy constraint: Member must not be null";

export interface DatabaseOptions {
  /** The time, in milliseconds since 1970. */
  readonly now: () => number;
  readonly region?: string;
  /** How many shards a stream has at first. One unless told otherwise. */
  readonly shards?: number;
}

/** An item that time to live deletes. */
export interface ExpiredItem {
  readonly table: string;
  readonly key: Key;
}

/**
 * A DynamoDB in memory: what it answers and what it does depends on nothing but the requests, their order and `now`.
 *
 * It differs from AWS in this: nothing is ever throttled, and tables and indexes are active as soon as they are asked for.
 * What it does not know it refuses with an {@link UnsupportedError}: PartiQL, backups and replicas, the parameters from
 * before there were expressions.
 */
export class Database implements OperationHost {
  readonly region: string;
  readonly shards: number;
  readonly now: () => number;
  readonly #tables = new Map<string, Table>();
  #tokens = new ClientTokens();
  /** Streams that no table writes any more. */
  #retired: Stream[] = [];
  #lastStreamMoment = 0;
  /** Hears of every write request that was committed, in order, after it has happened. */
  onCommit: ((commit: Commit) => void) | undefined;

  constructor({ now, region = DEFAULT_REGION, shards = 1 }: DatabaseOptions) {
    this.now = now;
    this.region = region;
    this.shards = shards;
  }

  get tokens(): ClientTokens {
    return this.#tokens;
  }

  /**
   * Carries out a request of the SDK, immediately. Throws what DynamoDB answers, in the SDK's own classes.
   */
  execute<C extends SdkCommand>(command: C, options: ExecuteOptions = {}): OutputOf<C> {
    const name = command.constructor.name.replace(/Command$/, "");
    return { $metadata: {}, ...this.run(name, command.input, options) } as OutputOf<C>;
  }

  /** Carries out a request by the name of its operation, such as `PutItem`, immediately. */
  run(name: string, input: object, options: ExecuteOptions = {}): object {
    const operation = OPERATIONS.get(name);
    if (operation === undefined) throw new UnsupportedError(name);
    return operation(this, input as never, options);
  }

  /**
   * Carries out TransactWriteItems in two steps, as DynamoDB does: first conditions are checked and items held, then it
   * is committed or cancelled. As long as items are held, other transactions on them are cancelled and writes refused;
   * reads see what was there before.
   */
  begin(command: SdkCommand): Transaction {
    return beginTransaction(this, command.input as TransactWriteItemsCommandInput);
  }

  tableNames(): string[] {
    return [...this.#tables.keys()].sort();
  }

  table(nameOrArn: string | undefined): Table {
    if (nameOrArn === undefined) throw validationError(MISSING_TABLE_NAME);
    const table = this.#tables.get(nameOrArn) ?? this.#tables.get(nameOf(nameOrArn));
    if (table === undefined) throw notFound();
    return table;
  }

  addTable(table: Table): void {
    this.#tables.set(table.name, table);
  }

  removeTable(name: string): void {
    this.#tables.get(name)?.setStream(undefined);
    this.#tables.delete(name);
  }

  streams(): Stream[] {
    const current = [...this.#tables.values()].flatMap(({ stream }) => stream ?? []);
    return [...this.#retired, ...current].sort((a, b) => (a.arn < b.arn ? -1 : 1));
  }

  stream(arn: string | undefined): Stream {
    const stream = this.streams().find((candidate) => candidate.arn === arn);
    if (stream === undefined) throw notFound(`Requested resource not found: Stream: ${arn} not found`);
    return stream;
  }

  streamMoment(): number {
    this.#lastStreamMoment = Math.max(this.now(), this.#lastStreamMoment + 1);
    return this.#lastStreamMoment;
  }

  retire(stream: Stream): void {
    this.#retired.push(stream);
  }

  /** Items whose time to live is over. */
  expired(): ExpiredItem[] {
    return [...this.#tables.values()].flatMap((table) => table.expired().map((key) => ({ table: table.name, key })));
  }

  /** Does what time does: deletes items whose time to live is over, and drops what has left the streams. */
  expire(expired: readonly ExpiredItem[]): void {
    for (const { table, key } of expired) this.table(table).expire(key);
    for (const stream of this.streams()) stream.trim();
    this.#retired = this.#retired.filter(({ isEmpty }) => !isEmpty);
  }

  /** Splits the widest shard of a table's stream. Returns the ids of the new ones. */
  splitShard(tableName: string): string[] {
    const { stream } = this.table(tableName);
    if (stream === undefined) throw notFound(`Requested resource not found: ${tableName} has no stream`);
    return stream.splitShard();
  }

  announce(commit: Commit): void {
    this.onCommit?.(commit);
  }

  /** All that it holds, in parts from which {@link Database.restore} makes it again. */
  *saved(): Generator<Saved> {
    const now = this.now();
    yield { tokens: this.#tokens.saved(now), now };
    for (const table of this.#tables.values()) yield* table.saved();
    for (const stream of this.streams()) yield* stream.saved();
  }

  /** Takes in a part of what another database held, in the order in which that gave them. */
  restore(part: Saved): void {
    if ("tokens" in part) this.#tokens.restore(part.tokens);
    else if ("table" in part) this.addTable(Table.restore(this, part.table));
    else if ("items" in part) this.table(part.of).restoreItems(part.items);
    else if ("stream" in part) {
      const stream = Stream.restore(this, part.stream);
      this.#lastStreamMoment = Math.max(this.#lastStreamMoment, part.stream.createdAt);
      if (part.stream.isDisabled) this.retire(stream);
      else this.table(part.stream.tableName).restoreStream(stream);
    } else this.stream(part.of).restoreRecords(part.records);
  }

  /** A copy that shares nothing that changes. Transactions in flight and the listeners to commits stay with the original. */
  clone(): Database {
    const clone = new Database(this);
    clone.#tokens = this.#tokens.clone(this.now());
    clone.#retired = this.#retired.map((stream) => stream.clone(clone));
    clone.#lastStreamMoment = this.#lastStreamMoment;
    for (const [name, table] of this.#tables) clone.#tables.set(name, table.clone(clone));
    return clone;
  }
}
