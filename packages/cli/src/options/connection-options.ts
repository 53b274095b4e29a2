import { text, type ValuesOf } from "./option.ts";

const HELP_GROUP = "Connection:";

/** The options that say which table. */
export const tableOptions = {
  table: text("--table <name>", "name or ARN of the table (env: ROLLCALL_TABLE)", HELP_GROUP),
  region: text("--region <region>", "AWS Region (env: AWS_REGION, AWS_DEFAULT_REGION)", HELP_GROUP),
  profile: text("--profile <name>", "AWS profile (env: AWS_PROFILE, AWS_DEFAULT_PROFILE)", HELP_GROUP),
  endpointUrl: text(
    "--endpoint-url <url>",
    "another DynamoDB endpoint (env: AWS_ENDPOINT_URL_DYNAMODB); one on this machine, such as " +
      "http://localhost:8000, needs neither Region nor credentials",
    HELP_GROUP,
  ),
} as const;

/** The options that say which table and, within it, which registry. */
export const registryOptions = {
  ...tableOptions,
  namespace: text(
    "--namespace <id>",
    "namespace in the table; without one, keys are flat (env: ROLLCALL_NAMESPACE)",
    HELP_GROUP,
  ),
  namespaceName: text(
    "--namespace-name <name>",
    "the same by its name in the limiter's directory, which must have it",
    HELP_GROUP,
  ),
} as const;

/** The option of every command that reads the configuration. */
export const configOption = text(
  "--config <file>",
  "configuration (default: rollcall.config.ts, .js or .mjs here or in a folder above)",
  HELP_GROUP,
);

/** The options that say which table and, of those that the configuration names, which registry. */
export const anyRegistryOptions = {
  registry: text("--registry <name>", "the registry, of those that the configuration names", HELP_GROUP),
  scope: text("--scope <id>", "scope of the registry, where its keys have one", HELP_GROUP),
  ...registryOptions,
  config: configOption,
} as const;

/** Where a command finds its table, as its user gave it. */
export type ConnectionOptions = Partial<ValuesOf<typeof registryOptions>>;
