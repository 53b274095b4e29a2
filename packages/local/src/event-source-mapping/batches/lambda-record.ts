import type { AttributeValue, DynamoDBRecord, EventName, StreamRecord } from "../function/lambda-event.ts";
import { parseArn } from "../shards/stream-arn.ts";
import type { SourceRecord } from "../shards/stream-source.ts";

/** What DynamoDB Local 3 calls the deletion of an expired item; it leaves the identity out as well. */
const LOCAL_EXPIRY_EVENT_NAME = "UNKNOWN_TO_SDK_VERSION";

/** Who deletes expired items. Source: DynamoDB guide, "DynamoDB Streams and Time to Live". */
const TIME_TO_LIVE_IDENTITY = { type: "Service", principalId: "dynamodb.amazonaws.com" } as const;

/** Turns a record of GetRecords into the record of an event, as Lambda does. */
export function toLambdaRecord(source: SourceRecord, streamArn: string): DynamoDBRecord {
  const { dynamodb = {} } = source;
  const expired = source.eventName === LOCAL_EXPIRY_EVENT_NAME;
  const identity = expired
    ? TIME_TO_LIVE_IDENTITY
    : source.userIdentity && { type: source.userIdentity.Type, principalId: source.userIdentity.PrincipalId };
  return present({
    eventID: source.eventID,
    eventName: expired ? "REMOVE" : (source.eventName as EventName | undefined),
    eventVersion: source.eventVersion ?? "1.1",
    eventSource: "aws:dynamodb",
    awsRegion: source.awsRegion ?? parseArn(streamArn).region,
    dynamodb: present({
      ApproximateCreationDateTime:
        dynamodb.ApproximateCreationDateTime && dynamodb.ApproximateCreationDateTime.getTime() / 1000,
      Keys: attributes(dynamodb.Keys),
      NewImage: attributes(dynamodb.NewImage),
      OldImage: attributes(dynamodb.OldImage),
      SequenceNumber: dynamodb.SequenceNumber,
      SizeBytes: dynamodb.SizeBytes,
      StreamViewType: dynamodb.StreamViewType as StreamRecord["StreamViewType"],
    }),
    userIdentity: identity && present(identity),
    eventSourceARN: streamArn,
  });
}

function attributes(image: Record<string, unknown> | undefined): Record<string, AttributeValue> | undefined {
  return image && (jsonValue(image) as Record<string, AttributeValue>);
}

/** Attribute values differ between GetRecords and an event only in that an event has binary values as base64. */
function jsonValue(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map(jsonValue);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, jsonValue(member)]));
}

type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Leaves out the members that are undefined: an event is JSON, and filters ask whether a member exists. */
function present<T extends object>(members: T): Present<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Present<T>;
}
