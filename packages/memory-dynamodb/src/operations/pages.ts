import type { AttributeValue, QueryCommandInput, ScanCommandInput } from "@aws-sdk/client-dynamodb";
import { validationError } from "../errors.ts";
import { assertCondition } from "../expressions/check-condition.ts";
import { type Condition, holds, type Operand } from "../expressions/condition.ts";
import { parsedFilter, parsedKeyCondition, parsedProjection } from "../expressions/parse.ts";
import { projection } from "../expressions/projection.ts";
import { attributeOf, bind, type Scope } from "../expressions/scope.ts";
import type { OperationHost } from "../host.ts";
import type { ExecuteOptions, Item } from "../model.ts";
import { consumedCapacity, readUnits } from "../tables/capacity.ts";
import { HASHES } from "../tables/hash.ts";
import { firstIndex } from "../tables/search.ts";
import type { Table } from "../tables/table.ts";
import { copyItem } from "../values/attribute-value.ts";
import { sizeOf } from "../values/item-size.ts";
import { assertSupported } from "./supported.ts";

/** What a page reads at most. Source: API reference of Scan. */
const MAX_PAGE_BYTES = 1024 * 1024;
const MAX_SEGMENTS = 1_000_000;

/** A page of a table, or of one of the segments it is divided into by the hash of the partition key. */
export function scan(database: OperationHost, input: ScanCommandInput, { lag = 0 }: ExecuteOptions) {
  assertSupported(input);
  const table = database.table(input.TableName);
  const filter = parsedFilter(input.FilterExpression);
  const wanted = parsedProjection(input.ProjectionExpression);
  const scope = bind(input, [filter, wanted]);
  if (filter !== undefined) assertCondition(filter, scope);
  const items = (input.ConsistentRead ? table : table.before(lag)).ordered();
  return readPage(table, input, scope, items, segmentOf(table, input), filter?.expression, projection(wanted, scope));
}

/** A page of the items with one partition key. */
export function query(database: OperationHost, input: QueryCommandInput, { lag = 0 }: ExecuteOptions) {
  assertSupported(input);
  const table = database.table(input.TableName);
  const keys = parsedKeyCondition(input.KeyConditionExpression);
  if (keys === undefined)
    throw validationError(
      "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.",
    );
  const filter = parsedFilter(input.FilterExpression);
  const wanted = parsedProjection(input.ProjectionExpression);
  const scope = bind(input, [keys, filter, wanted]);
  assertCondition(keys, scope);
  if (filter !== undefined) assertCondition(filter, scope);
  assertPartition(keys.expression, scope, table);
  const items = (input.ConsistentRead ? table : table.before(lag)).ordered();
  const isFound = (item: Item): boolean => holds(keys.expression, scope, item);
  return readPage(table, input, scope, items, isFound, filter?.expression, projection(wanted, scope));
}

/** Reads on from a key: items that are in question, up to a limit or 1 MB; then the filter has its say. */
function readPage(
  table: Table,
  input: ScanCommandInput & QueryCommandInput,
  scope: Scope,
  items: readonly Item[],
  isEligible: (item: Item) => boolean,
  filter: Condition | undefined,
  project: (item: Item) => Record<string, AttributeValue>,
) {
  const { read, isCut } = take(items, startOf(table, input, items), input, isEligible);
  const found = filter === undefined ? read : read.filter((item) => holds(filter, scope, item));
  const bytes = read.reduce((sum, item) => sum + sizeOf(item), 0);
  const last = read.at(-1);
  return {
    ...(input.Select !== "COUNT" && { Items: found.map(project) }),
    Count: found.length,
    ScannedCount: read.length,
    ...(isCut && last && { LastEvaluatedKey: copyItem(table.schema.keyOf(last)) }),
    ...consumedCapacity(input.ReturnConsumedCapacity, table.name, readUnits(bytes, input.ConsistentRead)),
  };
}

/** A page that the limit ends says so, even if nothing comes after it. */
function take(
  items: readonly Item[],
  start: number,
  { Limit = Infinity, ScanIndexForward = true }: QueryCommandInput,
  isEligible: (item: Item) => boolean,
): { read: Item[]; isCut: boolean } {
  if (Limit < 1) throw validationError("Limit must be greater than or equal to 1");
  const read: Item[] = [];
  let bytes = 0;
  for (let i = start; i >= 0 && i < items.length; i += ScanIndexForward ? 1 : -1) {
    const item = items[i] as Item;
    if (!isEligible(item)) continue;
    bytes += sizeOf(item);
    if (read.length > 0 && bytes > MAX_PAGE_BYTES) return { read, isCut: true };
    read.push(item);
    if (read.length === Limit) return { read, isCut: true };
  }
  return { read, isCut: false };
}

/** Where a page begins: the item after its start key, which need not be there any more. */
function startOf(
  table: Table,
  { ExclusiveStartKey, ScanIndexForward = true }: QueryCommandInput,
  items: readonly Item[],
) {
  if (ExclusiveStartKey === undefined) return ScanIndexForward ? 0 : items.length - 1;
  const key = table.schema.storedKey(ExclusiveStartKey);
  if (ScanIndexForward) return firstIndex(items, (item) => table.schema.compare(item, key) <= 0);
  return firstIndex(items, (item) => table.schema.compare(item, key) < 0) - 1;
}

function segmentOf(table: Table, { Segment, TotalSegments, ExclusiveStartKey }: ScanCommandInput) {
  if (Segment === undefined && TotalSegments === undefined) return () => true;
  if (Segment === undefined || TotalSegments === undefined) {
    throw validationError("Segment and TotalSegments go together: one of them is missing in the request");
  }
  if (Segment < 0 || Segment >= TotalSegments || TotalSegments > MAX_SEGMENTS) {
    throw validationError(
      "The Segment parameter is zero-based and must be less than parameter TotalSegments: " +
        `Segment: ${Segment} is not less than TotalSegments: ${TotalSegments}`,
    );
  }
  const isMine = (item: Item): boolean => Math.floor((table.schema.hashOf(item) * TotalSegments) / HASHES) === Segment;
  if (ExclusiveStartKey !== undefined && !isMine(ExclusiveStartKey)) {
    throw validationError(
      "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct " +
        `Segment. TotalSegments: ${TotalSegments} Segment: ${Segment}`,
    );
  }
  return isMine;
}

/** A Query is for one partition key, and may ask one thing of the sort key. */
function assertPartition(condition: Condition, scope: Scope, { schema }: Table): void {
  const tests = condition.kind === "and" ? [condition.left, condition.right] : [condition];
  const isAttribute = (operand: Operand, name: string | undefined): boolean =>
    operand.kind === "path" && operand.path.length === 1 && attributeOf(scope, operand.path[0]) === name;
  const isOn = (test: Condition, name: string | undefined): boolean =>
    (test.kind === "compare" && isAttribute(test.left, name)) ||
    (test.kind === "between" && isAttribute(test.operand, name)) ||
    (test.kind === "begins_with" && isAttribute(test.subject, name));
  const partition = tests.find((test) => isOn(test, schema.partition.name));
  if (partition === undefined) {
    throw validationError(`Query condition missed key schema element: ${schema.partition.name}`);
  }
  const isExact = partition.kind === "compare" && partition.comparator === "=";
  const others = tests.filter((test) => test !== partition);
  if (!isExact || !others.every((test) => isOn(test, schema.sort?.name))) {
    throw validationError("Query key condition not supported");
  }
}
