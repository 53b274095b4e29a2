import type { AttributeValue, BatchGetItemCommandInput, KeysAndAttributes } from "@aws-sdk/client-dynamodb";
import { validationError } from "../errors.ts";
import { parsedProjection } from "../expressions/parse.ts";
import { projection } from "../expressions/projection.ts";
import { bind } from "../expressions/scope.ts";
import type { OperationHost } from "../host.ts";
import type { ExecuteOptions } from "../model.ts";
import { readUnits, UnitsByTable } from "../tables/capacity.ts";
import type { Table } from "../tables/table.ts";
import { sizeOf } from "../values/item-size.ts";
import { assertSupported } from "./supported.ts";

/** Source: API reference of BatchGetItem. */
const MAX_KEYS = 100;
const MAX_BYTES = 16 * 1024 * 1024;

export function batchGetItem(
  database: OperationHost,
  { RequestItems = {}, ReturnConsumedCapacity }: BatchGetItemCommandInput,
  { lag = 0 }: ExecuteOptions,
) {
  assertKeyCount(Object.values(RequestItems).flatMap(({ Keys = [] }) => Keys).length);
  const Responses: Record<string, Record<string, AttributeValue>[]> = {};
  const UnprocessedKeys: Record<string, KeysAndAttributes> = {};
  const units = new UnitsByTable<Table>();
  let bytes = 0;
  for (const [tableName, request] of Object.entries(RequestItems)) {
    assertSupported(request);
    const table = database.table(tableName);
    const { schema } = table;
    const view = request.ConsistentRead ? table : table.before(lag);
    const wanted = parsedProjection(request.ProjectionExpression);
    const project = projection(wanted, bind(request, [wanted]));
    const ids = (request.Keys ?? []).map((key) => schema.idOf(schema.storedKey(key)));
    if (new Set(ids).size < ids.length) throw validationError("Provided list of item keys contains duplicates");
    const found: Record<string, AttributeValue>[] = [];
    const left: Record<string, AttributeValue>[] = [];
    for (const [i, id] of ids.entries()) {
      const item = view.get(id);
      bytes += sizeOf(item);
      if (bytes > MAX_BYTES) {
        left.push(request.Keys?.[i] ?? {});
        continue;
      }
      units.add(table, { table: readUnits(sizeOf(item), request.ConsistentRead) });
      if (item !== undefined) found.push(project(item));
    }
    Responses[tableName] = found;
    if (left.length > 0) UnprocessedKeys[tableName] = { ...request, Keys: left };
  }
  return { Responses, UnprocessedKeys, ...units.consumed(ReturnConsumedCapacity) };
}

function assertKeyCount(count: number): void {
  if (count > MAX_KEYS) throw validationError("Too many items requested for the BatchGetItem call");
  if (count === 0) throw validationError("The list of keys in RequestItems for BatchGetItem is required");
}
