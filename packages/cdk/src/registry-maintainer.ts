import { fileURLToPath } from "node:url";
import {
  type AlarmDescription,
  type Deployment,
  describeDeployment,
  type FunctionName,
  fillReferences,
  LOG_ACTIONS,
  LOG_RETENTION_DAYS,
  type Reference,
} from "@rollcall/maintainer/deployment";
import type { RegistryDefinition } from "@rollcall/registry";
import { Duration, RemovalPolicy, Stack, Validations } from "aws-cdk-lib";
import * as cloudwatch from "aws-cdk-lib/aws-cloudwatch";
import type * as dynamodb from "aws-cdk-lib/aws-dynamodb";
import * as iam from "aws-cdk-lib/aws-iam";
import * as lambda from "aws-cdk-lib/aws-lambda";
import * as logs from "aws-cdk-lib/aws-logs";
import * as scheduler from "aws-cdk-lib/aws-scheduler";
import type * as sns from "aws-cdk-lib/aws-sns";
import * as sqs from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";

/** What a {@link RegistryMaintainer} is told. */
export interface RegistryMaintainerProps {
  /**
   * The table, new or imported, with a stream of new and old images. Import one by `fromTableAttributes` with its
   * `tableArn` and `tableStreamArn`; nothing of it is changed.
   */
  readonly table: dynamodb.ITable;
  /** What the table's registries list. Default: `resources`, a rate limiter's. */
  readonly registries?: readonly RegistryDefinition[];
  /** Read units a second for the sweep. Default: the sweep's own. */
  readonly sweepReadUnits?: number;
  /** The topic that alarms notify. Default: alarms only show in the console. */
  readonly alarmTopic?: sns.ITopic;
}

/** The functions' code, bundled when this package was built. */
const CODE = fileURLToPath(new URL("../dist/functions", import.meta.url));

/** Ids of constructs begin with the function's name in capitals. */
const PREFIX: Readonly<Record<FunctionName, string>> = { stream: "Stream", sweep: "Sweep" };

/**
 * Keeps the registries of a table true: the stream function, which heals drift in about a second; the sweep, which finds
 * what no record tells of; the queue of batches that could not be handled, alarms and a dashboard. Each function may do
 * what its code calls, and nothing else. When it is removed, the table stays as it is.
 *
 * @example
 * ```ts
 * import { RegistryMaintainer } from "@rollcall/cdk";
 * import { App, Stack } from "aws-cdk-lib";
 * import { AttributeType, StreamViewType, Table } from "aws-cdk-lib/aws-dynamodb";
 *
 * const stack = new Stack(new App(), "Limits");
 * const table = new Table(stack, "Table", {
 *   partitionKey: { name: "PK", type: AttributeType.STRING },
 *   sortKey: { name: "SK", type: AttributeType.STRING },
 *   stream: StreamViewType.NEW_AND_OLD_IMAGES,
 * });
 * new RegistryMaintainer(stack, "Registries", { table });
 * ```
 */
export class RegistryMaintainer extends Construct {
  /** Handles the table's stream. */
  readonly stream: lambda.Function;
  /** Compares the whole table with its registries, on a schedule. */
  readonly sweep: lambda.Function;
  /** Batches of the stream that could not be handled. */
  readonly deadLetters: sqs.Queue;
  /** What an operator should be told of. */
  readonly alarms: readonly cloudwatch.CfnAlarm[];
  readonly #props: RegistryMaintainerProps;
  readonly #mapping: lambda.CfnEventSourceMapping;

  /**
   * @throws Error for a table without a stream
   * @throws InvalidDefinitionError for registries that could not be kept true
   */
  constructor(scope: Construct, id: string, props: RegistryMaintainerProps) {
    super(scope, id);
    this.#props = props;
    const { table, registries, sweepReadUnits } = props;
    if (table.tableStreamArn === undefined) {
      throw new Error(
        `Table ${table.node.path} has no stream: set \`stream: StreamViewType.NEW_AND_OLD_IMAGES\`, or import the table by ` +
          "`fromTableAttributes` with its `tableStreamArn`.",
      );
    }
    const deployment = describeDeployment({ registries, sweepReadUnits });
    this.deadLetters = this.#deadLetterQueue(deployment);
    this.stream = this.#function("stream", deployment);
    this.sweep = this.#function("sweep", deployment);
    this.#mapping = this.#streamMapping(table.tableStreamArn, deployment);
    this.#schedule(deployment);
    this.alarms = deployment.alarms.map((described) => this.#alarm(described));
    new cloudwatch.CfnDashboard(this, "Dashboard", {
      dashboardBody: Stack.of(this).toJsonString(this.#fill(deployment.dashboard)),
    });
  }

  #deadLetterQueue({ deadLetters: { retentionSeconds } }: Deployment): sqs.Queue {
    const queue = new sqs.Queue(this, "DeadLetters", {
      retentionPeriod: Duration.seconds(retentionSeconds),
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
    });
    Validations.of(queue).acknowledge({
      id: "AwsSolutions::AwsSolutions-SQS3",
      reason: "It is the dead-letter queue of an event source mapping, which the rule does not look at.",
    });
    return queue;
  }

  #function(name: FunctionName, { functions }: Deployment): lambda.Function {
    const { description, handler, runtime, memorySizeMb, timeoutSeconds, environment, permissions } = functions[name];
    const { encryptionKey } = this.#props.table;
    const prefix = PREFIX[name];
    const logGroup = new logs.LogGroup(this, `${prefix}LogGroup`, {
      retention: LOG_RETENTION_DAYS as logs.RetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new iam.Role(this, `${prefix}Role`, { assumedBy: new iam.ServicePrincipal("lambda.amazonaws.com") });
    for (const { actions, resources, conditions } of permissions) {
      role.addToPolicy(
        new iam.PolicyStatement({
          actions: [...actions],
          resources: this.#fill([...resources]),
          ...(conditions && { conditions }),
        }),
      );
    }
    role.addToPolicy(new iam.PolicyStatement({ actions: [...LOG_ACTIONS], resources: [logGroup.logGroupArn] }));
    if (encryptionKey !== undefined) encryptionKey.grantDecrypt(role);
    return new lambda.Function(this, prefix, {
      description,
      runtime: new lambda.Runtime(runtime, lambda.RuntimeFamily.NODEJS),
      architecture: lambda.Architecture.ARM_64,
      memorySize: memorySizeMb,
      timeout: Duration.seconds(timeoutSeconds),
      handler,
      code: lambda.Code.fromAsset(CODE),
      environment: this.#fill(environment),
      loggingFormat: lambda.LoggingFormat.JSON,
      logGroup,
      role,
    });
  }

  #streamMapping(eventSourceArn: string, { mapping }: Deployment): lambda.CfnEventSourceMapping {
    const { functionResponseTypes, filterCriteria, metricsConfig, ...settings } = mapping;
    const created = new lambda.CfnEventSourceMapping(this, "StreamMapping", {
      ...settings,
      functionResponseTypes: [...functionResponseTypes],
      filterCriteria: { filters: [...filterCriteria.filters] },
      metricsConfig: { metrics: [...metricsConfig.metrics] },
      eventSourceArn,
      functionName: this.stream.functionName,
      destinationConfig: { onFailure: { destination: this.deadLetters.queueArn } },
    });
    // Lambda looks whether the role may read the stream when the mapping is made.
    created.node.addDependency(this.stream);
    return created;
  }

  #schedule({ schedule: { expression, retries } }: Deployment): void {
    const role = new iam.Role(this, "SweepScheduleRole", {
      assumedBy: new iam.ServicePrincipal("scheduler.amazonaws.com"),
    });
    role.addToPolicy(
      new iam.PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: [this.sweep.functionArn] }),
    );
    role.addToPolicy(new iam.PolicyStatement({ actions: ["sqs:SendMessage"], resources: [this.deadLetters.queueArn] }));
    new scheduler.CfnSchedule(this, "SweepSchedule", {
      description: "Starts the sweep",
      scheduleExpression: expression,
      flexibleTimeWindow: { mode: "OFF" },
      target: {
        arn: this.sweep.functionArn,
        roleArn: role.roleArn,
        retryPolicy: { maximumRetryAttempts: retries },
        deadLetterConfig: { arn: this.deadLetters.queueArn },
      },
    });
  }

  #alarm(described: AlarmDescription): cloudwatch.CfnAlarm {
    const { name, description, series, statistic, threshold, periodSeconds, periods = 1, silenceRings } = described;
    const { alarmTopic } = this.#props;
    const actions =
      alarmTopic === undefined ? {} : { alarmActions: [alarmTopic.topicArn], okActions: [alarmTopic.topicArn] };
    return new cloudwatch.CfnAlarm(this, `${name}Alarm`, {
      alarmDescription: description,
      namespace: series.namespace,
      metricName: series.metricName,
      dimensions: Object.entries(this.#fill(series.dimensions)).map(([key, value]) => ({ name: key, value })),
      statistic,
      comparisonOperator: "GreaterThanOrEqualToThreshold",
      threshold,
      period: periodSeconds,
      evaluationPeriods: periods,
      treatMissingData: silenceRings ? "breaching" : "notBreaching",
      ...actions,
    });
  }

  /** Plain data with the CDK's tokens in the place of its references. */
  #fill<T>(data: T): T {
    return fillReferences(data, (literals, references) =>
      literals.map((literal, i) => literal + (references[i] === undefined ? "" : this.#token(references[i]))).join(""),
    ) as T;
  }

  #token(reference: Reference): string {
    switch (reference) {
      case "DeadLettersArn":
        return this.deadLetters.queueArn;
      case "DeadLettersName":
        return this.deadLetters.queueName;
      case "Region":
        return Stack.of(this).region;
      case "StreamArn":
        return this.#props.table.tableStreamArn ?? "";
      case "StreamFunctionName":
        return this.stream.functionName;
      case "StreamMappingId":
        return this.#mapping.ref;
      case "SweepFunctionName":
        return this.sweep.functionName;
      case "TableArn":
        return this.#props.table.tableArn;
      case "TableName":
        return this.#props.table.tableName;
      default: {
        const alarm = this.node.findChild(reference.slice(0, -"Arn".length));
        return (alarm as cloudwatch.CfnAlarm).attrArn;
      }
    }
  }
}
