import { streamEventSource, sweepStateKey } from "@rollcall/maintainer";
import { maintainerFunction } from "./maintainer-function.ts";
import { isResources, type Registries } from "./registries.ts";
import type { Table } from "./storage.ts";

/** What keeps a table's registries true, as monitoring needs it. */
export interface Maintainer {
  stream: sst.aws.Function;
  /** Feeds it from the table's stream. */
  mapping: aws.lambda.EventSourceMapping;
  sweep: sst.aws.Function;
  deadLetters: sst.aws.Queue;
  tableName: $util.Input<string>;
}

/** As long as SQS keeps anything: a long weekend must not lose the traces of what went wrong. */
const DEAD_LETTER_RETENTION_SECONDS = 14 * 24 * 60 * 60;

/** Small tables are swept this often; a large one is continued, for a quarter of an hour each time. */
const SWEEP_SCHEDULE = "rate(6 hours)";

/** The longest that Lambda lets a function run. */
const SWEEP_TIMEOUT_SECONDS = 15 * 60;

/**
 * The stream function, which heals drift in about a second; the sweep, which finds what no record tells of; and the queue
 * for batches of the stream, and starts of the sweep, that came to nothing.
 */
export function maintenance({
  table,
  registries,
  sweepReadUnits,
}: {
  table: Table;
  registries: Registries;
  /** Read units a second for the sweep. Default: its own. */
  sweepReadUnits: number | undefined;
}): Maintainer {
  const deadLetters = deadLetterQueue();
  return {
    ...streamFunction(table, registries, deadLetters),
    sweep: sweepFunction(table, registries, sweepReadUnits, deadLetters),
    deadLetters,
    tableName: table.name,
  };
}

function streamFunction(
  table: Table,
  registries: Registries,
  deadLetters: sst.aws.Queue,
): Pick<Maintainer, "stream" | "mapping"> {
  const stream = maintainerFunction("Stream", {
    table,
    handler: "packages/maintainer/dist/lambda/stream.handler",
    description: `Repairs what writers break in registries: ${namesOf(registries)}`,
    tableActions: ["BatchGetItem", "ConditionCheckItem", "GetItem", "UpdateItem", ...directoryActions(registries)],
    permissions: [
      {
        actions: [
          "dynamodb:DescribeStream",
          "dynamodb:GetRecords",
          "dynamodb:GetShardIterator",
          "dynamodb:ListStreams",
        ],
        resources: [table.streamArn],
      },
      { actions: ["sqs:SendMessage"], resources: [deadLetters.arn] },
    ],
    environment: environmentOf(registries),
    timeoutSeconds: 60,
  });
  const { filterCriteria, functionResponseTypes, ...settings } = streamEventSource(registries);
  const mapping = new aws.lambda.EventSourceMapping("StreamMapping", {
    ...settings,
    functionResponseTypes: [...functionResponseTypes],
    filterCriteria: { filters: [...filterCriteria.filters] },
    eventSourceArn: table.streamArn,
    functionName: stream.arn,
    destinationConfig: { onFailure: { destinationArn: deadLetters.arn } },
    // Costs nothing, and tells records that were filtered out from those that failed.
    metricsConfig: { metrics: ["EventCount"] },
  });
  return { stream, mapping };
}

function sweepFunction(
  table: Table,
  registries: Registries,
  readUnits: number | undefined,
  deadLetters: sst.aws.Queue,
): sst.aws.Function {
  const [{ key }] = registries; // all are of one table, with the same keys
  const sweep = maintainerFunction("Sweep", {
    table,
    handler: "packages/maintainer/dist/lambda/sweep.handler",
    description: `Compares registries with the items they list, and repairs what differs: ${namesOf(registries)}`,
    tableActions: ["BatchGetItem", "ConditionCheckItem", "GetItem", "Scan", "UpdateItem", ...directoryActions(registries)],
    permissions: [
      {
        // It puts nothing but the item that says how far it has come.
        actions: ["dynamodb:PutItem"],
        resources: [table.arn],
        conditions: [
          {
            test: "ForAllValues:StringEquals",
            variable: "dynamodb:LeadingKeys",
            values: [sweepStateKey(key)[key.partition]?.S ?? ""],
          },
        ],
      },
    ],
    environment: {
      ...environmentOf(registries),
      ...(readUnits !== undefined && { ROLLCALL_SWEEP_READ_UNITS: String(readUnits) }),
    },
    timeoutSeconds: SWEEP_TIMEOUT_SECONDS,
  });
  new sst.aws.CronV2("SweepSchedule", { function: sweep, schedule: SWEEP_SCHEDULE, retries: 2, dlq: deadLetters.arn });
  return sweep;
}

function namesOf(registries: Registries): string {
  return registries.map(({ name }) => name).join(", ");
}

/** The directory of namespaces, which is asked where a registry is missing: limits alone have one. */
function directoryActions(registries: Registries): string[] {
  return registries.some(isResources) ? ["Query"] : [];
}

/** What both functions read: nothing where their default is right. */
function environmentOf(registries: Registries): Record<string, string> {
  const areDefault = registries.length === 1 && registries.every(isResources);
  return areDefault ? {} : { ROLLCALL_REGISTRIES: JSON.stringify(registries) };
}

function deadLetterQueue(): sst.aws.Queue {
  const queue = new sst.aws.Queue("DeadLetters", {
    transform: { queue: { messageRetentionSeconds: DEAD_LETTER_RETENTION_SECONDS, sqsManagedSseEnabled: true } },
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
