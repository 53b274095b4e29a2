import { type AttributeValue, DynamoDB } from "@aws-sdk/client-dynamodb";
import { DynamoDBStreams } from "@aws-sdk/client-dynamodb-streams";
import { resolveStreamArn, type StreamSource, startEventSourceMapping } from "@rollcall/local";
import { describeEachEngine } from "@rollcall/testing/dynamodb/engines";
import { expect, onTestFinished, test } from "vitest";
import { Seen } from "../seen.ts";

/** Values, and the bytes they take by AWS's rule. */
const SIZES: readonly [value: AttributeValue, bytes: number][] = [
  [{ N: "0" }, 1],
  [{ N: "7" }, 2],
  [{ N: "42" }, 2],
  [{ N: "-5" }, 3],
  [{ N: "100" }, 2],
  [{ N: "1000" }, 2],
  [{ N: "1234567" }, 5],
  [{ N: "-0.00120" }, 3],
  [{ N: "1.5" }, 3],
  [{ N: "123456.789" }, 6],
  [{ N: "1e30" }, 2],
  [{ N: "-9e-100" }, 3],
  [{ S: "äöü" }, 6],
  [{ B: new Uint8Array(9) }, 9],
  [{ SS: ["a", "bcd"] }, 4],
  [{ NS: ["1", "-22", "333"] }, 8],
  [{ BS: [new Uint8Array(2), new Uint8Array([1])] }, 3],
  [{ BOOL: false }, 1],
  [{ NULL: true }, 1],
  [{ L: [{ S: "a" }, { L: [{ N: "1" }] }, { M: { k: { BOOL: true } } }] }, 19],
  [{ M: { one: { S: "a" }, two: { M: {} } } }, 15],
];

describeEachEngine("sizes of records", (context) => {
  test("are AWS's in an event, which DynamoDB Local gives by itself", async () => {
    const dynamodb = new DynamoDB(context.engine.clientConfig);
    const streams = new DynamoDBStreams(context.engine.clientConfig);
    onTestFinished(() => {
      dynamodb.destroy();
      streams.destroy();
    });
    const TableName = await context.createTable({
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "PK", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "PK", KeyType: "HASH" }],
      StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
    });
    for (const [index, [a]] of SIZES.entries()) {
      await dynamodb.putItem({ TableName, Item: { PK: { S: `item-${index + 10}` }, a } });
    }
    const given: (number | undefined)[] = [];
    const recording: StreamSource = {
      describeStream: (...args) => streams.describeStream(...args),
      getShardIterator: (...args) => streams.getShardIterator(...args),
      getRecords: async (...args) => {
        const answer = await streams.getRecords(...args);
        given.push(...(answer.Records ?? []).map(({ dynamodb: change }) => change?.SizeBytes));
        return answer;
      },
    };
    const seen = new Seen();
    const mapping = await startEventSourceMapping({
      streams: recording,
      streamArn: await resolveStreamArn(dynamodb, TableName),
      startingPosition: "TRIM_HORIZON",
      handler: seen.handler,
      pollIntervalMs: 20,
    });
    await seen.until((records) => records.length === SIZES.length);
    await mapping.close();
    const keyBytes = "PKitem-10".length;
    const expected = SIZES.map(([, bytes]) => 2 * keyBytes + "a".length + bytes);
    expect(seen.records.map(({ dynamodb: change }) => change?.SizeBytes)).toEqual(expected);
    if (context.engineName === "dynamodb-local") expect(given).toEqual(expected);
  });
});
