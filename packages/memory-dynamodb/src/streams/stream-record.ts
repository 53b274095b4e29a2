import type { StreamViewType } from "@aws-sdk/client-dynamodb";
import type { _Record } from "@aws-sdk/client-dynamodb-streams";
import type { ItemChange } from "../model.ts";
import { copyItem } from "../values/attribute-value.ts";
import { sizeOf } from "../values/item-size.ts";
import { Timestamp } from "../values/timestamp.ts";

/** Sequence numbers have 21 digits at least: this one, and the position. Source: API reference, "StreamRecord". */
const SEQUENCE_PREFIX = "1";
const POSITION_DIGITS = 20;

const TTL_IDENTITY = { Type: "Service", PrincipalId: "dynamodb.amazonaws.com" } as const;

export function sequenceNumber(position: number): string {
  return SEQUENCE_PREFIX + String(position).padStart(POSITION_DIGITS, "0");
}

export function positionOf(sequenceNumber: string): number {
  return Number(sequenceNumber.slice(SEQUENCE_PREFIX.length));
}

/** How large a record is: its key and the images in it. */
export function recordBytes({ key, before, after }: ItemChange, viewType: StreamViewType): number {
  return sizeOf(key) + (showsNew(viewType) ? sizeOf(after) : 0) + (showsOld(viewType) ? sizeOf(before) : 0);
}

/** A change as GetRecords tells of it: times are rounded down to the second. */
export function recordOf(change: ItemChange, position: number, viewType: StreamViewType, region: string): _Record {
  const { key, before, after, byTtl, at } = change;
  return {
    eventID: position.toString(16).padStart(32, "0"),
    eventName: before === undefined ? "INSERT" : after === undefined ? "REMOVE" : "MODIFY",
    eventVersion: "1.1",
    eventSource: "aws:dynamodb",
    awsRegion: region,
    dynamodb: {
      ApproximateCreationDateTime: new Timestamp(at - (at % 1000)),
      Keys: copyItem(key),
      ...(after && showsNew(viewType) && { NewImage: copyItem(after) }),
      ...(before && showsOld(viewType) && { OldImage: copyItem(before) }),
      SequenceNumber: sequenceNumber(position),
      SizeBytes: recordBytes(change, viewType),
      StreamViewType: viewType,
    },
    ...(byTtl && { userIdentity: { ...TTL_IDENTITY } }),
  };
}

function showsNew(viewType: StreamViewType): boolean {
  return viewType === "NEW_IMAGE" || viewType === "NEW_AND_OLD_IMAGES";
}

function showsOld(viewType: StreamViewType): boolean {
  return viewType === "OLD_IMAGE" || viewType === "NEW_AND_OLD_IMAGES";
}
