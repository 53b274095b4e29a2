import { describeDeployment } from "@rollcall/maintainer/deployment";
import { defineRegistry } from "@rollcall/registry";
import { resources } from "@rollcall/registry/resources";
import { expectedDeployment, type Values } from "@rollcall/testing/rollcall/deployed";
import { DeployedTemplate } from "@rollcall/testing/rollcall/deployed-template";
import { describe, expect, it } from "vitest";
import { cloudFormationTemplate } from "../../../src/deploy/template.ts";

const TABLE = "arn:aws:dynamodb:eu-west-1:123456789012:table/limits";
const PARAMETERS = {
  "AWS::Partition": "aws",
  "AWS::Region": "eu-west-1",
  "AWS::AccountId": "123456789012",
  StreamArn: `${TABLE}/stream/2026-01-01T00:00:00.000`,
};
const VALUES: Values = {
  DeadLettersArn: "<DeadLetters.Arn>",
  DeadLettersName: "<DeadLetters.QueueName>",
  Region: "eu-west-1",
  StreamArn: PARAMETERS.StreamArn,
  StreamFunctionName: "<StreamFunction>",
  StreamMappingId: "<StreamMapping>",
  SweepFunctionName: "<SweepFunction>",
  TableArn: TABLE,
  TableName: "limits",
  logGroups: { stream: "<StreamLogGroup.Arn>", sweep: "<SweepLogGroup.Arn>" },
  alarmArn: (name) => `<${name}Alarm.Arn>`,
};

const tenants = defineRegistry({
  name: "tenants",
  key: { partition: "pk", sort: "sk" },
  member: { partition: "TENANT#{member}", sort: "#META" },
  registry: { partition: "SYSTEM#", sort: "#TENANTS", attribute: "tenants" },
});

/** An ARN is written where the mapping and the schedule take one, and a name elsewhere: both mean the same function. */
const byName = (text: string) => text.replaceAll("<SweepFunction.Arn>", "<SweepFunction>");

describe("the CloudFormation template", () => {
  it.each([
    ["resources", [resources]],
    ["a registry of one's own", [tenants]],
  ])("deploys everything of the description, and nothing else: %s", (_, registries) => {
    const deployment = describeDeployment({ registries });
    const template = new DeployedTemplate(cloudFormationTemplate(deployment, "limits"), PARAMETERS);
    const deployed = JSON.parse(byName(JSON.stringify(template.read())));
    expect(deployed).toEqual(expectedDeployment(deployment, VALUES));
  });

  it("lets the functions decrypt with a key that is given, and the sweep read at the pace that is", () => {
    const KmsKeyArn = "arn:aws:kms:eu-west-1:123456789012:key/one";
    const template = cloudFormationTemplate(describeDeployment(), "limits");
    const { functions } = new DeployedTemplate(template, { ...PARAMETERS, KmsKeyArn, SweepReadUnits: "400" }).read();
    for (const { permissions } of Object.values(functions)) {
      expect(permissions).toContainEqual({ actions: ["kms:Decrypt"], resources: [KmsKeyArn], conditions: {} });
    }
    expect(functions.sweep.environment.ROLLCALL_SWEEP_READ_UNITS).toBe("400");
  });

  it("notifies a topic where one is given", () => {
    const AlarmTopicArn = "arn:aws:sns:eu-west-1:123456789012:ops";
    const template = cloudFormationTemplate(describeDeployment(), "limits");
    const alarm = (parameters: Record<string, string>) =>
      new DeployedTemplate(template, parameters).find("AWS::CloudWatch::Alarm", /DeadLetters/).properties;
    expect(alarm({ AlarmTopicArn })).toMatchObject({ AlarmActions: [AlarmTopicArn], OKActions: [AlarmTopicArn] });
    expect(alarm({})).not.toHaveProperty("AlarmActions");
  });

  it("makes no table, so that the table stays when the stack goes", () => {
    const { Resources } = cloudFormationTemplate(describeDeployment(), "limits");
    expect(Object.values(Resources).map(({ Type }) => Type)).not.toContain("AWS::DynamoDB::Table");
  });

  it("is small enough for CloudFormation without a bucket of its own", () => {
    const template = cloudFormationTemplate(describeDeployment({ registries: [tenants] }), "limits");
    expect(JSON.stringify(template, undefined, 2).length).toBeLessThan(51_200);
  });
});
