import { describeDeployment } from "@rollcall/maintainer/deployment";
import { defineRegistry, type RegistryDefinition } from "@rollcall/registry";
import { resources } from "@rollcall/registry/resources";
import { expectedDeployment } from "@rollcall/testing/rollcall/deployed";
import { DeployedTemplate, type Template as Synthesized } from "@rollcall/testing/rollcall/deployed-template";
import { App, Stack, Validations } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import * as dynamodb from "aws-cdk-lib/aws-dynamodb";
import { Key } from "aws-cdk-lib/aws-kms";
import { Topic } from "aws-cdk-lib/aws-sns";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { AwsSolutionsChecks } from "cdk-nag";
import { describe, expect, it } from "vitest";
import { RegistryMaintainer, type RegistryMaintainerProps } from "../src/index.ts";

const ENV = { account: "123456789012", region: "eu-west-1" };
const TABLE = "arn:aws:dynamodb:eu-west-1:123456789012:table/limits";
const STREAM = `${TABLE}/stream/2026-01-01T00:00:00.000`;

const tenants = defineRegistry({
  name: "tenants",
  key: { partition: "pk", sort: "sk" },
  member: { partition: "TENANT#{member}", sort: "#META" },
  registry: { partition: "SYSTEM#", sort: "#TENANTS", attribute: "tenants" },
});

function newStack(): Stack {
  return new Stack(new App({ analyticsReporting: false }), "Limits", { env: ENV });
}

function imported(stack: Stack): dynamodb.ITable {
  return dynamodb.Table.fromTableAttributes(stack, "Table", { tableArn: TABLE, tableStreamArn: STREAM });
}

function created(stack: Stack, props: Partial<dynamodb.TableProps> = {}): dynamodb.Table {
  return new dynamodb.Table(stack, "Table", {
    partitionKey: { name: "PK", type: dynamodb.AttributeType.STRING },
    sortKey: { name: "SK", type: dynamodb.AttributeType.STRING },
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    stream: dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
    ...props,
  });
}

function synthesize(props: Omit<RegistryMaintainerProps, "table">): Synthesized {
  const stack = newStack();
  new RegistryMaintainer(stack, "Registries", { table: imported(stack), ...props });
  return Template.fromStack(stack).toJSON() as Synthesized;
}

describe("RegistryMaintainer", () => {
  it.each<[string, readonly RegistryDefinition[]]>([
    ["resources", [resources]],
    ["a registry of one's own", [tenants]],
  ])("deploys everything of the description, and nothing else: %s", (_, registries) => {
    const template = new DeployedTemplate(synthesize({ registries, sweepReadUnits: 400 }), { "AWS::Partition": "aws" });
    const id = (type: string, pattern: RegExp) => template.find(type, pattern).id;
    const queue = id("AWS::SQS::Queue", /./);
    const sweep = id("AWS::Lambda::Function", /Sweep/);
    const deployment = describeDeployment({ registries, sweepReadUnits: 400 });
    const deployed = JSON.stringify(template.read()).replaceAll(`<${sweep}.Arn>`, `<${sweep}>`);
    expect(JSON.parse(deployed)).toEqual(
      expectedDeployment(deployment, {
        DeadLettersArn: `<${queue}.Arn>`,
        DeadLettersName: `<${queue}.QueueName>`,
        Region: ENV.region,
        StreamArn: STREAM,
        StreamFunctionName: `<${id("AWS::Lambda::Function", /Stream/)}>`,
        StreamMappingId: `<${id("AWS::Lambda::EventSourceMapping", /./)}>`,
        SweepFunctionName: `<${sweep}>`,
        TableArn: TABLE,
        TableName: "limits",
        logGroups: {
          stream: `<${id("AWS::Logs::LogGroup", /Stream/)}.Arn>`,
          sweep: `<${id("AWS::Logs::LogGroup", /Sweep/)}.Arn>`,
        },
        alarmArn: (name) => `<${id("AWS::CloudWatch::Alarm", new RegExp(`^Registries${name}Alarm`))}.Arn>`,
      }),
    );
  });

  it("attaches to a table that the same stack makes, and leaves it as it is made", () => {
    const stack = newStack();
    const table = created(stack);
    const before = Template.fromStack(newStackWith(created)).findResources("AWS::DynamoDB::Table");
    const { stream } = new RegistryMaintainer(stack, "Registries", { table });
    const template = Template.fromStack(stack);
    expect(template.findResources("AWS::DynamoDB::Table")).toEqual(before);
    template.hasResourceProperties("AWS::Lambda::EventSourceMapping", {
      EventSourceArn: stack.resolve(table.tableStreamArn),
      FunctionName: stack.resolve(stream.functionName),
    });
  });

  it("lets the functions decrypt with the table's own key", () => {
    const stack = newStack();
    const encryptionKey = new Key(stack, "Key", { enableKeyRotation: true });
    const table = created(stack, { encryption: dynamodb.TableEncryption.CUSTOMER_MANAGED, encryptionKey });
    new RegistryMaintainer(stack, "Registries", { table });
    const { functions } = new DeployedTemplate(Template.fromStack(stack).toJSON() as Synthesized).read();
    for (const { permissions } of Object.values(functions)) {
      expect(permissions.flatMap(({ actions }) => actions)).toContain("kms:Decrypt");
    }
  });

  it("notifies a topic of all alarms", () => {
    const stack = newStack();
    const alarmTopic = new Topic(stack, "Topic");
    const { alarms } = new RegistryMaintainer(stack, "Registries", { table: imported(stack), alarmTopic });
    const arn = stack.resolve(alarmTopic.topicArn);
    expect(alarms.length).toBeGreaterThan(10);
    Template.fromStack(stack).allResourcesProperties("AWS::CloudWatch::Alarm", {
      AlarmActions: [arn],
      OKActions: [arn],
    });
  });

  it("refuses a table without a stream, and says what to set", () => {
    const stack = newStack();
    const table = dynamodb.Table.fromTableName(stack, "Table", "limits");
    expect(() => new RegistryMaintainer(stack, "Registries", { table })).toThrow(
      /Limits\/Table has no stream: set `stream/,
    );
  });

  it("leaves nothing unexplained by the rules of cdk-nag's AWS Solutions", () => {
    expect(() =>
      checked((stack) => new RegistryMaintainer(stack, "Registries", { table: created(stack) })),
    ).not.toThrow();
    // The rules do look.
    expect(() => checked((stack) => new Queue(stack, "Queue"))).toThrow(/SQS3/);
  });
});

/** Synthesizes an app that cdk-nag looks at. */
function checked(make: (stack: Stack) => unknown): void {
  const app = new App({ analyticsReporting: false });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  make(new Stack(app, "Limits", { env: ENV }));
  app.synth();
}

function newStackWith(make: (stack: Stack) => unknown): Stack {
  const stack = newStack();
  make(stack);
  return stack;
}
