import type { CancellationReason, Get, TransactGetItemsCommandInput } from "@aws-sdk/client-dynamodb";
import { CONFLICT, NO_REASON, transactionCancelled, validationError } from "../errors.ts";
import { parsedProjection } from "../expressions/parse.ts";
import { projection } from "../expressions/projection.ts";
import { bind } from "../expressions/scope.ts";
import type { OperationHost } from "../host.ts";
import { readUnits, TRANSACTION_FACTOR, UnitsByTable } from "../tables/capacity.ts";
import type { Table } from "../tables/table.ts";
import { sizeOf } from "../values/item-size.ts";
import { matching } from "./matching.ts";

/** Source: API reference of TransactGetItems. */
const MAX_ACTIONS = 100;
const MAX_BYTES = 4 * 1024 * 1024;

/** Items as they were at one moment. What a transaction holds cannot be read. */
export function transactGetItems(
  database: OperationHost,
  { TransactItems = [], ReturnConsumedCapacity }: TransactGetItemsCommandInput,
) {
  if (TransactItems.length === 0 || TransactItems.length > MAX_ACTIONS) {
    throw validationError(
      "1 validation error detected: Value at 'transactItems' failed to satisfy constraint: Member must have length " +
        `less than or equal to ${MAX_ACTIONS} and greater than or equal to 1`,
    );
  }
  const actions = TransactItems.map(({ Get }) => matching(() => readOf(database, Get)));
  const reads = actions.filter((action) => "table" in action);
  if (new Set(reads.map(({ table, id }) => `${table.name} ${id}`)).size < reads.length) {
    throw validationError("Transaction request cannot include multiple operations on one item");
  }
  const reasons = actions.map((action): CancellationReason => {
    if (!("table" in action)) return action;
    return action.table.isLocked(action.id) ? CONFLICT : NO_REASON;
  });
  if (reasons.some((reason) => reason !== NO_REASON)) throw transactionCancelled(reasons);
  const units = new UnitsByTable<Table>();
  let bytes = 0;
  const Responses = reads.map(({ table, id, project }) => {
    const item = table.get(id);
    bytes += sizeOf(item);
    units.add(table, { table: TRANSACTION_FACTOR * readUnits(sizeOf(item), true) });
    return item === undefined ? {} : { Item: project(item) };
  });
  if (bytes > MAX_BYTES) throw validationError("Aggregate size of the items in the transaction cannot exceed 4 MB");
  return { Responses, ...units.consumed(ReturnConsumedCapacity) };
}

function readOf(database: OperationHost, get: Get | undefined) {
  if (get === undefined) throw validationError("TransactItems can only contain Get");
  const table = database.table(get.TableName);
  const wanted = parsedProjection(get.ProjectionExpression);
  const id = table.schema.idOf(table.schema.storedKey(get.Key));
  return { table, id, project: projection(wanted, bind(get, [wanted])) };
}
