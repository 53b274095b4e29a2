import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { RESERVED_NAMESPACE } from "./names.ts";
import type { ItemKey } from "./schema.ts";

/*
 * The limiter's directory of namespaces: users give names, keys hold random ids. Read only: we register no names.
 */

/** Partition key of every entry. */
export const DIRECTORY_PARTITION = `${RESERVED_NAMESPACE}/SYSTEM#`;
/** How the sort keys of the entries of names begin. */
export const NAMESPACE_NAME_PREFIX = "#NAMESPACE#";

/** The entry of a namespace's name. */
export function namespaceNameKey(name: string): ItemKey {
  return { PK: { S: DIRECTORY_PARTITION }, SK: { S: `${NAMESPACE_NAME_PREFIX}${name}` } };
}

/** The entry of a namespace's id. An id need not have one: old clients wrote under an id of their own choice. */
export function namespaceIdKey(id: string): ItemKey {
  return { PK: { S: DIRECTORY_PARTITION }, SK: { S: `#NSID#${id}` } };
}

/**
 * Whether a scope has the form of the limiter's random ids. One that has it and no entry was purged, on a table with a
 * directory; any other is literal: an old client's own choice.
 */
export function isNamespaceId(scope: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_-]{10}$/.test(scope);
}

/** Whether an entry says of its namespace that it counts as absent. */
export function isGone(entry: Readonly<Record<string, AttributeValue>>): boolean {
  return entry.status?.S === "deleted" || entry.status?.S === "purging";
}
