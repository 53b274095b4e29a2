/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  app({ stage }) {
    return { name: "tenants-example", home: "aws", removal: stage === "production" ? "retain" : "remove" };
  },
  async run() {
    const { streamEventSource } = await import("@rollcall/maintainer");
    const { projects, tenants } = await import("./src/registries.ts");

    const table = new sst.aws.Dynamo("Table", {
      fields: { pk: "string", sk: "string" },
      primaryIndex: { hashKey: "pk", rangeKey: "sk" },
      stream: "new-and-old-images", // a registry's changes are read from both images
    });
    const common = {
      runtime: "nodejs24.x",
      architecture: "arm64",
      environment: { TABLE_NAME: table.name },
      logging: { format: "json" },
    } as const;
    /** Actions of DynamoDB on the table: those that a function's code calls. */
    const allow = (...actions: string[]) => ({
      actions: actions.map((action) => `dynamodb:${action}`),
      resources: [table.arn],
    });

    // The service. It writes with the library, so its lists are right at every instant.
    const api = new sst.aws.Function("Api", {
      ...common,
      handler: "src/functions/api.handler",
      url: true,
      permissions: [allow("GetItem", "PutItem", "DeleteItem", "UpdateItem", "ConditionCheckItem")],
    });

    // The maintainer. It repairs what all others write, within seconds.
    const stream = new sst.aws.Function("Stream", {
      ...common,
      handler: "src/functions/stream.handler",
      timeout: "60 seconds",
      permissions: [
        allow("GetItem", "BatchGetItem", "UpdateItem", "ConditionCheckItem"),
        {
          actions: ["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"].map(
            (each) => `dynamodb:${each}`,
          ),
          resources: [table.nodes.table.streamArn],
        },
      ],
    });
    const { filterCriteria, functionResponseTypes, ...settings } = streamEventSource([tenants, projects]);
    new aws.lambda.EventSourceMapping("StreamMapping", {
      ...settings,
      functionResponseTypes: [...functionResponseTypes],
      filterCriteria: { filters: [...filterCriteria.filters] },
      eventSourceArn: table.nodes.table.streamArn,
      functionName: stream.arn,
    });

    // The sweep. It finds what no stream record tells of, such as all that was there before.
    const sweep = new sst.aws.Function("Sweep", {
      ...common,
      handler: "src/functions/sweep.handler",
      timeout: "15 minutes",
      permissions: [allow("GetItem", "BatchGetItem", "PutItem", "UpdateItem", "ConditionCheckItem", "Scan")],
    });
    new sst.aws.CronV2("SweepSchedule", { function: sweep, schedule: "rate(6 hours)" });

    return { url: api.url, table: table.name };
  },
});
