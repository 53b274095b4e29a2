import { setTimeout } from "node:timers/promises";
import {
  GetItemCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { registryKey, resourceKey } from "@rollcall/registry/schema";
import { defaultItem, NAMESPACE } from "../tables/items.ts";
import type { TableAddress } from "../tables/table-address.ts";
import { registryChange } from "./registry-change.ts";
import type { Writer } from "./writer.ts";

/** Tries of a write, the first included. */
const MAX_TRIES = 10;
const BASE_DELAY_MS = 25;
const MAX_DELAY_MS = 1_000;

/**
 * Optimistic locking: reads the registry's version, then writes both in a transaction on condition that it is still the
 * same, and begins again where it is not or where the transaction met another, with full jitter, ten times at most.
 */
export function optimisticWriter({ client, tableName: TableName }: TableAddress, random: () => number): Writer {
  const Key = registryKey(NAMESPACE);

  const attempt = async (member: TransactWriteItem, action: "ADD" | "DELETE", name: string) => {
    const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
    const change = registryChange(action, name);
    const lock = {
      ...change,
      UpdateExpression: `SET version = :next ${change.UpdateExpression}`,
      ConditionExpression: Item?.version ? "version = :version" : "attribute_not_exists(version)",
      ExpressionAttributeValues: {
        ...change.ExpressionAttributeValues,
        ":next": { N: String(Number(Item?.version?.N ?? 0) + 1) },
        ...(Item?.version && { ":version": Item.version }),
      },
    };
    await client.send(
      new TransactWriteItemsCommand({ TransactItems: [member, { Update: { TableName, Key, ...lock } }] }),
    );
  };

  const write = async (member: TransactWriteItem, action: "ADD" | "DELETE", name: string) => {
    for (let tries = 1; ; tries++) {
      try {
        return await attempt(member, action, name);
      } catch (error) {
        if (!(error instanceof TransactionCanceledException) || tries === MAX_TRIES) throw error;
        await setTimeout(random() * Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** (tries - 1)));
      }
    }
  };

  const set = (name: string) => write({ Put: { TableName, Item: defaultItem(name) } }, "ADD", name);
  return {
    create: set,
    update: set,
    delete: (name) => write({ Delete: { TableName, Key: resourceKey(name, NAMESPACE) } }, "DELETE", name),
  };
}
