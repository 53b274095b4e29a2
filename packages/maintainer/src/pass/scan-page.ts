import type { AttributeValue, ScanCommandInput } from "@aws-sdk/client-dynamodb";
import {
  DEFAULT_SORT_KEY,
  type KeyLike,
  PARTITION_KEY,
  parseRegistryKey,
  parseResourceKey,
  REGISTRY_SORT_KEY,
  SORT_KEY,
} from "@rollcall/registry/schema";
import type { SegmentPosition } from "./pass-cursor.ts";

/** Sort keys of the limiter's oldest defaults, one item a limit, begin so. */
const LEGACY_SORT_KEY_PREFIX = "#LIMIT#";

/** What a scanned item means to a pass. */
export type ScannedItem =
  | { kind: "default"; namespace: string | undefined; name: string }
  | { kind: "registry"; namespace: string | undefined }
  | { kind: "legacy"; namespace: string | undefined };

/**
 * A page of the base table: no index has every item. Eventually consistent, for half the price, because nothing is
 * called drift before it has been read again. Only keys come over the wire, and only of items that matter here; what is
 * filtered out is paid for all the same.
 */
export function scanPage(
  tableName: string,
  segment: { index: number; total: number; position: SegmentPosition },
  limit: number,
): ScanCommandInput {
  const { index, total, position } = segment;
  return {
    TableName: tableName,
    Segment: index,
    TotalSegments: total,
    Limit: limit,
    ...(position.after && { ExclusiveStartKey: position.after }),
    ProjectionExpression: "#pk, #sk",
    FilterExpression: "#sk IN (:default, :registry) OR begins_with(#sk, :legacy)",
    ExpressionAttributeNames: { "#pk": PARTITION_KEY, "#sk": SORT_KEY },
    ExpressionAttributeValues: {
      ":default": { S: DEFAULT_SORT_KEY },
      ":registry": { S: REGISTRY_SORT_KEY },
      ":legacy": { S: LEGACY_SORT_KEY_PREFIX },
    },
    ReturnConsumedCapacity: "TOTAL",
  };
}

/** What an item is, or `undefined` for one of another application's. */
export function classify(key: Record<string, AttributeValue>): ScannedItem | undefined {
  const address = parseResourceKey(key as KeyLike);
  if (address !== undefined) return { kind: "default", namespace: address.namespace, name: address.resource };
  const registry = parseRegistryKey(key as KeyLike);
  if (registry !== undefined) return { kind: "registry", namespace: registry.namespace };
  if (!key[SORT_KEY]?.S?.startsWith(LEGACY_SORT_KEY_PREFIX)) return undefined;
  const legacy = parseResourceKey({ ...(key as KeyLike), [SORT_KEY]: { S: DEFAULT_SORT_KEY } });
  return legacy && { kind: "legacy", namespace: legacy.namespace };
}
