import { type AttributeValue, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { type Limit, MalformedItemError } from "@rollcall/registry";
import { assertStorableName, readLimits } from "@rollcall/registry/resources";
import { PARTITION_KEY, type ResourceAddress, resourceKey, SORT_KEY } from "@rollcall/registry/schema";
import type { TableConnection } from "../connection/connection.ts";
import { oneLine } from "../terminal/printable.ts";

/** A default as it is in the table. */
export interface LiveDefault {
  /** None where the item has none: other writers put such. */
  limits: readonly Limit[];
  /** Why its limits cannot be read, if they cannot. */
  problem?: string;
  /** What others keep in the item, where they do: such as an owner. */
  foreign?: Readonly<Record<string, AttributeValue>>;
}

/** What a writer of defaults writes itself, besides limits. */
const OWN_ATTRIBUTES: ReadonlySet<string> = new Set([
  ...[PARTITION_KEY, SORT_KEY, "GSI4PK", "GSI4SK"],
  ...["resource", "config_version"],
]);

/**
 * The default of a resource, or `undefined` where there is no item. An item without limits is there all the same, which
 * the library's own read does not tell apart.
 *
 * @throws InvalidNameError for a name that no item can have, before anything is sent
 */
export async function readLiveDefault(
  { client, target: { tableName, namespace } }: TableConnection,
  resource: string,
  { consistentRead, signal }: { consistentRead: boolean; signal: AbortSignal },
): Promise<LiveDefault | undefined> {
  assertStorableName(resource, namespace);
  const Key = resourceKey(resource, namespace);
  const get = new GetItemCommand({ TableName: tableName, Key, ...(consistentRead && { ConsistentRead: true }) });
  const { Item } = await client.send(get, { abortSignal: signal });
  return Item && liveDefault(Item, { resource, namespace });
}

/** What is there under a name, in lines: `undefined` is a name that only the registry has. */
export function describeDefault(
  found: LiveDefault | undefined,
  format: (limits: readonly Limit[]) => string[],
): string[] {
  if (found === undefined) return ["no limits; only its name, in the registry"];
  if (found.problem !== undefined) return [oneLine(found.problem)];
  return found.limits.length > 0 ? format(found.limits) : ["a default without limits"];
}

/** A default as an item holds it. */
export function liveDefault(item: Record<string, AttributeValue>, address: ResourceAddress): LiveDefault {
  const foreign = Object.entries(item).filter(([name]) => !OWN_ATTRIBUTES.has(name) && !name.startsWith("l_"));
  const others = foreign.length > 0 ? { foreign: Object.fromEntries(foreign) } : {};
  try {
    return { limits: readLimits(item, address), ...others };
  } catch (error) {
    if (!(error instanceof MalformedItemError)) throw error;
    return { limits: [], problem: error.message, ...others };
  }
}
