/** The least that a handler with a table can be: one client, and one read an invocation. */
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { registryKey } from "@rollcall/registry/schema";

const client = new DynamoDBClient({});
const get = new GetItemCommand({ TableName: process.env.ROLLCALL_TABLE, Key: registryKey() });

export async function handler(): Promise<{ batchItemFailures: [] }> {
  await client.send(get);
  return { batchItemFailures: [] };
}
