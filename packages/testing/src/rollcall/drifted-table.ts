import { type AttributeValue, type DynamoDBClient, paginateScan } from "@aws-sdk/client-dynamodb";
import {
  namespaceIndexKeys,
  parseRegistryKey,
  parseResourceKey,
  registryKey,
  resourceKey,
  tableDefinition,
} from "@rollcall/registry/schema";
import type { EngineContext } from "../dynamodb/engines.ts";
import { putAll } from "../dynamodb/put-all.ts";

/** How much of what a table is to have, all namespaces together. */
export interface TableSize {
  items: number;
  defaults: number;
  missing: number;
  orphaned: number;
}

/** The sizes of the acceptance: ROLLCALL_FULL_SIZE=1 asks for 100,000 items, otherwise it is a twentieth of that. */
export const ACCEPTANCE_SIZE: TableSize = process.env.ROLLCALL_FULL_SIZE
  ? { items: 100_000, defaults: 10_000, missing: 5_000, orphaned: 5_000 }
  : { items: 5_000, defaults: 1_000, missing: 500, orphaned: 500 };

/** Flat keys and three tenants. */
export const NAMESPACES = [undefined, "rcof3sHx3fY", "H26LBx7Tvyw", "beiZrD9wgEE"] as const;

/** A table without a stream, which makes engines slow. */
export function createQuietTable(context: EngineContext): Promise<string> {
  const { StreamSpecification, ...definition } = tableDefinition();
  return context.createTable(definition);
}

/** The item of a default, as small as one can be. */
export function defaultItem(name: string, namespace: string | undefined): Record<string, AttributeValue> {
  const key = resourceKey(name, namespace);
  return {
    ...key,
    ...namespaceIndexKeys(key, namespace),
    l_rpm_cp: { N: "5" },
    l_rpm_ra: { N: "5" },
    l_rpm_rp: { N: "60" },
  };
}

/** The item of a registry. */
export function registryItem(names: readonly string[], namespace: string | undefined): Record<string, AttributeValue> {
  const key = registryKey(namespace);
  return {
    ...key,
    ...namespaceIndexKeys(key, namespace),
    ...(names.length > 0 && { resources: { SS: [...names] } }),
  };
}

/** Fills a table with defaults, drift, and neighbours that make up the rest, spread over {@link NAMESPACES}. */
export async function fillWithDrift(client: DynamoDBClient, tableName: string, size: TableSize): Promise<void> {
  const items: Record<string, AttributeValue>[] = [];
  for (const [i, namespace] of NAMESPACES.entries()) {
    const mine = (total: number) =>
      Array.from({ length: total }, (_, n) => n).filter((n) => n % NAMESPACES.length === i);
    const names = mine(size.defaults).map((n) => `model-${n}`);
    const listed = names.slice(Math.floor(size.missing / NAMESPACES.length));
    const ghosts = mine(size.orphaned).map((n) => `ghost-${n}`);
    items.push(...names.map((name) => defaultItem(name, namespace)), registryItem([...listed, ...ghosts], namespace));
  }
  for (let n = items.length; n < size.items; n++) {
    items.push({ PK: { S: `ENTITY#user-${n}` }, SK: { S: "#STATE" }, padding: { S: "x".repeat(180) } });
  }
  await putAll(client, tableName, items);
}

/** What differs between registries and defaults, read when there are no writers: names by namespace. */
export async function readDrift(client: DynamoDBClient, tableName: string) {
  const defaults = new Map<string, Set<string>>();
  const registered = new Map<string, Set<string>>();
  const of = (map: typeof defaults, namespace = ""): Set<string> => {
    const names = map.get(namespace) ?? new Set();
    map.set(namespace, names);
    return names;
  };
  for await (const { Items = [] } of paginateScan({ client }, { TableName: tableName, ConsistentRead: true })) {
    for (const item of Items) {
      const address = parseResourceKey(item);
      if (address !== undefined) of(defaults, address.namespace).add(address.resource);
      const registry = parseRegistryKey(item);
      if (registry !== undefined)
        for (const name of item.resources?.SS ?? []) of(registered, registry.namespace).add(name);
    }
  }
  const difference = (a: typeof defaults, b: typeof defaults) =>
    [...a].flatMap(([namespace, names]) => [...names.difference(b.get(namespace) ?? new Set())]);
  return { missing: difference(defaults, registered).sort(), orphaned: difference(registered, defaults).sort() };
}
