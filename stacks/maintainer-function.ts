import {
  type FunctionDescription,
  LOG_ACTIONS,
  LOG_RETENTION_DAYS,
  type PermissionStatement,
} from "@rollcall/maintainer/deployment";
import { fill, type Values } from "./fill.ts";

/** A Lambda function of the maintainer, as it is described: it may do what its code calls and nothing else. */
export function maintainerFunction(
  name: "Stream" | "Sweep",
  described: FunctionDescription,
  values: Values,
): sst.aws.Function {
  const { description, handler, runtime, architecture, memorySizeMb, timeoutSeconds, environment, permissions } =
    described;
  const logGroup = new aws.cloudwatch.LogGroup(`${name}LogGroup`, {
    name: `/aws/lambda/${$app.name}-${$app.stage}-${name}`,
    retentionInDays: LOG_RETENTION_DAYS,
  });
  return new sst.aws.Function(name, {
    handler: `packages/maintainer/dist/lambda/${handler}`,
    description,
    runtime,
    architecture,
    memory: `${memorySizeMb} MB`,
    timeout: `${timeoutSeconds} seconds`,
    environment: fill({ ...environment }, values),
    logging: { format: "json", logGroup: logGroup.name },
    // The runtime has the SDK: https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html
    nodejs: { minify: true, sourcemap: true, esbuild: { external: ["@aws-sdk/*"] } },
    permissions: [
      ...permissions.map((statement) => permission(statement, values)),
      { actions: [...LOG_ACTIONS], resources: [$interpolate`${logGroup.arn}:*`] },
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

/** A statement, as SST writes conditions. */
function permission(
  { actions, resources, conditions = {} }: PermissionStatement,
  values: Values,
): sst.aws.FunctionPermissionArgs {
  return {
    actions: [...actions],
    resources: fill([...resources], values),
    conditions: Object.entries(conditions).flatMap(([test, keys]) =>
      Object.entries(keys).map(([variable, allowed]) => ({ test, variable, values: [...allowed] })),
    ),
  };
}

/** Nothing is linked, so the key to linked values opens nothing; a function without secrets should look like one. */
function withoutLinkKey(environment: { variables?: Record<string, string> } | undefined) {
  const { SST_KEY: _key, SST_KEY_FILE: _file, ...variables } = environment?.variables ?? {};
  return { variables };
}
