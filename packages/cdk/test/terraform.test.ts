import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "@cdktf/hcl2json";
import { expect, it } from "vitest";
import { writtenTemplate } from "./written-template.ts";

const MODULE = path.resolve(import.meta.dirname, "../../../deploy/terraform");
const source = (file: string) => readFileSync(path.join(MODULE, file), "utf8");

it("the Terraform module is well-formed, and makes one resource for each that CloudFormation makes", async () => {
  const { resource } = await parse("main.tf", source("main.tf"));
  // Terraform's own names; each is one resource or one for each of a list.
  const TYPES: Record<string, string> = {
    "AWS::CloudWatch::Alarm": "aws_cloudwatch_metric_alarm",
    "AWS::CloudWatch::Dashboard": "aws_cloudwatch_dashboard",
    "AWS::IAM::Role": "aws_iam_role",
    "AWS::Lambda::EventSourceMapping": "aws_lambda_event_source_mapping",
    "AWS::Lambda::Function": "aws_lambda_function",
    "AWS::Logs::LogGroup": "aws_cloudwatch_log_group",
    "AWS::SQS::Queue": "aws_sqs_queue",
    "AWS::SQS::QueuePolicy": "aws_sqs_queue_policy",
    "AWS::Scheduler::Schedule": "aws_scheduler_schedule",
  };
  const types = new Set(Object.values(writtenTemplate().Resources).map(({ Type }) => TYPES[Type]));
  expect(Object.keys(resource).sort()).toEqual([...types, "aws_iam_role_policy"].sort());
});

it("the Terraform module reads nothing that the template does not have", () => {
  const { Resources } = writtenTemplate();
  const main = source("main.tf");
  const read = [...main.matchAll(/local\.resources\.(\w+)\.Properties((?:\.\w+)*)/g)];
  expect(read.length).toBeGreaterThan(5);
  for (const [, id = "", rest = ""] of read) {
    const value = rest
      .split(".")
      .slice(1)
      .reduce<unknown>((at, name) => (at as Record<string, unknown>)?.[name], {
        ...Resources[id]?.Properties,
      });
    expect(value, `${id}${rest}`).toBeDefined();
  }
  for (const name of [...main.matchAll(/local\.mapping\.(\w+)/g)].map(([, each = ""]) => each)) {
    expect(Resources.StreamMapping?.Properties, name).toHaveProperty(name);
  }
  for (const name of [...main.matchAll(/each\.value\.(\w+)/g)].map(([, each = ""]) => each)) {
    const properties = { ...Resources.StreamFunction?.Properties, ...Resources.DeadLettersAlarm?.Properties };
    expect(properties, name).toHaveProperty(name);
  }
});

it("the Terraform module puts a value in the place of every variable of the template", () => {
  const variables = new Set(JSON.stringify(writtenTemplate().Resources).match(/\$\{[^}]+\}/g));
  const main = source("main.tf");
  for (const variable of variables) {
    // The names of log groups are the module's own, and alarms are found by a pattern.
    if (/AWS::StackName|Alarm\.Arn/.test(variable)) continue;
    expect(main).toContain(`$${variable}`);
  }
});
