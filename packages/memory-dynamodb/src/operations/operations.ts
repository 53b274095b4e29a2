import type { OperationHost } from "../host.ts";
import type { ExecuteOptions } from "../model.ts";
import * as account from "./account.ts";
import { batchGetItem } from "./batch-get.ts";
import { batchWriteItem } from "./batch-write.ts";
import { getItem } from "./get.ts";
import { query, scan } from "./pages.ts";
import * as streams from "./streams.ts";
import * as tables from "./tables.ts";
import { transactGetItems } from "./transact-get.ts";
import { transactWriteItems } from "./transact-write.ts";
import { deleteItem, putItem, updateItem } from "./write.ts";

/** One request at work. What it is given is what its command takes. */
type Operation = (database: OperationHost, input: never, options: ExecuteOptions) => object;

/** Both services' operations by their names, which are those of the SDK's commands. */
export const OPERATIONS: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ...Object.entries(account.EMPTY_ACCOUNT).map(([name, answer]) => [name, () => answer] as const),
  ["BatchGetItem", batchGetItem],
  ["BatchWriteItem", batchWriteItem],
  ["CreateTable", tables.createTable],
  ["DeleteItem", deleteItem],
  ["DeleteTable", tables.deleteTable],
  ["DescribeContinuousBackups", account.describeContinuousBackups],
  ["DescribeStream", streams.describeStream],
  ["DescribeTable", tables.describeTable],
  ["DescribeTimeToLive", tables.describeTimeToLive],
  ["GetItem", getItem],
  ["GetRecords", streams.getRecords],
  ["GetResourcePolicy", account.getResourcePolicy],
  ["GetShardIterator", streams.getShardIterator],
  ["ListStreams", streams.listStreams],
  ["ListTables", tables.listTables],
  ["ListTagsOfResource", account.listTagsOfResource],
  ["PutItem", putItem],
  ["Query", query],
  ["Scan", scan],
  ["TagResource", account.tagResource],
  ["TransactGetItems", transactGetItems],
  ["TransactWriteItems", transactWriteItems],
  ["UntagResource", account.untagResource],
  ["UpdateContinuousBackups", account.updateContinuousBackups],
  ["UpdateItem", updateItem],
  ["UpdateTable", tables.updateTable],
  ["UpdateTimeToLive", tables.updateTimeToLive],
]);
