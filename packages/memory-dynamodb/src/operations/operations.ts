import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import type { OperationHost } from "../host.ts";
import type { ExecuteOptions } from "../model.ts";
import { batchGetItem } from "./batch-get.ts";
import { batchWriteItem } from "./batch-write.ts";
import { getItem } from "./get.ts";
import { query, scan } from "./pages.ts";
import * as tables from "./tables.ts";
import { transactGetItems } from "./transact-get.ts";
import { transactWriteItems } from "./transact-write.ts";
import { deleteItem, putItem, updateItem } from "./write.ts";

/** One request at work. What it is given is what its command takes. */
type Operation = (database: OperationHost, input: never, options: ExecuteOptions) => object;

/** By the command's class, as the SDK's client knows them too. */
export const OPERATIONS: ReadonlyMap<unknown, Operation> = new Map<unknown, Operation>([
  [BatchGetItemCommand, batchGetItem],
  [BatchWriteItemCommand, batchWriteItem],
  [CreateTableCommand, tables.createTable],
  [DeleteItemCommand, deleteItem],
  [DeleteTableCommand, tables.deleteTable],
  [DescribeTableCommand, tables.describeTable],
  [DescribeTimeToLiveCommand, tables.describeTimeToLive],
  [GetItemCommand, getItem],
  [ListTablesCommand, tables.listTables],
  [PutItemCommand, putItem],
  [QueryCommand, query],
  [ScanCommand, scan],
  [TransactGetItemsCommand, transactGetItems],
  [TransactWriteItemsCommand, transactWriteItems],
  [UpdateItemCommand, updateItem],
  [UpdateTableCommand, tables.updateTable],
  [UpdateTimeToLiveCommand, tables.updateTimeToLive],
]);
