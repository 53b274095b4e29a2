import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { Registry, ResourceRegistry } from "@rollcall/registry";
import { registryKeys, withTiming } from "@rollcall/registry/internal";
import { type Listing, RESOURCES } from "../storage/listing.ts";
import { TABLE_NAME } from "../storage/storage.ts";
import type { Stage } from "./actor.ts";

/** What a producer can ask the library for. The last two are actions of its own, on a condition. */
export type CallKind = "set" | "update" | "delete" | "create" | "drop";

/** Calls the library for one name. */
export type Call = (kind: CallKind, name: string) => Promise<void>;

/** The library as a producer uses it: of `resources` by its facade, of any other definition by `Registry`. */
export function libraryOf(listing: Listing, { client, clock }: Pick<Stage, "client" | "clock">): Call {
  const timing = withTiming({ clock, random: () => 0 });
  return listing === RESOURCES ? resourceCalls(client, timing) : registryCalls(listing, client, timing);
}

const limits = [{ name: "rpm", capacity: 500 }];

function resourceCalls(client: DynamoDBClient, timing: ReturnType<typeof withTiming>): Call {
  const registry = new ResourceRegistry({ tableName: TABLE_NAME, client, ...timing });
  return (kind, name) => {
    if (kind === "set") return registry.setResourceDefaults(name, limits);
    if (kind === "update") return registry.updateResourceDefaults(name, [{ name: "rpm", capacity: 1_000 }]);
    return registry.deleteResourceDefaults(name);
  };
}

function registryCalls(listing: Listing, client: DynamoDBClient, timing: ReturnType<typeof withTiming>): Call {
  const { scope, definitions, keepsAll } = listing;
  const [first, ...others] = definitions;
  const where = { tableName: TABLE_NAME, client, scope, ...timing };
  const registry = new Registry({ ...where, definition: first });
  const beside = keepsAll ? others.map((definition) => new Registry({ ...where, definition })) : [];
  const names = { ExpressionAttributeNames: { "#pk": first.key.partition } };
  return (kind, name) => {
    const Key = registryKeys(first).memberKey(name, scope);
    if (kind === "update") return registry.replace(name, { version: 2 });
    const change = kind === "set" || kind === "create" ? ("add" as const) : ("remove" as const);
    const write = { TableName: TABLE_NAME, ...(change === "add" ? { Item: Key } : { Key }) };
    const demand = { create: "attribute_not_exists(#pk)", drop: "attribute_exists(#pk)" }[kind as "create" | "drop"];
    const action = { ...write, ...(demand !== undefined && { ConditionExpression: demand, ...names }) };
    const own = change === "add" ? { Put: action } : { Delete: action };
    return registry.write(name, [own, ...beside.map((other) => other.action(change, name))]);
  };
}
