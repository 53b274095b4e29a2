import { DEFAULT_REGION } from "../constants.ts";
import { StreamUnavailableError } from "../errors.ts";

/** What {@link resolveStreamArn} needs of a DynamoDB client: `DynamoDB` of `@aws-sdk/client-dynamodb` has it. */
export interface TableDescriber {
  describeTable(input: {
    TableName: string;
  }): Promise<{ Table?: { LatestStreamArn?: string | undefined } | undefined }>;
}

/**
 * The ARN of a table's stream, for {@link startEventSourceMapping}.
 *
 * @throws StreamUnavailableError when the table has no stream
 *
 * @example
 * ```ts
 * import { DynamoDB } from "@aws-sdk/client-dynamodb";
 * import { resolveStreamArn } from "@rollcall/local";
 *
 * const streamArn = await resolveStreamArn(new DynamoDB({ endpoint: "http://127.0.0.1:8000" }), "limits");
 * ```
 */
export async function resolveStreamArn(dynamodb: TableDescriber, tableName: string): Promise<string> {
  const { Table } = await dynamodb.describeTable({ TableName: tableName });
  if (Table?.LatestStreamArn !== undefined) return Table.LatestStreamArn;
  throw new StreamUnavailableError(
    `Table ${JSON.stringify(tableName)} has no stream; turn one on with StreamSpecification: ` +
      '{ StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" }.',
  );
}

/** What an ARN says. */
export interface StreamName {
  /** A Region that clients can be made for: the engines put words of their own in its place. */
  readonly region: string;
  /** Whether the ARN names a Region of AWS. */
  readonly isOnAws: boolean;
  readonly account: string;
  readonly tableName: string;
  /** When the stream was switched on, as a text that sorts by time; a table's next stream has a later one. */
  readonly label: string;
}

/** `eu-central-1`, `us-gov-west-1` */
const REGION = /^[a-z]{2}(-[a-z]+)+-\d+$/;

/** Reads `arn:aws:dynamodb:REGION:ACCOUNT:table/TABLE/stream/LABEL`. */
export function parseStreamArn(arn: string): StreamName {
  const [, , , region = "", account = "", ...rest] = arn.split(":");
  const [, tableName = "", , label = ""] = rest.join(":").split("/");
  const isOnAws = REGION.test(region);
  return { region: isOnAws ? region : DEFAULT_REGION, isOnAws, account, tableName, label };
}
