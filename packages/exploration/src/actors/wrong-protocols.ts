import { GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { streamEventSource } from "@rollcall/maintainer";
import {
  type KeyLike,
  parseResourceKey,
  REGISTRY_ATTRIBUTE,
  registryKey,
  resourceKey,
} from "@rollcall/registry/schema";
import type { DynamoDBRecord } from "aws-lambda";
import { TABLE_NAME } from "../storage/storage.ts";
import type { Stage } from "./actor.ts";
import { MAINTAINER, type Maintainer } from "./maintainer.ts";

/*
 * Ways to repair a registry that look right and are not. They are kept to show that the explorer finds what is wrong
 * with them. All know flat keys only.
 */

const DEFAULTS_ONLY = streamEventSource().filterCriteria.filters.slice(0, 1);

/** Believes what a record says: adds the name of a default that came, takes off that of one that went. */
export const APPLIES_IMAGES: Maintainer = {
  name: "one that applies images",
  filters: DEFAULTS_ONLY,
  createHandler: (stage) => async (event) => {
    for (const record of event.Records) await write(stage, nameOf(record), record.eventName !== "REMOVE");
    return { batchItemFailures: [] };
  },
};

/** Reads strongly whether a default is there, and makes the registry say so; in between it may come or go. */
export const READS_THEN_WRITES: Maintainer = {
  name: "one that reads, then writes",
  filters: DEFAULTS_ONLY,
  createHandler: (stage) => async (event) => {
    for (const name of event.Records.map(nameOf)) {
      const get = new GetItemCommand({ TableName: TABLE_NAME, Key: resourceKey(name), ConsistentRead: true });
      const { Item } = await stage.client.send(get);
      await write(stage, name, Item !== undefined);
    }
    return { batchItemFailures: [] };
  },
};

/** The real handler, which is not told of changes of registries. */
export const HEARS_NO_REGISTRIES: Maintainer = {
  ...MAINTAINER,
  name: "one that hears of no registries",
  filters: DEFAULTS_ONLY,
};

function nameOf({ dynamodb }: DynamoDBRecord): string {
  return parseResourceKey((dynamodb?.Keys ?? {}) as KeyLike)?.resource ?? "";
}

/** Without a condition: that is what is wrong. */
async function write({ client }: Stage, name: string, exists: boolean): Promise<void> {
  await client.send(
    new UpdateItemCommand({
      TableName: TABLE_NAME,
      Key: registryKey(),
      UpdateExpression: `${exists ? "ADD" : "DELETE"} #set :names`,
      ExpressionAttributeNames: { "#set": REGISTRY_ATTRIBUTE },
      ExpressionAttributeValues: { ":names": { SS: [name] } },
    }),
  );
}
