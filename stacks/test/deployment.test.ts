import { describeDeployment } from "@rollcall/maintainer/deployment";
import {
  type Deployed,
  type DeployedFunction,
  expectedDeployment,
  inOrder,
  sortedStatements,
} from "@rollcall/testing/rollcall/deployed";
import { expect, inject, it } from "vitest";
import { Graph } from "./harness/graph.ts";
import { mappingUuid } from "./harness/mock-aws.ts";

const graph = new Graph(inject("production"));
const REGION = "eu-west-1";

/** Everything that the app deploys, as far as it is part of the description. */
function deployed(): Deployed {
  const queue = graph.one("aws:sqs/queue:Queue").inputs;
  const [policy] = JSON.parse(graph.one("aws:sqs/queuePolicy:QueuePolicy").inputs.policy).Statement;
  const schedule = graph.one("aws:scheduler/schedule:Schedule").inputs;
  return {
    functions: { stream: deployedFunction("Stream"), sweep: deployedFunction("Sweep") },
    mapping: deployedMapping(),
    schedule: {
      expression: schedule.scheduleExpression,
      retries: schedule.target.retryPolicy.maximumRetryAttempts,
      deadLetters: schedule.target.deadLetterConfig.arn,
      permissions: permissionsOf("SweepScheduleRole"),
      trusts: trustsOf("SweepScheduleRole"),
    },
    deadLetters: {
      retentionSeconds: queue.messageRetentionSeconds,
      encrypted: queue.sqsManagedSseEnabled,
      tlsOnly: policy.Effect === "Deny" && policy.Condition.Bool["aws:SecureTransport"] === "false",
    },
    alarms: inOrder(
      graph.all("aws:cloudwatch/metricAlarm:MetricAlarm").map(({ inputs }) => ({
        description: inputs.alarmDescription,
        series: { namespace: inputs.namespace, metricName: inputs.metricName, dimensions: inputs.dimensions },
        statistic: inputs.statistic,
        threshold: inputs.threshold,
        periodSeconds: inputs.period,
        periods: inputs.evaluationPeriods,
        silenceRings: inputs.treatMissingData === "breaching",
      })),
    ),
    dashboard: JSON.parse(graph.one("aws:cloudwatch/dashboard:Dashboard").inputs.dashboardBody),
  };
}

function deployedFunction(name: string): DeployedFunction {
  const { inputs } = graph.one("aws:lambda/function:Function", `${name}Function`);
  const logGroup = graph.one("aws:cloudwatch/logGroup:LogGroup", `${name}LogGroup`).inputs;
  const { SST_RESOURCE_App: _app, ...environment } = inputs.environment.variables;
  return {
    description: inputs.description,
    handler: inputs.handler.replace(/^.*\//, ""),
    runtime: inputs.runtime,
    architecture: inputs.architectures.join(),
    memorySizeMb: inputs.memorySize,
    timeoutSeconds: inputs.timeout,
    logRetentionDays: logGroup.retentionInDays,
    environment,
    permissions: permissionsOf(`${name}Role`),
    trusts: trustsOf(`${name}Role`),
  };
}

function deployedMapping() {
  const { inputs } = graph.one("aws:lambda/eventSourceMapping:EventSourceMapping");
  const { eventSourceArn, functionName, destinationConfig, ...settings } = inputs;
  return {
    ...settings,
    source: eventSourceArn,
    function: functionNameOf(functionName),
    destination: destinationConfig.onFailure.destinationArn,
  };
}

function permissionsOf(role: string) {
  return sortedStatements(
    graph.permissions(role).map(({ Action, Resource, Condition = {} }) => ({
      actions: Action,
      resources: Resource.map(functionNameOf),
      conditions: Object.fromEntries(
        Object.entries(Condition).map(([test, keys]) => [
          test,
          Object.fromEntries(Object.entries(keys).map(([key, value]) => [key, [value].flat()])),
        ]),
      ),
    })),
  );
}

function trustsOf(role: string): string[] {
  return graph.trust(role).flatMap(({ Principal }) => Object.values(Principal ?? {}).flat());
}

/** An ARN is written where a permission or a mapping takes one, and a name elsewhere: both mean the same function. */
function functionNameOf(arn: string): string {
  return arn.replace(/^arn:aws:lambda:.*:function:/, "");
}

it("the app deploys everything of the description, and nothing else", () => {
  const nameOf = (type: string, name?: string): string => {
    const found = graph.one(type, name);
    return found.inputs.name ?? found.name;
  };
  const arn = (service: string, resource: string) => `arn:aws:${service}:${REGION}:123456789012:${resource}`;
  const queue = nameOf("aws:sqs/queue:Queue");
  const table = nameOf("aws:dynamodb/table:Table");
  const logs = (name: string) => arn("logs", `log-group:${nameOf("aws:cloudwatch/logGroup:LogGroup", name)}:*`);
  const values = {
    DeadLettersArn: arn("sqs", queue),
    DeadLettersName: queue,
    Region: REGION,
    StreamArn: graph.one("aws:lambda/eventSourceMapping:EventSourceMapping").inputs.eventSourceArn,
    StreamFunctionName: nameOf("aws:lambda/function:Function", "StreamFunction"),
    StreamMappingId: mappingUuid("StreamMapping"),
    SweepFunctionName: nameOf("aws:lambda/function:Function", "SweepFunction"),
    TableArn: arn("dynamodb", `table/${table}`),
    TableName: table,
    logGroups: { stream: logs("StreamLogGroup"), sweep: logs("SweepLogGroup") },
    alarmArn: (name: string) =>
      arn("cloudwatch", `alarm:${nameOf("aws:cloudwatch/metricAlarm:MetricAlarm", `${name}Alarm`)}`),
  };
  expect(values.StreamArn).toContain(`${values.TableArn}/stream/`);
  expect(deployed()).toEqual(expectedDeployment(describeDeployment(), values));
});
