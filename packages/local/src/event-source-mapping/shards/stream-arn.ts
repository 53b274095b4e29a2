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

/** The region and account an ARN names. Local engines put words of their own there. */
export function parseArn(arn: string): { region: string; account: string } {
  const [, , , region = "", account = ""] = arn.split(":");
  return { region, account };
}
