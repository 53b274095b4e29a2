import { paginateScan } from "@aws-sdk/client-dynamodb";
import { DEFAULT_SORT_KEY, parseResourceKey } from "@rollcall/registry/schema";
import { NAMESPACE } from "../tables/items.ts";
import type { TableAddress } from "../tables/table-address.ts";

/** The names of all defaults by a Scan, page after page: what the limiter did before it had a registry. */
export function scanForNames(table: TableAddress): Promise<string[]> {
  return scanSegment(table, {});
}

/** The same Scan in concurrent segments: as dear and sooner done. */
export async function scanForNamesInParallel(table: TableAddress, segments = 4): Promise<string[]> {
  const parts = Array.from({ length: segments }, (_, Segment) =>
    scanSegment(table, { Segment, TotalSegments: segments }),
  );
  return (await Promise.all(parts)).flat().sort();
}

async function scanSegment(
  { client, tableName }: TableAddress,
  segment: { Segment?: number; TotalSegments?: number },
): Promise<string[]> {
  const names: string[] = [];
  const pages = paginateScan(
    { client },
    {
      TableName: tableName,
      ...segment,
      FilterExpression: "SK = :sk AND begins_with(PK, :pk)",
      ExpressionAttributeValues: { ":sk": { S: DEFAULT_SORT_KEY }, ":pk": { S: `${NAMESPACE}/RESOURCE#` } },
    },
  );
  for await (const { Items = [] } of pages) {
    for (const item of Items) names.push(parseResourceKey(item)?.resource ?? "");
  }
  return names.sort();
}
