#!/usr/bin/env bash
# dynoxide 1.2.1 and projections. DynamoDB gives the attributes that a TransactGetItems asks for, and bills a GetItem by the
# whole item. dynoxide adds the key's attributes to what a TransactGetItems asks for, not to what a GetItem does, and bills
# a GetItem by the attributes that were asked for.
# Seen: "TransactGetItems for one attribute gives: kept,pk", "GetItem for one attribute gives: kept" and "GetItem of 8 KB for
# one attribute costs: 0.5 RCU" (DynamoDB: "kept", "kept", and 1 RCU).
# It matters to whoever measures capacity, or the size of answers, on it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @dynoxide/linux-x64@1.2.1 @aws-sdk/client-dynamodb@3.1164.0
cat > try.mjs <<'JS'
import { createServer } from "node:net";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as sdk from "@aws-sdk/client-dynamodb";

const probe = createServer().listen(0, "127.0.0.1");
await once(probe, "listening");
const { port } = probe.address();
probe.close();
const engine = spawn("node_modules/@dynoxide/linux-x64/dynoxide", ["--host", "127.0.0.1", "--port", String(port)]);
const credentials = { accessKeyId: "local", secretAccessKey: "local" };
const client = new sdk.DynamoDBClient({ endpoint: `http://127.0.0.1:${port}`, region: "eu-central-1", credentials, maxAttempts: 20 });
try {
  const TableName = "an-ordinary-table";
  await client.send(new sdk.CreateTableCommand({
    TableName,
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    BillingMode: "PAY_PER_REQUEST",
  }));
  const Key = { pk: { S: "a" } };
  const Item = { ...Key, kept: { S: "x" }, padding: { S: "x".repeat(7_900) } };
  await client.send(new sdk.PutItemCommand({ TableName, Item }));
  const Get = { TableName, Key, ProjectionExpression: "kept" };
  const { Responses } = await client.send(new sdk.TransactGetItemsCommand({ TransactItems: [{ Get }] }));
  console.log(`TransactGetItems for one attribute gives: ${Object.keys(Responses[0].Item).sort()}`);
  const { Item: got, ConsumedCapacity } = await client.send(new sdk.GetItemCommand({ ...Get, ReturnConsumedCapacity: "TOTAL" }));
  console.log(`GetItem for one attribute gives: ${Object.keys(got).sort()}`);
  console.log(`GetItem of 8 KB for one attribute costs: ${ConsumedCapacity.CapacityUnits} RCU`);
} finally {
  client.destroy();
  engine.kill();
}
JS
node try.mjs | tee seen
diff seen - <<'SEEN'
TransactGetItems for one attribute gives: kept,pk
GetItem for one attribute gives: kept
GetItem of 8 KB for one attribute costs: 0.5 RCU
SEEN
