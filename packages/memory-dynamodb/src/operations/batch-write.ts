import type { BatchWriteItemCommandInput, WriteRequest } from "@aws-sdk/client-dynamodb";
import { validationError } from "../errors.ts";
import type { OperationHost } from "../host.ts";
import { UnitsByTable } from "../tables/capacity.ts";
import type { Table } from "../tables/table.ts";
import { deleteAction, putAction } from "../tables/write-action.ts";
import { write } from "./write.ts";

/** Source: API reference of BatchWriteItem. */
const MAX_REQUESTS = 25;

/** Writes item by item. What a transaction holds is left for another time. */
export function batchWriteItem(
  database: OperationHost,
  { RequestItems = {}, ReturnConsumedCapacity }: BatchWriteItemCommandInput,
) {
  const actions = Object.entries(RequestItems).flatMap(([tableName, requests]) => {
    const table = database.table(tableName);
    return requests.map((request) => {
      const action = request.PutRequest
        ? putAction(table, request.PutRequest)
        : deleteAction(table, request.DeleteRequest ?? {});
      return { action, tableName, request };
    });
  });
  if (actions.length === 0 || actions.length > MAX_REQUESTS) {
    throw validationError(`The batch write request list must have 1 to ${MAX_REQUESTS} requests`);
  }
  const targets = new Set(actions.map(({ action, tableName }) => `${tableName} ${action.id}`));
  if (targets.size < actions.length) throw validationError("Provided list of item keys contains duplicates");

  const UnprocessedItems: Record<string, WriteRequest[]> = {};
  const units = new UnitsByTable<Table>();
  for (const { action, tableName, request } of actions) {
    if (action.table.isLocked(action.id)) {
      UnprocessedItems[tableName] = [...(UnprocessedItems[tableName] ?? []), request];
      continue;
    }
    units.add(action.table, write(action).units);
  }
  return { UnprocessedItems, ...units.consumed(ReturnConsumedCapacity) };
}
