import { DynamoDBClient, GetItemCommand, PutItemCommand, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import { expect, it } from "vitest";
import { injectConflicts, Killed, killAfter } from "../../src/measuring/faults.ts";
import { seededRandom } from "../../src/tables/random.ts";

const Key = { PK: { S: "a" }, SK: { S: "b" } };
const get = () => new GetItemCommand({ TableName: "t", Key });
const put = () => new PutItemCommand({ TableName: "t", Item: Key });
const transaction = () =>
  new TransactWriteItemsCommand({
    TransactItems: [{ Put: { TableName: "t", Item: Key } }, { Delete: { TableName: "t", Key } }],
  });

/** A client whose requests all succeed, without going anywhere. */
function nowhere(): DynamoDBClient {
  const credentials = { accessKeyId: "x", secretAccessKey: "x" };
  const response = { statusCode: 200, headers: {}, body: Buffer.from("{}") };
  const requestHandler = { handle: async () => ({ response }) };
  return new DynamoDBClient({ region: "eu-west-1", credentials, requestHandler });
}

it("injectConflicts refuses writes as DynamoDB does, and no reads", async () => {
  const client = nowhere();
  injectConflicts(client, 1, seededRandom(1));
  await expect(client.send(get())).resolves.toBeDefined();
  await expect(client.send(put())).rejects.toMatchObject({ name: "TransactionConflictException" });
  await expect(client.send(transaction())).rejects.toMatchObject({
    name: "TransactionCanceledException",
    CancellationReasons: [{ Code: "None" }, { Code: "TransactionConflict" }],
  });
});

it("injectConflicts refuses the share it was told, always the same ones for a seed", async () => {
  const refused = async (seed: number) => {
    const client = nowhere();
    injectConflicts(client, 0.3, seededRandom(seed));
    const fates: boolean[] = [];
    for (let i = 0; i < 1_000; i++)
      fates.push(
        await client.send(put()).then(
          () => false,
          () => true,
        ),
      );
    return fates;
  };
  const first = await refused(1);
  expect(first.filter(Boolean).length / first.length).toBeCloseTo(0.3, 1);
  expect(await refused(1)).toEqual(first);
  expect(await refused(2)).not.toEqual(first);
});

it("killAfter lets so many requests through, and then none", async () => {
  const client = nowhere();
  killAfter(client, 2);
  await client.send(get());
  await client.send(put());
  await expect(client.send(get())).rejects.toBeInstanceOf(Killed);
  await expect(client.send(put())).rejects.toBeInstanceOf(Killed);
});
