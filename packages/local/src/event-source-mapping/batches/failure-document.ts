import type { DiscardCondition } from "./batch-report.ts";
import { endsOf, type PendingRecord } from "./pending-record.ts";

/**
 * What an SQS on-failure destination gets about a batch that was discarded. The records themselves are to be read from
 * the stream, as long as it has them. Source: Lambda guide, "Retain discarded records for a DynamoDB event source".
 */
export interface FailureDocument {
  readonly requestContext: {
    /** The last invocation's id. */
    readonly requestId: string;
    readonly functionArn: string;
    readonly condition: DiscardCondition;
    /** At least 1, also when the records were too old to be sent even once. */
    readonly approximateInvokeCount: number;
  };
  /** Missing when the records were too old, however often they were sent. Source: recordings of AWS. */
  readonly responseContext?: {
    readonly statusCode: 200;
    readonly executedVersion: "$LATEST";
    /** "Unhandled" for an error or a time-out, null for a response that named failures. */
    readonly functionError: "Unhandled" | null;
  };
  readonly version: "1.0";
  readonly timestamp: string;
  readonly DDBStreamBatchInfo: {
    readonly shardId: string;
    readonly startSequenceNumber: string;
    readonly endSequenceNumber: string;
    /** To the second. */
    readonly approximateArrivalOfFirstRecord: string;
    /** To the second. */
    readonly approximateArrivalOfLastRecord: string;
    readonly batchSize: number;
    readonly streamArn: string;
  };
}

/** What the document says besides the records' place. */
export interface FailureContext {
  readonly requestId: string;
  readonly functionArn: string;
  readonly condition: DiscardCondition;
  readonly invocations: number;
  readonly functionError: "Unhandled" | null;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly shardId: string;
  readonly streamArn: string;
}

/** Writes the document for the records of one discarded batch. */
export function failureDocument(records: readonly PendingRecord[], context: FailureContext): FailureDocument {
  const { first, last } = endsOf(records);
  const { requestId, functionArn, condition, invocations, functionError, now, shardId, streamArn } = context;
  return {
    requestContext: { requestId, functionArn, condition, approximateInvokeCount: Math.max(1, invocations) },
    ...(condition !== "RecordAgeExceeded" && {
      responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError },
    }),
    version: "1.0",
    timestamp: new Date(now).toISOString(),
    DDBStreamBatchInfo: {
      shardId,
      startSequenceNumber: first.sequenceNumber,
      endSequenceNumber: last.sequenceNumber,
      approximateArrivalOfFirstRecord: toSecond(first.createdAt ?? now),
      approximateArrivalOfLastRecord: toSecond(last.createdAt ?? now),
      batchSize: records.length,
      streamArn,
    },
  };
}

function toSecond(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}
