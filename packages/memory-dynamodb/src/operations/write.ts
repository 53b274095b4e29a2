import type {
  DeleteItemCommandInput,
  PutItemCommandInput,
  ReturnValue,
  UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import { validationError } from "../errors.ts";
import { parsedUpdate } from "../expressions/parse.ts";
import { resolvePath } from "../expressions/path.ts";
import { picking } from "../expressions/projection.ts";
import type { OperationHost } from "../host.ts";
import { consumedCapacity, totalOf, type Units } from "../tables/capacity.ts";
import {
  deleteAction,
  type PreparedWrite,
  prepare,
  putAction,
  updateAction,
  type WriteAction,
} from "../tables/write-action.ts";
import { copyItem } from "../values/attribute-value.ts";
import { assertSupported } from "./supported.ts";

export function putItem(database: OperationHost, input: PutItemCommandInput) {
  assertSupported(input);
  assertReturns(input.ReturnValues, ["ALL_OLD"]);
  return answer(write(putAction(database.table(input.TableName), input)), input);
}

export function deleteItem(database: OperationHost, input: DeleteItemCommandInput) {
  assertSupported(input);
  assertReturns(input.ReturnValues, ["ALL_OLD"]);
  return answer(write(deleteAction(database.table(input.TableName), input)), input);
}

export function updateItem(database: OperationHost, input: UpdateItemCommandInput) {
  assertSupported(input);
  assertReturns(input.ReturnValues, ["ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"]);
  const action = updateAction(database.table(input.TableName), input);
  const done = write(action);
  const { ReturnValues = "NONE" } = input;
  if (ReturnValues === "NONE" || ReturnValues === "ALL_OLD") return answer(done, input);
  const updated = parsedUpdate(input.UpdateExpression)?.expression ?? [];
  const paths = updated.map(({ path }) => resolvePath(action.scope, path));
  const item = (ReturnValues === "UPDATED_OLD" ? done.before : done.after) ?? {};
  const Attributes = ReturnValues === "ALL_NEW" ? copyItem(item) : picking(paths)(item);
  return { ...answer(done, input), ...(Object.keys(Attributes).length > 0 && { Attributes }) };
}

/** Carries out a write of its own, outside of any transaction. */
export function write(action: WriteAction): PreparedWrite & { units: Units } {
  const { table, id } = action;
  table.assertUnlocked(id);
  const prepared = prepare(action);
  const units = table.unitsOf(prepared, prepared.bytes);
  table.commit([prepared], { writeUnits: totalOf(units) });
  return { ...prepared, units };
}

function answer(
  { table, before, units }: PreparedWrite & { units: Units },
  { ReturnValues, ReturnConsumedCapacity }: PutItemCommandInput | DeleteItemCommandInput | UpdateItemCommandInput,
) {
  return {
    ...(before && ReturnValues === "ALL_OLD" && { Attributes: copyItem(before) }),
    ...consumedCapacity(ReturnConsumedCapacity, table, units),
  };
}

function assertReturns(wanted: ReturnValue = "NONE", possible: readonly ReturnValue[]): void {
  if (wanted !== "NONE" && !possible.includes(wanted)) throw validationError("Return values set to invalid value");
}
