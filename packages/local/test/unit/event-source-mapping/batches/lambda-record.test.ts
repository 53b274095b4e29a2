import { DynamoDBStreams } from "@aws-sdk/client-dynamodb-streams";
import type { DynamoDBStreamEvent, LambdaContext, SourceRecord, StreamHandler, StreamSource } from "@rollcall/local";
import type { Context, DynamoDBStreamHandler, DynamoDBStreamEvent as LambdaEvent } from "aws-lambda";
import { describe, expect, expectTypeOf, test } from "vitest";
import { toLambdaRecord } from "../../../../src/event-source-mapping/batches/lambda-record.ts";

const streamArn = "arn:aws:dynamodb:eu-central-1:123456789012:table/limits/stream/2026-11-22T10:00:00.000";
const source: SourceRecord = {
  eventID: "c81e728d9d4c2f636f067f89cc14862c",
  eventName: "MODIFY",
  eventVersion: "1.1",
  eventSource: "aws:dynamodb",
  awsRegion: "eu-central-1",
  dynamodb: {
    ApproximateCreationDateTime: new Date("2026-11-22T10:00:01.500Z"),
    Keys: { PK: { S: "a" } },
    NewImage: {
      PK: { S: "a" },
      n: { N: "42" },
      b: { B: new Uint8Array([1, 2, 3]) },
      bs: { BS: [new Uint8Array([255])] },
      deep: { M: { list: { L: [{ B: new Uint8Array() }, { NULL: true }, { BOOL: false }] } } },
      ss: { SS: ["x", "y"] },
      ns: { NS: ["1", "2"] },
    },
    OldImage: { PK: { S: "a" } },
    SequenceNumber: "111",
    SizeBytes: 26,
    StreamViewType: "NEW_AND_OLD_IMAGES",
  },
};

test("toLambdaRecord: a record as Lambda sends it", () => {
  expect(toLambdaRecord(source, streamArn)).toStrictEqual({
    eventID: "c81e728d9d4c2f636f067f89cc14862c",
    eventName: "MODIFY",
    eventVersion: "1.1",
    eventSource: "aws:dynamodb",
    awsRegion: "eu-central-1",
    dynamodb: {
      ApproximateCreationDateTime: 1795341601.5,
      Keys: { PK: { S: "a" } },
      NewImage: {
        PK: { S: "a" },
        n: { N: "42" },
        b: { B: "AQID" },
        bs: { BS: ["/w=="] },
        deep: { M: { list: { L: [{ B: "" }, { NULL: true }, { BOOL: false }] } } },
        ss: { SS: ["x", "y"] },
        ns: { NS: ["1", "2"] },
      },
      OldImage: { PK: { S: "a" } },
      SequenceNumber: "111",
      SizeBytes: 26,
      StreamViewType: "NEW_AND_OLD_IMAGES",
    },
    eventSourceARN: streamArn,
  });
});

test("toLambdaRecord: what a record does not have, its event does not have either", () => {
  const { dynamodb } = toLambdaRecord({ eventName: "REMOVE", dynamodb: { Keys: { PK: { S: "a" } } } }, streamArn);
  expect(dynamodb).toStrictEqual({ Keys: { PK: { S: "a" } } });
});

test("toLambdaRecord: an expired item as AWS says it: the identity in Lambda's spelling", () => {
  const userIdentity = { Type: "Service", PrincipalId: "dynamodb.amazonaws.com" };
  expect(toLambdaRecord({ ...source, eventName: "REMOVE", userIdentity }, streamArn)).toMatchObject({
    eventName: "REMOVE",
    userIdentity: { type: "Service", principalId: "dynamodb.amazonaws.com" },
  });
});

test("toLambdaRecord: an expired item as DynamoDB Local says it becomes what AWS sends", () => {
  expect(toLambdaRecord({ ...source, eventName: "UNKNOWN_TO_SDK_VERSION" }, streamArn)).toMatchObject({
    eventName: "REMOVE",
    userIdentity: { type: "Service", principalId: "dynamodb.amazonaws.com" },
  });
});

describe("a record of an engine that is not AWS", () => {
  const local = "arn:aws:dynamodb:ddblocal:000000000000:table/limits/stream/2026-11-22T10:00:00.000";

  test("names a Region that clients can be made for", () => {
    expect(toLambdaRecord({ ...source, awsRegion: "ddblocal" }, local).awsRegion).toBe("us-east-1");
    expect(toLambdaRecord({ ...source, awsRegion: "us-gov-west-1" }, streamArn).awsRegion).toBe("us-gov-west-1");
  });

  test("has an event id of 32 hexadecimal digits: its own where it has as many, else one of its own number", () => {
    const idOf = (eventID: string, SequenceNumber = "1") =>
      toLambdaRecord({ ...source, eventID, dynamodb: { SequenceNumber } }, local).eventID;
    expect(idOf("5C23693f-068c-4085-8e85-7df794233f50")).toBe("5c23693f068c40858e857df794233f50");
    expect(idOf("1")).toMatch(/^[0-9a-f]{32}$/);
    expect(idOf("1")).toBe(idOf("1"));
    expect(new Set([idOf("1"), idOf("1", "2"), idOf("2")]).size).toBe(3);
  });

  test.each<[bytes: number, value: object]>([
    [4, { S: "äa" }],
    [3, { N: "42" }],
    [4, { N: "-5" }],
    [5, { N: "-123" }],
    [3, { N: "1000" }],
    [3, { N: "0.0012" }],
    [3, { N: "1E+30" }],
    [4, { B: new Uint8Array(3) }],
    [2, { BOOL: true }],
    [2, { NULL: true }],
    [4, { SS: ["x", "yz"] }],
    [5, { NS: ["1", "42"] }],
    [3, { BS: [new Uint8Array(2)] }],
    [4, { L: [] }],
    [7, { L: [{ S: "ab" }] }],
    [4, { M: {} }],
    [7, { M: { k: { S: "v" } } }],
  ])("has its size by AWS's rule: %i bytes for a = %o, and its name's", (bytes, value) => {
    const { dynamodb } = toLambdaRecord({ dynamodb: { NewImage: { a: value }, SizeBytes: 999 } }, local);
    expect(dynamodb?.SizeBytes).toBe(bytes);
  });

  test("has empty maps as maps, also where DynamoDB Local leaves their type out", () => {
    const { dynamodb } = toLambdaRecord(
      { dynamodb: { NewImage: { a: {}, b: { M: { c: {} } }, d: { L: [] } } } },
      local,
    );
    expect(dynamodb?.NewImage).toEqual({ a: { M: {} }, b: { M: { c: { M: {} } } }, d: { L: [] } });
  });

  test("has the size of its keys and both images", () => {
    const [Keys, NewImage, OldImage] = [{ PK: { S: "a" } }, { PK: { S: "a" }, n: { N: "1" } }, { PK: { S: "a" } }];
    const { dynamodb } = toLambdaRecord({ dynamodb: { Keys, NewImage, OldImage } }, local);
    expect(dynamodb?.SizeBytes).toBe(3 + 6 + 3);
  });
});

test("toLambdaRecord: types fit @types/aws-lambda and the SDK", () => {
  expectTypeOf<DynamoDBStreamHandler>().toExtend<StreamHandler>();
  expectTypeOf<DynamoDBStreamEvent>().toExtend<LambdaEvent>();
  expectTypeOf<LambdaContext>().toExtend<Context>();
  expectTypeOf<DynamoDBStreams>().toExtend<StreamSource>();
  expect(new DynamoDBStreams({ region: "eu-central-1" })).toHaveProperty("getRecords");
});
