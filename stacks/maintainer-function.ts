import type { Table } from "./storage.ts";

/** What makes one of the maintainer's functions different from the others. */
export interface MaintainerFunctionOptions {
  table: Table;
  /** Module and export, from the app's root. */
  handler: string;
  description: string;
  /** Actions of DynamoDB that its code calls on the table: no more, no fewer. */
  tableActions: readonly string[];
  /** What else it may do. */
  permissions?: sst.aws.FunctionPermissionArgs[];
  /** What its code reads from the environment besides the table's name. */
  environment?: Record<string, string>;
  timeoutSeconds: number;
}

const LOG_RETENTION_DAYS = 30;

/** A Lambda function of the maintainer: small, on arm64, logging JSON, and allowed what its code calls and nothing else. */
export function maintainerFunction(name: string, options: MaintainerFunctionOptions): sst.aws.Function {
  const { table, handler, description, tableActions, permissions = [], environment = {}, timeoutSeconds } = options;
  const logGroup = new aws.cloudwatch.LogGroup(`${name}LogGroup`, {
    name: `/aws/lambda/${$app.name}-${$app.stage}-${name}`,
    retentionInDays: LOG_RETENTION_DAYS,
  });
  return new sst.aws.Function(name, {
    handler,
    description,
    runtime: "nodejs24.x",
    architecture: "arm64",
    memory: "512 MB",
    timeout: `${timeoutSeconds} seconds`,
    environment: { ROLLCALL_TABLE: table.name, NODE_OPTIONS: "--enable-source-maps", ...environment },
    logging: { format: "json", logGroup: logGroup.name },
    // The runtime has the SDK: https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html
    nodejs: { minify: true, sourcemap: true, esbuild: { external: ["@aws-sdk/*"] } },
    permissions: [
      { actions: tableActions.map((action) => `dynamodb:${action}`), resources: [table.arn] },
      { actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [$interpolate`${logGroup.arn}:*`] },
      ...permissions,
    ],
    transform: {
      role: (args) => {
        // AWSLambdaBasicExecutionRole may write to every log group.
        args.managedPolicyArns = [];
        // SST lets the whole account take the role on, which `sst dev` does to run the function's code on one's machine.
        if (!$dev) args.assumeRolePolicy = aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" });
      },
      function: (args) => {
        if (!$dev) args.environment = $output(args.environment).apply(withoutLinkKey);
      },
    },
  });
}

/** Nothing is linked, so the key to linked values opens nothing; a function without secrets should look like one. */
function withoutLinkKey(environment: { variables?: Record<string, string> } | undefined) {
  const { SST_KEY: _key, SST_KEY_FILE: _file, ...variables } = environment?.variables ?? {};
  return { variables };
}
