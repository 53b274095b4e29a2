import {
  type AttributeValue,
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { _Record } from "@aws-sdk/client-dynamodb-streams";
import { CONTRACT_TABLE } from "@rollcall/testing/dynamodb/contract/table";
import { type Commit, Database, type ExecuteOptions, type Item, type Stream, type Table } from "../../src/index.ts";

export const TABLE = "limits";
const START = Date.UTC(2030, 0, 1);

/** A database with one table, a clock that stands still, and the few requests that tests make all the time. */
export class Fixture {
  readonly database: Database;
  readonly commits: Commit[] = [];
  now = START;

  constructor(options: { shards?: number; table?: Partial<CreateTableCommandInput> } = {}) {
    this.database = new Database({ now: () => this.now, shards: options.shards ?? 1 });
    this.database.onCommit = (commit) => this.commits.push(commit);
    this.database.execute(
      new CreateTableCommand({
        TableName: TABLE,
        ...CONTRACT_TABLE,
        ...options.table,
      }),
    );
  }

  get table(): Table {
    return this.database.table(TABLE);
  }

  get stream(): Stream {
    const { stream } = this.table;
    if (stream === undefined) throw new Error("The table has no stream");
    return stream;
  }

  put(name: string, attributes: Item = {}): void {
    this.database.execute(new PutItemCommand({ TableName: TABLE, Item: { ...keyOf(name), ...attributes } }));
  }

  delete(name: string): void {
    this.database.execute(new DeleteItemCommand({ TableName: TABLE, Key: keyOf(name) }));
  }

  add(name: string, member: string): void {
    this.database.execute(new UpdateItemCommand(addition(name, member)));
  }

  get(name: string, options: ExecuteOptions & { ConsistentRead?: boolean } = {}): Item | undefined {
    const { lag = 0, ConsistentRead = false } = options;
    const get = new GetItemCommand({ TableName: TABLE, Key: keyOf(name), ConsistentRead });
    return this.database.execute(get, { lag }).Item;
  }

  /** Every record of the stream, shard by shard. */
  records(): Map<string, _Record[]> {
    const { Shards } = this.stream.describeStream().StreamDescription;
    return new Map(Shards.map(({ ShardId }) => [ShardId, this.recordsOf(ShardId)]));
  }

  recordsOf(ShardId: string): _Record[] {
    const found: _Record[] = [];
    let iterator: string | undefined = this.iterator(ShardId);
    while (iterator !== undefined) {
      const { Records, NextShardIterator }: ReturnType<Stream["getRecords"]> = this.stream.getRecords({
        ShardIterator: iterator,
      });
      if (Records.length === 0) break;
      found.push(...Records);
      iterator = NextShardIterator;
    }
    return found;
  }

  iterator(ShardId: string, ShardIteratorType = "TRIM_HORIZON"): string {
    return this.stream.getShardIterator({ ShardId, ShardIteratorType }).ShardIterator;
  }

  /** The first shard that is open. */
  openShard(): string {
    const { Shards } = this.stream.describeStream().StreamDescription;
    return (
      Shards.find(({ SequenceNumberRange }) => SequenceNumberRange.EndingSequenceNumber === undefined)?.ShardId ?? ""
    );
  }
}

export function keyOf(name: string): Record<string, AttributeValue> {
  return { PK: { S: name }, SK: { S: "#" } };
}

export function addition(name: string, member: string) {
  return {
    TableName: TABLE,
    Key: keyOf(name),
    UpdateExpression: "ADD labels :labels",
    ExpressionAttributeValues: { ":labels": { SS: [member] } },
  };
}

export const putOf = (name: string, attributes: Item = {}): TransactWriteItem => ({
  Put: { TableName: TABLE, Item: { ...keyOf(name), ...attributes } },
});

export const addOf = (name: string, member: string): TransactWriteItem => ({ Update: addition(name, member) });

export const checkOf = (name: string, ConditionExpression: string): TransactWriteItem => ({
  ConditionCheck: { TableName: TABLE, Key: keyOf(name), ConditionExpression },
});

export function transaction(
  TransactItems: TransactWriteItem[],
  ClientRequestToken?: string,
): TransactWriteItemsCommand {
  return new TransactWriteItemsCommand({ TransactItems, ...(ClientRequestToken && { ClientRequestToken }) });
}

/** Whose records these are. */
export function partitionKeysOf(records: readonly _Record[]): (string | undefined)[] {
  return records.map(({ dynamodb }) => (dynamodb?.Keys?.PK as { S: string } | undefined)?.S);
}

/** What a call throws. */
export function thrown(call: () => unknown): Error {
  try {
    call();
  } catch (error) {
    return error as Error;
  }
  throw new Error("Nothing was thrown");
}
