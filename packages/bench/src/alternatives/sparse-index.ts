import {
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  paginateQuery,
  paginateScan,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { MEMBER_SORT_KEY, memberItem, memberKey } from "../tables/members.ts";
import type { TableAddress } from "../tables/table-address.ts";

/** The index: its partition key is an attribute that only member items have, its sort key the table's partition key. */
export const SPARSE_INDEX = {
  IndexName: "kinds",
  KeySchema: [
    { AttributeName: "kind", KeyType: "HASH" },
    { AttributeName: "PK", KeyType: "RANGE" },
  ],
  Projection: { ProjectionType: "KEYS_ONLY" },
} as const;

const KIND = { S: "TENANT" };

/** A list of members by a sparse index: what most would take first. */
export class SparseIndex {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;

  constructor({ client, tableName }: TableAddress) {
    this.#client = client;
    this.#tableName = tableName;
  }

  async create(name: string): Promise<void> {
    const Item = { ...memberItem(name), kind: KIND };
    await this.#client.send(new PutItemCommand({ TableName: this.#tableName, Item }));
  }

  async delete(name: string): Promise<void> {
    await this.#client.send(new DeleteItemCommand({ TableName: this.#tableName, Key: memberKey(name) }));
  }

  async list(): Promise<string[]> {
    const names: string[] = [];
    const pages = paginateQuery(
      { client: this.#client },
      {
        TableName: this.#tableName,
        IndexName: SPARSE_INDEX.IndexName,
        KeyConditionExpression: "kind = :kind",
        ExpressionAttributeValues: { ":kind": KIND },
      },
    );
    for await (const { Items = [] } of pages) for (const { PK } of Items) names.push(PK?.S ?? "");
    return names.sort();
  }

  /** Gives every member item of a table that has none the attribute. */
  async fill(): Promise<void> {
    const pages = paginateScan(
      { client: this.#client },
      {
        TableName: this.#tableName,
        ProjectionExpression: "PK, SK",
        FilterExpression: "SK = :sk",
        ExpressionAttributeValues: { ":sk": { S: MEMBER_SORT_KEY } },
      },
    );
    for await (const { Items = [] } of pages) {
      for (const Key of Items) {
        await this.#client.send(
          new UpdateItemCommand({
            TableName: this.#tableName,
            Key,
            UpdateExpression: "SET kind = :kind",
            ConditionExpression: "attribute_exists(PK)",
            ExpressionAttributeValues: { ":kind": KIND },
          }),
        );
      }
    }
  }
}
