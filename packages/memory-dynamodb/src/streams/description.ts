import type { KeySchemaElement, StreamViewType } from "@aws-sdk/client-dynamodb";
import type { Shard } from "./shard.ts";
import { sequenceNumber } from "./stream-record.ts";

/** A shard as DescribeStream lists it. */
interface ShardDescription {
  ShardId: string;
  ParentShardId?: string;
  SequenceNumberRange: { StartingSequenceNumber: string; EndingSequenceNumber?: string };
}

export interface StreamDescription {
  StreamArn: string;
  StreamLabel: string;
  StreamStatus: "ENABLED" | "DISABLED";
  StreamViewType: StreamViewType;
  TableName: string;
  CreationRequestDateTime: Date;
  KeySchema: KeySchemaElement[] | undefined;
  Shards: ShardDescription[];
  LastEvaluatedShardId?: string;
}

export function describeShard({ range, closed }: Shard): ShardDescription {
  return {
    ShardId: range.id,
    ...(range.parentId !== undefined && { ParentShardId: range.parentId }),
    SequenceNumberRange: {
      StartingSequenceNumber: sequenceNumber(range.start),
      ...(closed && { EndingSequenceNumber: sequenceNumber(Math.max(closed.position - 1, range.start)) }),
    },
  };
}
