import type { Put } from "@aws-sdk/client-dynamodb";
import { defaultItem } from "@rollcall/registry/resources";
import type { Target } from "../connection/target.ts";
import type { PlannedChange } from "./plan.ts";

/** What others keep in a default that is to be written again, by name; nothing where it is to be deleted. */
export function keptAttributes({ action, from }: PlannedChange): string[] {
  return action === "delete" ? [] : Object.keys(from?.foreign ?? {}).sort();
}

/**
 * Writes a default again with what others keep in its item, on condition that this is as it was read. What the limiter
 * or its migration left there besides is replaced: old limits, a burst ceiling, index keys.
 */
export function keepingPut({ resource, from, to }: PlannedChange, { tableName, namespace }: Target): Put {
  const kept = Object.entries(from?.foreign ?? {});
  return {
    TableName: tableName,
    Item: { ...Object.fromEntries(kept), ...defaultItem(namespace, resource, to) },
    ConditionExpression: kept.map((_, i) => `#kept${i} = :kept${i}`).join(" AND "),
    ExpressionAttributeNames: Object.fromEntries(kept.map(([name], i) => [`#kept${i}`, name])),
    ExpressionAttributeValues: Object.fromEntries(kept.map(([, value], i) => [`:kept${i}`, value])),
  };
}
