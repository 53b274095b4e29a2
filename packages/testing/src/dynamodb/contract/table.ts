import { type AttributeValue, DeleteItemCommand, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import type { Item } from "@rollcall/memory-dynamodb";
import { beforeAll } from "vitest";
import type { TableDefinition } from "../engines.ts";
import type { ContractContext } from "./context.ts";

export type { Item };

/** The table's definition. */
export const CONTRACT_TABLE: TableDefinition = {
  KeySchema: [
    { AttributeName: "PK", KeyType: "HASH" },
    { AttributeName: "SK", KeyType: "RANGE" },
  ],
  AttributeDefinitions: [
    { AttributeName: "PK", AttributeType: "S" },
    { AttributeName: "SK", AttributeType: "S" },
  ],
  BillingMode: "PAY_PER_REQUEST",
  StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
};

/** A table of one `describe` block, and the few calls that its tests make all the time. */
export interface ContractTable {
  readonly name: string;
  /** A key that no other test of the block uses. */
  newKey(): { PK: AttributeValue.SMember; SK: AttributeValue.SMember };
  put(item: Item): Promise<void>;
  get(key: Item): Promise<Item | undefined>;
  delete(key: Item): Promise<void>;
}

/** Declares a table for the tests of the block it is called in. */
export function declareTable(context: ContractContext): ContractTable {
  let name = "";
  let keys = 0;
  beforeAll(async () => {
    name = await context.createTable(CONTRACT_TABLE);
  });
  return {
    get name() {
      return name;
    },
    newKey: () => ({ PK: { S: `key-${++keys}` }, SK: { S: "#" } }),
    async put(Item) {
      await context.client.send(new PutItemCommand({ TableName: name, Item }));
    },
    async get(Key) {
      return (await context.client.send(new GetItemCommand({ TableName: name, Key, ConsistentRead: true }))).Item;
    },
    async delete(Key) {
      await context.client.send(new DeleteItemCommand({ TableName: name, Key }));
    },
  };
}
