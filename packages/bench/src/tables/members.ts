import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { defineRegistry } from "@rollcall/registry";

/** The sort key of a member item. */
export const MEMBER_SORT_KEY = "#META";

/** A registry of one's own, as small as they come. */
export const tenants = defineRegistry({
  name: "tenants",
  key: { partition: "PK", sort: "SK" },
  member: { partition: "TENANT#{member}", sort: MEMBER_SORT_KEY },
  registry: { partition: "SYSTEM#", sort: "#TENANTS", attribute: "tenants" },
});

export function memberKey(name: string): Record<string, AttributeValue> {
  return { PK: { S: `TENANT#${name}` }, SK: { S: MEMBER_SORT_KEY } };
}

/** A member's item, far below a KB. */
export function memberItem(name: string): Record<string, AttributeValue> {
  return { ...memberKey(name), plan: { S: "free" } };
}
