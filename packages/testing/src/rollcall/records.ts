import { registryKey, resourceKey } from "@rollcall/registry/schema";
import type { AttributeValue, DynamoDBRecord } from "aws-lambda";

type Image = Record<string, AttributeValue>;
let sequence = 100_000_000_000_000_000_000n;

/** A record as Lambda hands it over, with both images where the event has them. */
export function record(
  eventName: "INSERT" | "MODIFY" | "REMOVE",
  keys: Image,
  images: { before?: Image | undefined; after?: Image | undefined } = {},
): DynamoDBRecord {
  const { before, after } = images;
  return {
    eventID: crypto.randomUUID().replaceAll("-", ""),
    eventName,
    eventVersion: "1.1",
    eventSource: "aws:dynamodb",
    awsRegion: "eu-west-1",
    dynamodb: {
      ApproximateCreationDateTime: 1_794_000_000,
      Keys: keys,
      ...(after && { NewImage: { ...keys, ...after } }),
      ...(before && { OldImage: { ...keys, ...before } }),
      SequenceNumber: String(sequence++),
      SizeBytes: 100,
      StreamViewType: "NEW_AND_OLD_IMAGES",
    },
    eventSourceARN: "arn:aws:dynamodb:eu-west-1:123456789012:table/limits/stream/2026-01-01T00:00:00.000",
  };
}

const limits: Image = { l_rpm_cp: { N: "1" }, l_rpm_ra: { N: "1" }, l_rpm_rp: { N: "60" } };

export const created = (name: string, namespace?: string) =>
  record("INSERT", resourceKey(name, namespace), { after: limits });

export const deleted = (name: string, namespace?: string) =>
  record("REMOVE", resourceKey(name, namespace), { before: limits });

/** A registry's change from some names to others; `undefined` where there was, or is, no item. */
export function relisted(before: string[] | undefined, after: string[] | undefined, namespace?: string) {
  const image = (names: string[] | undefined): Image | undefined =>
    names && (names.length === 0 ? {} : { resources: { SS: names } });
  const eventName = before === undefined ? "INSERT" : after === undefined ? "REMOVE" : "MODIFY";
  return record(eventName, registryKey(namespace), { before: image(before), after: image(after) });
}
