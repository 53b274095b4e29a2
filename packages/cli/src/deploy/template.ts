import {
  type AlarmDescription,
  type Deployment,
  type FunctionName,
  LOG_ACTIONS,
  LOG_RETENTION_DAYS,
  type PermissionStatement,
} from "@rollcall/maintainer/deployment";
import { attribute, type Intrinsic, ref, sub, variable, withIntrinsics } from "./intrinsics.ts";

/** A CloudFormation template, as far as it is made here. */
export interface Template {
  readonly AWSTemplateFormatVersion: "2010-09-09";
  readonly Description: string;
  readonly Parameters: Readonly<Record<string, unknown>>;
  readonly Conditions: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs: Readonly<Record<string, unknown>>;
}

/** One resource of a template. */
interface TemplateResource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

/** The name of the file that holds the template. */
export const TEMPLATE_FILE = "rollcall.template.json";

/** The name of the archive beside it, which `aws cloudformation package` uploads. */
export const FUNCTION_ARCHIVE = "function.zip";

/** By this a template is known to be one of these. */
export const TEMPLATE_DESCRIPTION = "Keeps the registries of a DynamoDB table true: the maintainer of Rollcall.";

/** What a parameter holds that was not given. */
const NONE = "none";

const NO_VALUE = ref("AWS::NoValue");

/** Logical ids begin with the function's name in capitals. */
const PREFIX: Readonly<Record<FunctionName, string>> = { stream: "Stream", sweep: "Sweep" };

/**
 * The template of a deployment beside an existing table, of which nothing is changed.
 *
 * @param tableName the default of the parameter `TableName`
 */
export function cloudFormationTemplate(deployment: Deployment, tableName: string): Template {
  return {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: TEMPLATE_DESCRIPTION,
    Parameters: parameters(tableName),
    Conditions: {
      HasAlarmTopic: given("AlarmTopicArn"),
      HasKmsKey: given("KmsKeyArn"),
      HasSweepReadUnits: given("SweepReadUnits"),
    },
    Resources: {
      ...functionResources(deployment, "stream"),
      ...functionResources(deployment, "sweep"),
      StreamMapping: streamMapping(deployment),
      ...schedule(deployment),
      ...deadLetters(deployment),
      ...Object.fromEntries(deployment.alarms.map((each) => [`${each.name}Alarm`, alarm(each)])),
      Dashboard: dashboard(deployment),
    },
    Outputs: {
      DeadLettersUrl: { Description: "The queue of batches that could not be handled", Value: ref("DeadLetters") },
      DashboardName: { Description: "The dashboard in CloudWatch", Value: ref("Dashboard") },
    },
  };
}

function parameters(tableName: string): Template["Parameters"] {
  return {
    TableName: { Type: "String", Default: tableName, Description: "The table that holds the registries" },
    StreamArn: {
      Type: "String",
      Description: "The ARN of the table's stream, whose view type is NEW_AND_OLD_IMAGES",
      AllowedPattern: "arn:[^:]+:dynamodb:[^:]+:[0-9]{12}:table/[^/]+/stream/.+",
    },
    AlarmTopicArn: {
      Type: "String",
      Default: NONE,
      AllowedPattern: `${NONE}|arn:[^:]+:sns:.+`,
      Description: "The ARN of the SNS topic that alarms notify",
    },
    KmsKeyArn: {
      Type: "String",
      Default: NONE,
      AllowedPattern: `${NONE}|arn:[^:]+:kms:.+`,
      Description: "The ARN of the customer managed key that encrypts the table",
    },
    SweepReadUnits: {
      Type: "String",
      Default: NONE,
      AllowedPattern: `${NONE}|[1-9][0-9]{0,5}`,
      Description: "Read units a second that the sweep may use, where its own limit does not suit",
    },
  };
}

function given(parameter: string): Intrinsic {
  return { "Fn::Not": [{ "Fn::Equals": [ref(parameter), NONE] }] };
}

function ifGiven(condition: string, value: unknown): Intrinsic {
  return { "Fn::If": [condition, value, NO_VALUE] };
}

function functionResources({ functions }: Deployment, name: FunctionName): Record<string, TemplateResource> {
  const described = functions[name];
  const prefix = PREFIX[name];
  const group = `${prefix}LogGroup`;
  const variables = withIntrinsics(described.environment);
  const paced = { ROLLCALL_SWEEP_READ_UNITS: ifGiven("HasSweepReadUnits", ref("SweepReadUnits")) };
  return {
    [`${prefix}Function`]: {
      Type: "AWS::Lambda::Function",
      Properties: {
        Description: described.description,
        Runtime: described.runtime,
        Architectures: [described.architecture],
        MemorySize: described.memorySizeMb,
        Timeout: described.timeoutSeconds,
        Handler: described.handler,
        Code: FUNCTION_ARCHIVE,
        Role: attribute(`${prefix}Role`, "Arn"),
        Environment: { Variables: name === "sweep" ? { ...variables, ...paced } : variables },
        LoggingConfig: { LogFormat: "JSON", LogGroup: ref(group) },
      },
    },
    [`${prefix}Role`]: {
      Type: "AWS::IAM::Role",
      Properties: {
        AssumeRolePolicyDocument: trust("lambda.amazonaws.com"),
        Policies: [
          {
            PolicyName: "Maintainer",
            PolicyDocument: policy([
              ...described.permissions.map(statement),
              allow(LOG_ACTIONS, [attribute(group, "Arn")]),
              ifGiven("HasKmsKey", allow(["kms:Decrypt"], [ref("KmsKeyArn")])),
            ]),
          },
        ],
      },
    },
    [group]: {
      Type: "AWS::Logs::LogGroup",
      Properties: {
        LogGroupName: sub("/aws/lambda/", variable("AWS::StackName"), `-${prefix}`),
        RetentionInDays: LOG_RETENTION_DAYS,
      },
    },
  };
}

function streamMapping({ mapping }: Deployment): TemplateResource {
  return {
    Type: "AWS::Lambda::EventSourceMapping",
    Properties: {
      EventSourceArn: ref("StreamArn"),
      FunctionName: ref("StreamFunction"),
      ...capitalized(mapping),
      MetricsConfig: capitalized(mapping.metricsConfig),
      FilterCriteria: { Filters: mapping.filterCriteria.filters.map(({ pattern }) => ({ Pattern: pattern })) },
      DestinationConfig: { OnFailure: { Destination: attribute("DeadLetters", "Arn") } },
    },
  };
}

function schedule({ schedule: { expression, retries } }: Deployment): Record<string, TemplateResource> {
  return {
    SweepSchedule: {
      Type: "AWS::Scheduler::Schedule",
      Properties: {
        Description: "Starts the sweep",
        ScheduleExpression: expression,
        FlexibleTimeWindow: { Mode: "OFF" },
        Target: {
          Arn: attribute("SweepFunction", "Arn"),
          RoleArn: attribute("SweepScheduleRole", "Arn"),
          RetryPolicy: { MaximumRetryAttempts: retries },
          DeadLetterConfig: { Arn: attribute("DeadLetters", "Arn") },
        },
      },
    },
    SweepScheduleRole: {
      Type: "AWS::IAM::Role",
      Properties: {
        AssumeRolePolicyDocument: trust("scheduler.amazonaws.com"),
        Policies: [
          {
            PolicyName: "StartSweep",
            PolicyDocument: policy([
              allow(["lambda:InvokeFunction"], [attribute("SweepFunction", "Arn")]),
              allow(["sqs:SendMessage"], [attribute("DeadLetters", "Arn")]),
            ]),
          },
        ],
      },
    },
  };
}

function deadLetters({ deadLetters: { retentionSeconds } }: Deployment): Record<string, TemplateResource> {
  const queue = attribute("DeadLetters", "Arn");
  return {
    DeadLetters: {
      Type: "AWS::SQS::Queue",
      Properties: { MessageRetentionPeriod: retentionSeconds, SqsManagedSseEnabled: true },
    },
    DeadLettersTlsOnly: {
      Type: "AWS::SQS::QueuePolicy",
      Properties: {
        Queues: [ref("DeadLetters")],
        PolicyDocument: policy([
          {
            Effect: "Deny",
            Principal: "*",
            Action: ["sqs:*"],
            Resource: [queue],
            Condition: { Bool: { "aws:SecureTransport": "false" } },
          },
        ]),
      },
    },
  };
}

function alarm(described: AlarmDescription): TemplateResource {
  const { description, series, statistic, threshold, periodSeconds, periods = 1, silenceRings = false } = described;
  const actions = ifGiven("HasAlarmTopic", [ref("AlarmTopicArn")]);
  return {
    Type: "AWS::CloudWatch::Alarm",
    Properties: {
      AlarmDescription: description,
      Namespace: series.namespace,
      MetricName: series.metricName,
      Dimensions: Object.entries(withIntrinsics(series.dimensions)).map(([Name, Value]) => ({ Name, Value })),
      Statistic: statistic,
      ComparisonOperator: "GreaterThanOrEqualToThreshold",
      Threshold: threshold,
      Period: periodSeconds,
      EvaluationPeriods: periods,
      TreatMissingData: silenceRings ? "breaching" : "notBreaching",
      AlarmActions: actions,
      OKActions: actions,
    },
  };
}

/** The body is text, so its references are filled within its JSON. */
function dashboard({ dashboard: body }: Deployment): TemplateResource {
  return {
    Type: "AWS::CloudWatch::Dashboard",
    Properties: {
      DashboardName: ref("AWS::StackName"),
      DashboardBody: withIntrinsics(JSON.stringify(body)),
    },
  };
}

function trust(service: string) {
  return policy([{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }]);
}

function policy(statements: readonly unknown[]) {
  return { Version: "2012-10-17", Statement: statements };
}

function allow(actions: readonly string[], resources: readonly unknown[], conditions?: unknown) {
  return {
    Effect: "Allow",
    Action: actions,
    Resource: resources,
    ...(conditions !== undefined && { Condition: conditions }),
  };
}

function statement({ actions, resources, conditions }: PermissionStatement) {
  return allow(actions, withIntrinsics(resources), conditions);
}

/** Lambda's own names, as CloudFormation writes them. */
function capitalized(settings: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name.charAt(0).toUpperCase() + name.slice(1), value]),
  );
}
