import type { Deployment } from "@rollcall/maintainer/deployment";
import type { Values } from "./fill.ts";
import { maintainerFunction } from "./maintainer-function.ts";
import type { Table } from "./storage.ts";

/** What keeps a table's registries true, as monitoring needs it. */
export interface Maintainer {
  deployment: Deployment;
  deadLetters: sst.aws.Queue;
  /** What stands for the references of the description. */
  values: Values;
}

/**
 * The stream function, which heals drift in about a second; the sweep, which finds what no record tells of; and the queue
 * for batches of the stream, and starts of the sweep, that came to nothing.
 */
export function maintenance({ table, deployment }: { table: Table; deployment: Deployment }): Maintainer {
  const deadLetters = deadLetterQueue(deployment);
  const values: Values = {
    DeadLettersArn: deadLetters.arn,
    DeadLettersName: deadLetters.nodes.queue.name,
    StreamArn: table.streamArn,
    TableArn: table.arn,
    TableName: table.name,
  };
  const stream = maintainerFunction("Stream", deployment.functions.stream, values);
  const sweep = maintainerFunction("Sweep", deployment.functions.sweep, values);
  const mapping = streamMapping(deployment, stream, table, deadLetters);
  const { expression, retries } = deployment.schedule;
  new sst.aws.CronV2("SweepSchedule", { function: sweep, schedule: expression, retries, dlq: deadLetters.arn });
  return {
    deployment,
    deadLetters,
    values: {
      ...values,
      StreamFunctionName: stream.name,
      StreamMappingId: mapping.uuid,
      SweepFunctionName: sweep.name,
    },
  };
}

function streamMapping(
  { mapping }: Deployment,
  stream: sst.aws.Function,
  table: Table,
  deadLetters: sst.aws.Queue,
): aws.lambda.EventSourceMapping {
  const { filterCriteria, functionResponseTypes, metricsConfig, ...settings } = mapping;
  return new aws.lambda.EventSourceMapping("StreamMapping", {
    ...settings,
    functionResponseTypes: [...functionResponseTypes],
    filterCriteria: { filters: [...filterCriteria.filters] },
    metricsConfig: { metrics: [...metricsConfig.metrics] },
    eventSourceArn: table.streamArn,
    functionName: stream.arn,
    destinationConfig: { onFailure: { destinationArn: deadLetters.arn } },
  });
}

function deadLetterQueue({ deadLetters: { retentionSeconds } }: Deployment): sst.aws.Queue {
  const queue = new sst.aws.Queue("DeadLetters", {
    transform: { queue: { messageRetentionSeconds: retentionSeconds, sqsManagedSseEnabled: true } },
  });
  new aws.sqs.QueuePolicy("DeadLettersTlsOnly", {
    queueUrl: queue.url,
    policy: aws.iam.getPolicyDocumentOutput({
      statements: [
        {
          effect: "Deny",
          principals: [{ type: "*", identifiers: ["*"] }],
          actions: ["sqs:*"],
          resources: [queue.arn],
          conditions: [{ test: "Bool", variable: "aws:SecureTransport", values: ["false"] }],
        },
      ],
    }).json,
  });
  return queue;
}
