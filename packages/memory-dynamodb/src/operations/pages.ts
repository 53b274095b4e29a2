import type { AttributeValue, QueryCommandInput, ScanCommandInput } from "@aws-sdk/client-dynamodb";
import { validationError } from "../errors.ts";
import { assertCondition } from "../expressions/check-condition.ts";
import { type Condition, holds } from "../expressions/condition.ts";
import { parsedFilter, parsedKeyCondition, parsedProjection } from "../expressions/parse.ts";
import type { Parsed, Path } from "../expressions/parsed.ts";
import { projection } from "../expressions/projection.ts";
import { bind, type Scope } from "../expressions/scope.ts";
import type { OperationHost } from "../host.ts";
import type { ExecuteOptions, Item } from "../model.ts";
import { consumedCapacity } from "../tables/capacity.ts";
import { HASHES } from "../tables/hash.ts";
import { compareBy } from "../tables/key-schema.ts";
import { firstIndex } from "../tables/search.ts";
import { copyItem } from "../values/attribute-value.ts";
import { sizeOf } from "../values/item-size.ts";
import { assertNoKeys, partitionOf } from "./key-condition.ts";
import { readsTable, type Source, sourceOf, startKeyOf, unitsOf } from "./source.ts";
import { assertSupported } from "./supported.ts";

/** What a page reads at most. Source: API reference of Scan. */
const MAX_PAGE_BYTES = 1024 * 1024;
const MAX_SEGMENTS = 1_000_000;

type PageInput = ScanCommandInput & QueryCommandInput;

/** Which items are in question: some that lie together, and those of them that are eligible. */
interface Range {
  readonly items: readonly Item[];
  /** The indexes of the first item, and of the one behind the last. */
  readonly from: number;
  readonly to: number;
  readonly isEligible: (item: Item) => boolean;
}

/** A page of a table or an index, or of one of the segments it is divided into by the hash of the partition key. */
export function scan(database: OperationHost, input: ScanCommandInput, { lag = 0 }: ExecuteOptions) {
  assertSupported(input);
  const table = database.table(input.TableName);
  const source = sourceOf(table, input);
  const filter = parsedFilter(input.FilterExpression);
  const wanted = parsedProjection(input.ProjectionExpression);
  const scope = bind(input, [filter, wanted]);
  if (filter !== undefined) assertCondition(filter, scope);
  const items = (input.ConsistentRead ? table : table.before(lag)).ordered(source.index);
  const range = { items, from: 0, to: items.length, isEligible: segmentOf(source, input) };
  return readPage(source, input, scope, range, filter?.expression, wanted);
}

/** A page of the items with one partition key. */
export function query(database: OperationHost, input: QueryCommandInput, { lag = 0 }: ExecuteOptions) {
  assertSupported(input);
  const table = database.table(input.TableName);
  const source = sourceOf(table, input);
  const keys = parsedKeyCondition(input.KeyConditionExpression);
  if (keys === undefined)
    throw validationError(
      "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.",
    );
  const filter = parsedFilter(input.FilterExpression);
  const wanted = parsedProjection(input.ProjectionExpression);
  const scope = bind(input, [keys, filter, wanted]);
  assertCondition(keys, scope);
  const partition = partitionOf(keys.expression, scope, source);
  if (filter !== undefined) {
    assertCondition(filter, scope);
    assertNoKeys(filter.expression, scope, source);
  }
  const items = (input.ConsistentRead ? table : table.before(lag)).ordered(source.index);
  const isEligible = (item: Item): boolean => holds(keys.expression, scope, item);
  const range = { items, ...partitionIn(items, partition, source), isEligible };
  return readPage(source, input, scope, range, filter?.expression, wanted);
}

/** Where the items of a partition lie. */
function partitionIn(items: readonly Item[], partition: Item, { hashOf, partitions }: Source) {
  const hash = hashOf(partition);
  const compare = (item: Item): number => {
    const byHash = hashOf(item) - hash;
    if (byHash !== 0) return byHash;
    for (const attribute of partitions) {
      const order = compareBy(attribute, item, partition);
      if (order !== 0) return order;
    }
    return 0;
  };
  const from = firstIndex(items, (item) => compare(item) < 0);
  return { from, to: firstIndex(items, (item) => compare(item) <= 0) };
}

/** Reads on from a key: items that are in question, up to a limit or 1 MB; then the filter has its say. */
function readPage(
  source: Source,
  input: PageInput,
  scope: Scope,
  range: Range,
  filter: Condition | undefined,
  wanted: Parsed<readonly Path[]> | undefined,
) {
  const { table } = source;
  const project = projection(wanted, scope);
  const fromTable = readsTable(source, input, wanted?.expression ?? [], scope);
  const { read, isCut } = take(source, input, range);
  const entries = fromTable ? read : read.map(source.entryOf);
  const found = filter === undefined ? entries : entries.filter((item) => holds(filter, scope, item));
  const last = read.at(-1);
  const units = unitsOf(source, read, input.ConsistentRead ?? false, fromTable);
  return {
    ...(input.Select !== "COUNT" && { Items: found.map(project) }),
    Count: found.length,
    ScannedCount: read.length,
    ...(isCut && last && { LastEvaluatedKey: copyItem(source.keyOf(last)) }),
    ...consumedCapacity(input.ReturnConsumedCapacity, table, units),
  };
}

/** A page that the limit ends says so, even if nothing comes after it. */
function take(source: Source, input: PageInput, range: Range): { read: Item[]; isCut: boolean } {
  const { Limit = Infinity, ScanIndexForward = true } = input;
  if (Limit < 1) throw validationError("Limit must be greater than or equal to 1");
  const { items, from, to, isEligible } = range;
  const start = startOf(source, input, range);
  const read: Item[] = [];
  let bytes = 0;
  for (let i = start; i >= from && i < to; i += ScanIndexForward ? 1 : -1) {
    const item = items[i] as Item;
    if (!isEligible(item)) continue;
    bytes += sizeOf(source.entryOf(item));
    if (read.length > 0 && bytes > MAX_PAGE_BYTES) return { read, isCut: true };
    read.push(item);
    if (read.length === Limit) return { read, isCut: true };
  }
  return { read, isCut: false };
}

/** Where a page begins: the item after its start key, which need not be there any more. */
function startOf(
  source: Source,
  { ExclusiveStartKey, ScanIndexForward = true }: PageInput,
  { items, from, to }: Range,
): number {
  if (ExclusiveStartKey === undefined) return ScanIndexForward ? from : to - 1;
  const key = startKeyOf(source, ExclusiveStartKey);
  if (ScanIndexForward)
    return Math.max(
      from,
      firstIndex(items, (item) => source.compare(item, key) <= 0),
    );
  return (
    Math.min(
      to,
      firstIndex(items, (item) => source.compare(item, key) < 0),
    ) - 1
  );
}

function segmentOf(source: Source, { Segment, TotalSegments, ExclusiveStartKey }: ScanCommandInput) {
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
  const isMine = (item: Record<string, AttributeValue> | Item): boolean =>
    Math.floor((source.hashOf(item) * TotalSegments) / HASHES) === Segment;
  if (ExclusiveStartKey !== undefined && !isMine(ExclusiveStartKey)) {
    throw validationError(
      "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct " +
        `Segment. TotalSegments: ${TotalSegments} Segment: ${Segment}`,
    );
  }
  return isMine;
}
