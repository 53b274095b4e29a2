// What one would write in the place of `rollcall resource list`: one GetItem, its names sorted and printed.
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";

const [tableName, endpoint] = process.argv.slice(2);
const client = new DynamoDBClient({ endpoint });
const Key = { PK: { S: "SYSTEM#" }, SK: { S: "#RESOURCES" } };
const { Item } = await client.send(new GetItemCommand({ TableName: tableName, Key }));
for (const name of (Item?.resources?.SS ?? []).sort()) process.stdout.write(`${name}\n`);
client.destroy();
