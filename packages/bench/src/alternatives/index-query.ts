import { paginateQuery } from "@aws-sdk/client-dynamodb";
import { parseResourceKey } from "@rollcall/registry/schema";
import { NAMESPACE_INDEX } from "../measuring/lab.ts";
import { NAMESPACE } from "../tables/items.ts";
import type { TableAddress } from "../tables/table-address.ts";

/**
 * The names of all defaults by a Query on the limiter's keys-only index. It never drifts, but it lacks what the limiter's
 * provisioner wrote, has no strong reads, and costs one more write unit for every item put, neighbours included.
 */
export async function queryForNames({ client, tableName }: TableAddress): Promise<string[]> {
  const names: string[] = [];
  const pages = paginateQuery(
    { client },
    {
      TableName: tableName,
      IndexName: NAMESPACE_INDEX,
      KeyConditionExpression: "GSI4PK = :namespace AND begins_with(GSI4SK, :prefix)",
      ExpressionAttributeValues: { ":namespace": { S: NAMESPACE }, ":prefix": { S: `${NAMESPACE}/RESOURCE#` } },
    },
  );
  for await (const { Items = [] } of pages) {
    for (const item of Items) names.push(parseResourceKey(item)?.resource ?? "");
  }
  return names.sort();
}
