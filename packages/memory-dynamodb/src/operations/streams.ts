import type {
  DescribeStreamCommandInput,
  GetRecordsCommandInput,
  GetShardIteratorCommandInput,
  ListStreamsCommandInput,
} from "@aws-sdk/client-dynamodb-streams";
import type { OperationHost } from "../host.ts";
import { nameOf } from "../tables/arn.ts";

/** Source: API reference of ListStreams. */
const MAX_STREAMS_A_PAGE = 100;

export function describeStream(database: OperationHost, input: DescribeStreamCommandInput) {
  return database.stream(input.StreamArn).describeStream(input);
}

export function getShardIterator(database: OperationHost, input: GetShardIteratorCommandInput) {
  return database.stream(input.StreamArn).getShardIterator(input);
}

export function getRecords(database: OperationHost, input: GetRecordsCommandInput) {
  const [arn] = (input.ShardIterator ?? "").split("|");
  return database.stream(arn).getRecords(input);
}

/** Streams that were switched off, and those of deleted tables, are there as long as their records. */
export function listStreams(
  database: OperationHost,
  { TableName, ExclusiveStartStreamArn = "", Limit = MAX_STREAMS_A_PAGE }: ListStreamsCommandInput,
) {
  const name = TableName === undefined ? undefined : nameOf(TableName);
  const all = database
    .streams()
    .filter(({ arn, tableName }) => (name === undefined || tableName === name) && arn > ExclusiveStartStreamArn);
  const page = all.slice(0, Limit);
  return {
    Streams: page.map(({ arn, label, tableName }) => ({ StreamArn: arn, StreamLabel: label, TableName: tableName })),
    ...(page.length < all.length && { LastEvaluatedStreamArn: page.at(-1)?.arn }),
  };
}
