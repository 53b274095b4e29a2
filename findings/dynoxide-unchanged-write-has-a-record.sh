#!/usr/bin/env bash
# dynoxide 1.2.1 and writes that change nothing. DynamoDB's stream has no record of a write that leaves the item as it was;
# dynoxide's has a MODIFY whose images are equal.
# Seen: "Records after the same item was put twice: INSERT,MODIFY" and "Images of the last one are equal: true" (DynamoDB: "INSERT").
# A consumer that is tested on it must not count on a difference between the images, nor be surprised on AWS by a missing record.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @dynoxide/linux-x64@1.2.1 @aws-sdk/client-dynamodb@3.1164.0 @aws-sdk/client-dynamodb-streams@3.1141.0
cat > try.mjs <<'JS'
import assert from "node:assert";
import { createServer } from "node:net";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { isDeepStrictEqual } from "node:util";
import { CreateTableCommand, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import * as streams from "@aws-sdk/client-dynamodb-streams";

const probe = createServer().listen(0, "127.0.0.1");
await once(probe, "listening");
const { port } = probe.address();
probe.close();
const engine = spawn("node_modules/@dynoxide/linux-x64/dynoxide", ["--host", "127.0.0.1", "--port", String(port)]);
const credentials = { accessKeyId: "local", secretAccessKey: "local" };
const config = { endpoint: `http://127.0.0.1:${port}`, region: "eu-central-1", credentials, maxAttempts: 20 };
const client = new DynamoDBClient(config);
const reader = new streams.DynamoDBStreamsClient(config);
try {
  const { TableDescription } = await client.send(new CreateTableCommand({
    TableName: "an-ordinary-table",
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    BillingMode: "PAY_PER_REQUEST",
    StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
  }));
  const put = new PutItemCommand({ TableName: "an-ordinary-table", Item: { pk: { S: "a" }, n: { N: "1" } } });
  await client.send(put);
  await client.send(put);
  const StreamArn = TableDescription.LatestStreamArn;
  const { StreamDescription } = await reader.send(new streams.DescribeStreamCommand({ StreamArn }));
  const [{ ShardId }] = StreamDescription.Shards;
  const at = { StreamArn, ShardId, ShardIteratorType: "TRIM_HORIZON" };
  const { ShardIterator } = await reader.send(new streams.GetShardIteratorCommand(at));
  const { Records } = await reader.send(new streams.GetRecordsCommand({ ShardIterator }));
  assert(Records.length > 0);
  console.log(`Records after the same item was put twice: ${Records.map(({ eventName }) => eventName)}`);
  const { OldImage, NewImage } = Records.at(-1).dynamodb;
  console.log(`Images of the last one are equal: ${isDeepStrictEqual(OldImage, NewImage)}`);
} finally {
  client.destroy();
  reader.destroy();
  engine.kill();
}
JS
node try.mjs | tee seen
diff seen - <<'SEEN'
Records after the same item was put twice: INSERT,MODIFY
Images of the last one are equal: true
SEEN
