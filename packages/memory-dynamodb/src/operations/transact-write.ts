import type {
  CancellationReason,
  ConsumedCapacity,
  TransactWriteItem,
  TransactWriteItemsCommandInput,
  TransactWriteItemsCommandOutput,
} from "@aws-sdk/client-dynamodb";
import {
  CONFLICT,
  DynamoDBServiceException,
  invalidReason,
  NO_REASON,
  transactionCancelled,
  validationError,
} from "../errors.ts";
import type { OperationHost } from "../host.ts";
import { readUnits, sumOf, TRANSACTION_FACTOR, totalOf, UnitsByTable } from "../tables/capacity.ts";
import type { Table } from "../tables/table.ts";
import {
  checkAction,
  deleteAction,
  outcome,
  type PreparedWrite,
  putAction,
  refusalOf,
  updateAction,
  type WriteAction,
} from "../tables/write-action.ts";
import { sizeOf } from "../values/item-size.ts";
import { matching } from "./matching.ts";

/** Source: API reference of TransactWriteItems. */
const MAX_ACTIONS = 100;
const MAX_BYTES = 4 * 1024 * 1024;
const MAX_TOKEN_LENGTH = 36;

/** A transaction that has been checked, and holds its items until one of the two. */
export interface Transaction {
  commit(): TransactWriteItemsCommandOutput;
  cancel(): void;
}

export function transactWriteItems(database: OperationHost, input: TransactWriteItemsCommandInput) {
  return beginTransaction(database, input).commit();
}

/** See {@link Database.begin}. */
export function beginTransaction(database: OperationHost, input: TransactWriteItemsCommandInput): Transaction {
  const { TransactItems = [], ClientRequestToken: token } = input;
  assertLengths(TransactItems, token);
  if (database.tokens.isCommitted(token, TransactItems, database.now())) {
    return { commit: () => repeated(database, input), cancel() {} };
  }
  const actions = TransactItems.map((item) => matching(() => actionOf(database, item)));
  assertApart(actions.filter((action) => "table" in action));
  const prepared = prepareAll(actions);
  for (const { table, id } of prepared) table.lock(id);
  database.tokens.begin(token, TransactItems);

  let isOver = false;
  const end = (): void => {
    if (isOver) throw new Error("The transaction is over");
    isOver = true;
  };
  return {
    commit() {
      end();
      database.tokens.commit(token, TransactItems, database.now());
      const units = commitAll(prepared);
      return { $metadata: {}, ...transactionCapacity(input, units, "WriteCapacityUnits") };
    },
    cancel() {
      end();
      database.tokens.cancel(token);
      for (const { table, id } of prepared) table.unlock(id, false);
    },
  };
}

function actionOf(database: OperationHost, { Put, Update, Delete, ConditionCheck }: TransactWriteItem): WriteAction {
  const given = Number(!!Put) + Number(!!Update) + Number(!!Delete) + Number(!!ConditionCheck);
  if (given !== 1) throw validationError("TransactItems can only contain one of Check, Put, Update or Delete");
  if (Put) return putAction(database.table(Put.TableName), Put);
  if (Update) return updateAction(database.table(Update.TableName), Update);
  if (Delete) return deleteAction(database.table(Delete.TableName), Delete);
  return checkAction(database.table(ConditionCheck?.TableName), ConditionCheck ?? {});
}

function assertLengths({ length }: readonly TransactWriteItem[], token: string | undefined): void {
  if (length === 0 || length > MAX_ACTIONS) {
    const bound = length === 0 ? "greater than or equal to 1" : `less than or equal to ${MAX_ACTIONS}`;
    throw validationError(
      "1 validation error detected: Value at 'transactItems' failed to satisfy constraint: " +
        `Member must have length ${bound}`,
    );
  }
  if (token !== undefined && (token.length === 0 || token.length > MAX_TOKEN_LENGTH)) {
    throw validationError(
      `1 validation error detected: Value '${token}' at 'clientRequestToken' failed to satisfy constraint: ` +
        `Member must have length ${token.length === 0 ? "greater than or equal to 1" : `less than or equal to ${MAX_TOKEN_LENGTH}`}`,
    );
  }
}

function assertApart(actions: readonly WriteAction[]): void {
  const seen = new Map<Table, Set<string>>();
  for (const { table, id } of actions) {
    const ids = seen.get(table) ?? new Set();
    if (ids.has(id)) throw validationError("Transaction request cannot include multiple operations on one item");
    seen.set(table, ids.add(id));
  }
}

/** Every action in mind, or the reasons why none of them is carried out. */
function prepareAll(actions: readonly (WriteAction | CancellationReason)[]): PreparedWrite[] {
  const prepared: PreparedWrite[] = [];
  const reasons = actions.map((action): CancellationReason => {
    if (!("table" in action)) return action;
    if (action.table.isLocked(action.id)) return CONFLICT;
    const refusal = refusalOf(action);
    if (refusal !== undefined) return refusal;
    try {
      prepared.push(outcome(action));
      return NO_REASON;
    } catch (error) {
      if (!(error instanceof DynamoDBServiceException)) throw error;
      return invalidReason(error);
    }
  });
  if (prepared.length < actions.length) throw transactionCancelled(reasons);
  const total = prepared.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total > MAX_BYTES) throw validationError("Aggregate size of the items in the transaction cannot exceed 4 MB");
  return prepared;
}

/** Lets go of the items only after all tables have been written: a write that waited for one is later than all. */
function commitAll(prepared: readonly PreparedWrite[]): UnitsByTable<Table> {
  const units = new UnitsByTable<Table>();
  for (const [table, writes] of Map.groupBy(prepared, (write) => write.table)) {
    const sum = writes
      .map((write) => table.unitsOf(write, write.bytes, TRANSACTION_FACTOR))
      .reduce((one, other) => sumOf(one, other));
    units.add(table, sum);
    table.commit(writes, { writeUnits: totalOf(sum) });
  }
  for (const { table, id, before } of prepared) table.unlock(id, table.get(id) !== before);
  return units;
}

/** A transaction that was done before is not done again; the answer costs a read of its items. */
function repeated(database: OperationHost, input: TransactWriteItemsCommandInput): TransactWriteItemsCommandOutput {
  const units = new UnitsByTable<Table>();
  for (const item of input.TransactItems ?? []) {
    const { table, id } = actionOf(database, item);
    units.add(table, { table: TRANSACTION_FACTOR * readUnits(sizeOf(table.get(id)), true) });
  }
  return { $metadata: {}, ...transactionCapacity(input, units, "ReadCapacityUnits") };
}

function transactionCapacity(
  { ReturnConsumedCapacity }: TransactWriteItemsCommandInput,
  units: UnitsByTable<Table>,
  kind: "ReadCapacityUnits" | "WriteCapacityUnits",
): { ConsumedCapacity?: ConsumedCapacity[] } {
  const { ConsumedCapacity } = units.consumed(ReturnConsumedCapacity);
  if (ConsumedCapacity === undefined) return {};
  return { ConsumedCapacity: ConsumedCapacity.map((total) => ({ ...total, [kind]: total.CapacityUnits })) };
}
