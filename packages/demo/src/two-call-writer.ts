import { type DynamoDBClient, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { type ItemKey, REGISTRY_ATTRIBUTE, registryKey, resourceKey } from "@rollcall/registry/schema";

/** The usual way without Rollcall: put the default, then add its name. A crash between the two leaves drift permanently. */
export async function setInTwoCalls(client: DynamoDBClient, tableName: string, resource: string): Promise<void> {
  const key: ItemKey = resourceKey(resource);
  await client.send(
    new PutItemCommand({
      TableName: tableName,
      Item: {
        ...key,
        resource: { S: resource },
        config_version: { N: "1" },
        l_rpm_cp: { N: "60" },
        l_rpm_bx: { N: "60" },
        l_rpm_ra: { N: "60" },
        l_rpm_rp: { N: "60" },
      },
    }),
  );
  await client.send(
    new UpdateItemCommand({
      TableName: tableName,
      Key: registryKey(),
      UpdateExpression: "ADD #set :members",
      ExpressionAttributeNames: { "#set": REGISTRY_ATTRIBUTE },
      ExpressionAttributeValues: { ":members": { SS: [resource] } },
    }),
  );
}
