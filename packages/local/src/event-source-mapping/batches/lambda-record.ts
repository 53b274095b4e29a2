import { createHash } from "node:crypto";
import { type Item, itemSizeBytes } from "@rollcall/memory-dynamodb";
import type { AttributeValue, DynamoDBRecord, EventName, StreamRecord } from "../function/lambda-event.ts";
import { parseStreamArn } from "../shards/stream-arn.ts";
import type { SourceRecord, SourceStreamRecord } from "../shards/stream-source.ts";

/** What DynamoDB Local 3 calls the deletion of an expired item; it leaves the identity out as well. */
const LOCAL_EXPIRY_EVENT_NAME = "UNKNOWN_TO_SDK_VERSION";

/** Who deletes expired items. Source: DynamoDB guide, "DynamoDB Streams and Time to Live". */
const TIME_TO_LIVE_IDENTITY = { type: "Service", principalId: "dynamodb.amazonaws.com" } as const;

/** What AWS gives for an `eventID`. */
const EVENT_ID = /^[0-9a-f]{32}$/;

/**
 * Turns a record of GetRecords into the record of an event, as Lambda does. What the engines give otherwise is put right:
 * the Region, event ids of 32 hexadecimal digits, and the size by AWS's rule.
 */
export function toLambdaRecord(source: SourceRecord, streamArn: string): DynamoDBRecord {
  const { region, isOnAws } = parseStreamArn(streamArn);
  const { dynamodb = {} } = source;
  const expired = source.eventName === LOCAL_EXPIRY_EVENT_NAME;
  const identity = expired
    ? TIME_TO_LIVE_IDENTITY
    : source.userIdentity && { type: source.userIdentity.Type, principalId: source.userIdentity.PrincipalId };
  return present({
    eventID: isOnAws ? source.eventID : eventId(source, streamArn),
    eventName: expired ? "REMOVE" : (source.eventName as EventName | undefined),
    eventVersion: source.eventVersion ?? "1.1",
    eventSource: "aws:dynamodb",
    awsRegion: isOnAws ? (source.awsRegion ?? region) : region,
    dynamodb: present({
      ApproximateCreationDateTime:
        dynamodb.ApproximateCreationDateTime && dynamodb.ApproximateCreationDateTime.getTime() / 1000,
      Keys: attributes(dynamodb.Keys),
      NewImage: attributes(dynamodb.NewImage),
      OldImage: attributes(dynamodb.OldImage),
      SequenceNumber: dynamodb.SequenceNumber,
      SizeBytes: isOnAws ? dynamodb.SizeBytes : recordBytes(dynamodb),
      StreamViewType: dynamodb.StreamViewType as StreamRecord["StreamViewType"],
    }),
    userIdentity: identity && present(identity),
    eventSourceARN: streamArn,
  });
}

/** The size by AWS's rule: what the keys and the images in the record take. */
function recordBytes({ Keys, NewImage, OldImage }: SourceStreamRecord): number {
  return [Keys, NewImage, OldImage].reduce((bytes, item) => bytes + itemSizeBytes(item as Item | undefined), 0);
}

/** DynamoDB Local gives UUIDs, which are as many digits, and dynoxide the sequence number. */
function eventId({ eventID = "", dynamodb }: SourceRecord, streamArn: string): string {
  const digits = eventID.replaceAll("-", "").toLowerCase();
  if (EVENT_ID.test(digits)) return digits;
  const known = JSON.stringify([streamArn, dynamodb?.SequenceNumber, eventID]);
  return createHash("sha256").update(known).digest("hex").slice(0, 32);
}

function attributes(image: Record<string, unknown> | undefined): Record<string, AttributeValue> | undefined {
  return image && Object.fromEntries(Object.entries(image).map(([name, value]) => [name, attributeValue(value)]));
}

/**
 * An attribute value of GetRecords as an event has it: binary values are base64. DynamoDB Local 3 gives an empty map
 * without its type, as `{}`.
 */
function attributeValue(value: unknown): AttributeValue {
  const { M, L, B, BS } = value as { M?: Record<string, unknown>; L?: unknown[]; B?: Uint8Array; BS?: Uint8Array[] };
  if (L !== undefined) return { L: L.map(attributeValue) };
  if (B !== undefined) return { B: base64(B) };
  if (BS !== undefined) return { BS: BS.map(base64) };
  if (M !== undefined || Object.keys(value as object).length === 0) return { M: attributes(M) ?? {} };
  return value as AttributeValue;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Leaves out the members that are undefined: an event is JSON, and filters ask whether a member exists. */
function present<T extends object>(members: T): Present<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Present<T>;
}
