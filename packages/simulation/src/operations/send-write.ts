import type { TransactWriteItem } from "@aws-sdk/client-dynamodb";
import { type Registry, type RegistryDefinition, ResourceRegistry } from "@rollcall/registry";
import { registryKeys } from "@rollcall/registry/internal";
import type { Layout } from "../layout/layout.ts";
import { type Call, NUMBER_ATTRIBUTES, NUMBER_VALUE } from "../promises/calls.ts";
import { itemBeside } from "../world/items.ts";
import type { Producer } from "../world/producers.ts";
import { TABLE_NAME } from "../world/region.ts";

/** A write that a producer is to ask the library for. */
export interface PendingWrite {
  readonly producer: Producer;
  readonly layout: Layout;
  readonly call: Call;
  /** Whether the item is nearly as large as an item may be. */
  readonly isLarge: boolean;
}

interface Options {
  readonly signal?: AbortSignal;
}

/** Limits of a default that is nearly as large as an item may be, and the length of their names. */
const LARGE_LIMITS = 1_500;
const LARGE_LIMIT_NAME = 60;
/** Bytes of any other such item. */
const LARGE_BYTES = 300_000;

const MANY_LIMITS = Array.from({ length: LARGE_LIMITS }, (_, i) => ({
  name: `l${i}`.padEnd(LARGE_LIMIT_NAME, "x"),
  capacity: 1,
}));
const BALLAST = { ballast: "x".repeat(LARGE_BYTES) };

const [NUMBER] = NUMBER_ATTRIBUTES;

/** Asks the library for a write. What is written carries the call's number. */
export function sendWrite(write: PendingWrite, options: Options): Promise<void> {
  const { producer, layout, call } = write;
  const registry = producer.registryOf(call.definition, call.scope);
  if (registry instanceof ResourceRegistry) return sendLimits(registry, write, options);
  const [, second] = layout.kept === "both" ? layout.definitions : [];
  if (second !== undefined || isOwn(call)) {
    if (call.kind === "update") return registry.replace(call.name, itemOf(write), options);
    return registry.write(call.name, actionsOf(write, second), options);
  }
  if (call.kind === "set") return registry.put(call.name, itemOf(write), options);
  if (call.kind === "update") return registry.replace(call.name, itemOf(write), options);
  return registry.delete(call.name, options);
}

function sendLimits(registry: ResourceRegistry, { call, isLarge }: PendingWrite, options: Options): Promise<void> {
  const limits = [{ name: "rpm", capacity: call.id }, ...(isLarge ? MANY_LIMITS : [])];
  if (call.kind === "set") return registry.setResourceDefaults(call.name, limits, options);
  if (call.kind === "update") return registry.updateResourceDefaults(call.name, limits, options);
  return registry.deleteResourceDefaults(call.name, options);
}

function isOwn({ kind }: Call): boolean {
  return kind === "create" || kind === "change" || kind === "drop";
}

function itemOf({ call, isLarge }: PendingWrite): Record<string, unknown> {
  return { [NUMBER]: call.id, ...(isLarge && BALLAST) };
}

/** A caller's own actions: on its member's item, on another beside where it has a condition, and on a second registry. */
function actionsOf(write: PendingWrite, second: RegistryDefinition | undefined): TransactWriteItem[] {
  const { producer, call } = write;
  const change = call.kind === "delete" || call.kind === "drop" ? "remove" : "add";
  const other = second && (producer.registryOf(second, call.scope) as Registry).action(change, call.name);
  const beside = {
    Put: { TableName: TABLE_NAME, Item: { ...itemBeside(call.definition, `BESIDE#${call.id}`), ...numbered(call) } },
  };
  return [ownAction(write), ...(isOwn(call) ? [beside] : []), ...(other ? [other] : [])];
}

/** The action on the member's item. */
function ownAction({ call, isLarge }: PendingWrite): TransactWriteItem {
  const { definition, scope, name } = call;
  const Key = registryKeys(definition).memberKey(name, scope);
  const on = { TableName: TABLE_NAME };
  const ExpressionAttributeNames = { "#pk": definition.key.partition };
  switch (call.kind) {
    case "create":
    case "set": {
      const Item = { ...Key, ...numbered(call), ...(isLarge && { ballast: { S: BALLAST.ballast } }) };
      if (call.kind === "set") return { Put: { ...on, Item } };
      return { Put: { ...on, Item, ConditionExpression: "attribute_not_exists(#pk)", ExpressionAttributeNames } };
    }
    case "change":
      return {
        Update: {
          ...on,
          Key,
          UpdateExpression: `SET #number = ${NUMBER_VALUE}`,
          ConditionExpression: "attribute_exists(#pk)",
          ExpressionAttributeNames: { ...ExpressionAttributeNames, "#number": NUMBER },
          ExpressionAttributeValues: { [NUMBER_VALUE]: { N: String(call.id) } },
        },
      };
    case "drop":
      return { Delete: { ...on, Key, ConditionExpression: "attribute_exists(#pk)", ExpressionAttributeNames } };
    default:
      return { Delete: { ...on, Key } };
  }
}

function numbered({ id }: Call) {
  return { [NUMBER]: { N: String(id) } };
}
