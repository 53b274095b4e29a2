import type { AttributeValue, PutItemCommandInput } from "@aws-sdk/client-dynamodb";
import {
  namespaceIndexKeys,
  PARTITION_KEY,
  REGISTRY_ATTRIBUTE,
  registryKey,
  resourceKey,
} from "../definition/schema.ts";
import type { MemberSet, MemberWrite } from "../protocol/member-set.ts";
import { limitAttributes } from "./limits.ts";
import type { Limit } from "./types.ts";

/** The format of a default's attributes. */
const CONFIG_VERSION = "1";
const DEFAULT_EXISTS = "attribute_exists(#partitionKey)";

/** Where the requests go: a table and, within it, a namespace or the flat keys. */
export interface RegistryLocation {
  tableName: string;
  namespace: string | undefined;
}

/** The registry as the protocol sees it: a set of members in one item. */
export function registrySet({ tableName, namespace }: RegistryLocation): MemberSet {
  const key = registryKey(namespace);
  return {
    tableName,
    key,
    partitionKey: PARTITION_KEY,
    attribute: REGISTRY_ATTRIBUTE,
    attributes: namespaceIndexKeys(key, namespace),
  };
}

/** Puts a default, whether or not there is one, and names it in the registry. */
export function setDefaultWrite(location: RegistryLocation, resource: string, limits: readonly Limit[]): MemberWrite {
  const action = { Put: { TableName: location.tableName, Item: defaultItem(location, resource, limits) } };
  return { member: resource, change: "add", actions: [action] };
}

/** Deletes a default, whether or not there is one, and takes its name out of the registry. */
export function deleteDefaultWrite(location: RegistryLocation, resource: string): MemberWrite {
  const action = { Delete: { TableName: location.tableName, Key: resourceKey(resource, location.namespace) } };
  return { member: resource, change: "remove", actions: [action] };
}

/** Replaces a default that exists. Membership stays as it is, so the registry is not part of it. */
export function updateDefaultInput(
  location: RegistryLocation,
  resource: string,
  limits: readonly Limit[],
): PutItemCommandInput {
  return {
    TableName: location.tableName,
    Item: defaultItem(location, resource, limits),
    ConditionExpression: DEFAULT_EXISTS,
    ExpressionAttributeNames: { "#partitionKey": PARTITION_KEY },
  };
}

function defaultItem(
  { namespace }: RegistryLocation,
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
