import type { GetItemCommandInput } from "@aws-sdk/client-dynamodb";
import { parsedProjection } from "../expressions/parse.ts";
import { projection } from "../expressions/projection.ts";
import { bind } from "../expressions/scope.ts";
import type { OperationHost } from "../host.ts";
import type { ExecuteOptions } from "../model.ts";
import { consumedCapacity, readUnits } from "../tables/capacity.ts";
import { sizeOf } from "../values/item-size.ts";
import { assertSupported } from "./supported.ts";

export function getItem(database: OperationHost, input: GetItemCommandInput, { lag = 0 }: ExecuteOptions) {
  assertSupported(input);
  const table = database.table(input.TableName);
  const wanted = parsedProjection(input.ProjectionExpression);
  const project = projection(wanted, bind(input, [wanted]));
  const view = input.ConsistentRead ? table : table.before(lag);
  const item = view.get(table.schema.idOf(table.schema.storedKey(input.Key)));
  const units = { table: readUnits(sizeOf(item), input.ConsistentRead) };
  return {
    ...(item && { Item: project(item) }),
    ...consumedCapacity(input.ReturnConsumedCapacity, table, units),
  };
}
