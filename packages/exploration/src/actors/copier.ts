import { GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { registryKey } from "@rollcall/registry/schema";
import { TABLE_NAME } from "../storage/storage.ts";
import type { Actor } from "./actor.ts";

/**
 * Copies the whole registry item, and later puts the copies back in their order: a hand that restores it, a table browser
 * that saves what it loaded, another Region whose item wins.
 */
export function copier(copies: 1 | 2): Actor {
  return {
    name: `foreign: copy the registry ${copies === 1 ? "" : "twice "}and put it back`,
    mayIntroduceDrift: true,
    async run({ client }) {
      const items: NonNullable<Awaited<ReturnType<typeof copy>>>[] = [];
      const copy = async () => {
        const get = new GetItemCommand({ TableName: TABLE_NAME, Key: registryKey(), ConsistentRead: true });
        return (await client.send(get)).Item;
      };
      while (items.length < copies) {
        const item = await copy();
        if (item === undefined) return;
        items.push(item);
      }
      for (const Item of items) await client.send(new PutItemCommand({ TableName: TABLE_NAME, Item }));
    },
  };
}
