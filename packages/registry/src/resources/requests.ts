import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { MemberSet } from "../protocol/member-set.ts";
import { registrySet as registrySetOf } from "../registry-set.ts";
import { resources } from "./definition.ts";
import { limitAttributes } from "./limits.ts";
import { namespaceIndexKeys, resourceKey } from "./schema.ts";
import type { Limit } from "./types.ts";

/** The format of a default's attributes. */
const CONFIG_VERSION = "1";

/** Where the requests go: a table and, within it, a namespace or the flat keys. */
export interface RegistryLocation {
  tableName: string;
  namespace: string | undefined;
}

/** The registry as the protocol sees it: a set of members in one item. */
export function registrySet({ tableName, namespace }: RegistryLocation): MemberSet {
  return registrySetOf({ definition: resources, tableName, scope: namespace });
}

/** A default as the limiter writes it. */
export function defaultItem(
  namespace: string | undefined,
  resource: string,
  limits: readonly Limit[],
): Record<string, AttributeValue> {
  const key = resourceKey(resource, namespace);
  return {
    ...key,
    ...namespaceIndexKeys(key, namespace),
    resource: { S: resource },
    config_version: { N: CONFIG_VERSION },
    ...limitAttributes(limits, namespace === undefined),
  };
}
