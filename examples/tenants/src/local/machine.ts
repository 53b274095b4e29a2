import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { DynamoDBStreams } from "@aws-sdk/client-dynamodb-streams";
import { resolveStreamArn, startEngine, startEventSourceMapping } from "@rollcall/local";
import { streamEventSource } from "@rollcall/maintainer";
import { projects, tenants } from "../registries.ts";
import { tableName } from "../table-name.ts";

/** What AWS would be, on this machine. */
export interface Machine {
  readonly engine: string;
  /** A client of anyone who knows the table and no registry. */
  readonly dynamodb: DynamoDB;
  stop(): Promise<void>;
}

/**
 * Starts an engine with the table, points this process's environment at it, and feeds the maintainer from the table's
 * stream, as Lambda would. The functions read their environment when they are imported, so import them afterwards.
 */
export async function startMachine(): Promise<Machine> {
  const engine = await startEngine();
  const { region, credentials } = engine.clientConfig;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: engine.endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    // What the maintainer would write for CloudWatch is no output of this program.
    POWERTOOLS_LOG_LEVEL: "SILENT",
    POWERTOOLS_METRICS_DISABLED: "true",
  });
  const [dynamodb, streams] = [new DynamoDB(engine.clientConfig), new DynamoDBStreams(engine.clientConfig)];
  await dynamodb.createTable({
    TableName: tableName,
    AttributeDefinitions: ["pk", "sk"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
    KeySchema: [
      { AttributeName: "pk", KeyType: "HASH" },
      { AttributeName: "sk", KeyType: "RANGE" },
    ],
    BillingMode: "PAY_PER_REQUEST",
    StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
  });
  const { handler } = await import("../functions/stream.ts");
  const mapping = await startEventSourceMapping({
    ...streamEventSource([tenants, projects]),
    streams,
    streamArn: await resolveStreamArn(dynamodb, tableName),
    functionTimeoutSeconds: 30,
    handler: (event, context) => handler(event, context),
  });
  return {
    engine: engine.name,
    dynamodb,
    async stop() {
      await mapping.stop();
      for (const client of [dynamodb, streams]) client.destroy();
      await engine.stop();
    },
  };
}
