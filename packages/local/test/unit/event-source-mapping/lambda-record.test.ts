import { DynamoDBStreams } from "@aws-sdk/client-dynamodb-streams";
import type { DynamoDBStreamEvent, LambdaContext, SourceRecord, StreamHandler, StreamSource } from "@rollcall/local";
import type { Context, DynamoDBStreamHandler, DynamoDBStreamEvent as LambdaEvent } from "aws-lambda";
import { expect, expectTypeOf, test } from "vitest";
import { toLambdaRecord } from "../../../src/event-source-mapping/batches/lambda-record.ts";

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

test("a record as Lambda sends it", () => {
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

test("what a record does not have, its event does not have either", () => {
  const { dynamodb } = toLambdaRecord({ eventName: "REMOVE", dynamodb: { Keys: { PK: { S: "a" } } } }, streamArn);
  expect(dynamodb).toStrictEqual({ Keys: { PK: { S: "a" } } });
});

test("an expired item as AWS says it: the identity in Lambda's spelling", () => {
  const userIdentity = { Type: "Service", PrincipalId: "dynamodb.amazonaws.com" };
  expect(toLambdaRecord({ ...source, eventName: "REMOVE", userIdentity }, streamArn)).toMatchObject({
    eventName: "REMOVE",
    userIdentity: { type: "Service", principalId: "dynamodb.amazonaws.com" },
  });
});

test("an expired item as DynamoDB Local says it becomes what AWS sends", () => {
  expect(toLambdaRecord({ ...source, eventName: "UNKNOWN_TO_SDK_VERSION" }, streamArn)).toMatchObject({
    eventName: "REMOVE",
    userIdentity: { type: "Service", principalId: "dynamodb.amazonaws.com" },
  });
});

test("types fit @types/aws-lambda and the SDK", () => {
  expectTypeOf<DynamoDBStreamHandler>().toExtend<StreamHandler>();
  expectTypeOf<DynamoDBStreamEvent>().toExtend<LambdaEvent>();
  expectTypeOf<LambdaContext>().toExtend<Context>();
  expectTypeOf<DynamoDBStreams>().toExtend<StreamSource>();
  expect(new DynamoDBStreams({ region: "eu-central-1" })).toHaveProperty("getRecords");
});
