import type { TransactWriteItemsCommandInput } from "@aws-sdk/client-dynamodb";
import { ClientTokens } from "./client-tokens.ts";
import { notFound, UnsupportedError } from "./errors.ts";
import type { OperationHost } from "./host.ts";
import type { Commit, ExecuteOptions, OutputOf, SdkCommand } from "./model.ts";
import { OPERATIONS } from "./operations/operations.ts";
import { beginTransaction, type Transaction } from "./operations/transact-write.ts";
import type { Table } from "./tables/table.ts";

const DEFAULT_REGION = "eu-central-1";

export interface DatabaseOptions {
  /** The time, in milliseconds since 1970. */
  readonly now: () => number;
  readonly region?: string;
  /** How many shards a stream has at first. One unless told otherwise. */
  readonly shards?: number;
}

/**
 * A DynamoDB in memory: what it answers and what it does depends on nothing but the requests, their order and `now`.
 *
 * It differs from AWS in this: nothing is ever throttled, indexes are kept by name only and neither read nor billed,
 * reserved words may stand in expressions, and a Query may filter by its key. What it does not know it refuses with an
 * {@link UnsupportedError}: nested paths, list_append, PartiQL, the parameters from before there were expressions.
 */
export class Database implements OperationHost {
  readonly region: string;
  readonly shards: number;
  readonly now: () => number;
  readonly #tables = new Map<string, Table>();
  #tokens = new ClientTokens();
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
   * Carries out a request of the SDK, at once. Throws what DynamoDB answers, in the SDK's own classes.
   */
  execute<C extends SdkCommand>(command: C, options: ExecuteOptions = {}): OutputOf<C> {
    const operation = OPERATIONS.get(command.constructor);
    if (operation === undefined) throw new UnsupportedError(command.constructor.name);
    return { $metadata: {}, ...operation(this, command.input as never, options) } as OutputOf<C>;
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

  /** @throws ResourceNotFoundException when there is none */
  table(name: string | undefined): Table {
    const table = this.#tables.get(name ?? "");
    if (table === undefined) throw notFound();
    return table;
  }

  addTable(table: Table): void {
    this.#tables.set(table.name, table);
  }

  removeTable(name: string): void {
    this.#tables.delete(name);
  }

  announce(commit: Commit): void {
    this.onCommit?.(commit);
  }

  /** A copy that shares nothing that changes. Transactions under way and whoever hears of commits stay with the original. */
  clone(): Database {
    const clone = new Database(this);
    clone.#tokens = this.#tokens.clone();
    for (const [name, table] of this.#tables) clone.#tables.set(name, table.clone(clone));
    return clone;
  }
}
