import path from "node:path";
import { type Deployment, describeDeployment } from "@rollcall/maintainer/deployment";
import type { RegistryDefinition } from "@rollcall/registry";
import { resources } from "@rollcall/registry/resources";
import { defineCommand } from "../command-spec.ts";
import { resolveTarget } from "../connection/target.ts";
import { functionArchive } from "../deploy/function-archive.ts";
import { cloudFormationTemplate, FUNCTION_ARCHIVE, TEMPLATE_FILE } from "../deploy/template.ts";
import { writeDeployment } from "../deploy/write-files.ts";
import { CommandError, UsageError } from "../errors.ts";
import { shellQuoted } from "../explain/suggest.ts";
import { configOption, tableOptions } from "../options/connection-options.ts";
import { text } from "../options/option.ts";
import { indent } from "../terminal/output.ts";

/** `rollcall deploy template` */
export const deployTemplate = defineCommand({
  name: "deploy template",
  summary: "write a CloudFormation template and its code",
  description:
    "Writes what keeps the table's registries true on AWS: rollcall.template.json, for CloudFormation, and function.zip, " +
    "the code of both functions. It asks AWS nothing. The table itself is not part of it and stays when the stack goes.",
  options: {
    out: text("--out <dir>", "the folder to write to"),
    table: tableOptions.table,
    config: configOption,
  },
  json: '{ "template": "deploy/rollcall.template.json", "archive": "deploy/function.zip", "registries": ["resources"] }',
  details: [
    "Parameters of the template: TableName, StreamArn, AlarmTopicArn, SweepReadUnits, KmsKeyArn.",
    "What an earlier call wrote to the folder is replaced, other files of these names never.",
  ],
  examples: ["rollcall deploy template --table limits --out deploy"],
  async run({ options: { out, table }, io, config }) {
    if (!out) throw new UsageError("No folder given: pass --out DIR, where the template and its code are to go.");
    const tableName = resolveTarget({ table }, io.env).tableName.replace(/^arn:.*:table\//, "");
    const { registries = [resources] } = config ?? {};
    const template = cloudFormationTemplate(described(registries), tableName);
    await writeDeployment(out, `${JSON.stringify(template, undefined, 2)}\n`, await functionArchive());
    const [templateFile, archive] = [path.join(out, TEMPLATE_FILE), path.join(out, FUNCTION_ARCHIVE)];
    return {
      json: { template: templateFile, archive, registries: registries.map(({ name }) => name) },
      lines: [`Wrote ${templateFile} and ${archive}`, "Deploy them with:", ...deployCommands(templateFile, tableName)],
    };
  },
});

/** Only the size of the definitions can be wrong here: what they say was checked when the configuration was read. */
function described(registries: readonly RegistryDefinition[]): Deployment {
  try {
    return describeDeployment({ registries });
  } catch (error) {
    if (error instanceof RangeError) throw new CommandError(error.message, { cause: error });
    throw error;
  }
}

/** What is typed next: the code goes to a bucket of the user's, and the template to CloudFormation. */
function deployCommands(templateFile: string, tableName: string): string[] {
  const packaged = shellQuoted(templateFile.replace(/template\.json$/, "packaged.json"));
  // A stack's name has no other characters, and no more than 128.
  const stack = `rollcall-${tableName.replaceAll(/[^a-zA-Z0-9-]/g, "-")}`.slice(0, 128);
  const stream = `aws dynamodb describe-table --table-name ${tableName} --query Table.LatestStreamArn --output text`;
  return indent([
    `aws cloudformation package --template-file ${shellQuoted(templateFile)} --use-json \\`,
    `  --s3-bucket BUCKET --output-template-file ${packaged}`,
    `aws cloudformation deploy --template-file ${packaged} \\`,
    `  --stack-name ${stack} --capabilities CAPABILITY_IAM \\`,
    `  --parameter-overrides StreamArn="$(${stream})"`,
  ]);
}
