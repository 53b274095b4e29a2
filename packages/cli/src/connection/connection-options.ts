import { Option } from "commander";
import { UsageError } from "../errors.ts";
import type { Io } from "../terminal/io.ts";

/** Where a command finds its table, as its user gave it. */
export interface ConnectionOptions {
  table?: string | undefined;
  namespace?: string | undefined;
  region?: string | undefined;
  endpointUrl?: string | undefined;
}

/** Where a command finds its table, as far as that is known. What is `undefined` is left to the AWS SDK. */
export interface KnownTarget {
  tableName: string | undefined;
  /** The tenant, or `undefined` for flat keys. */
  namespace: string | undefined;
  region: string | undefined;
  endpoint: string | undefined;
}

/** Where a command finds its table. */
export interface Target extends KnownTarget {
  tableName: string;
}

const HELP_GROUP = "Connection:";

/** The options that say which table. */
export function tableOptions(): Option[] {
  return [
    new Option("--table <name>", "name or ARN of the table (env: ROLLCALL_TABLE)"),
    new Option("--region <region>", "AWS Region (env: AWS_REGION, AWS_DEFAULT_REGION)"),
    new Option(
      "--endpoint-url <url>",
      "another DynamoDB endpoint (env: AWS_ENDPOINT_URL_DYNAMODB); one on this machine, such as " +
        "http://localhost:8000, needs neither Region nor credentials",
    ),
  ].map((option) => option.helpGroup(HELP_GROUP));
}

/** The options that say which table and, within it, which registry. */
export function registryOptions(): Option[] {
  const namespace = new Option(
    "--namespace <id>",
    "namespace in the table; without one, keys are flat (env: ROLLCALL_NAMESPACE)",
  );
  return [...tableOptions(), namespace.helpGroup(HELP_GROUP)];
}

/**
 * Completes the options of the command line from the environment.
 *
 * @throws UsageError when neither names a table, or when the Region or the endpoint cannot be one
 */
export function resolveTarget(options: ConnectionOptions, env: Io["env"]): Target {
  const { tableName, ...target } = knownTarget(options, env);
  if (tableName === undefined) throw new UsageError("No table given: pass --table NAME, or set ROLLCALL_TABLE.");
  const { region, endpoint } = target;
  if (region !== undefined && !/^[a-z0-9-]+$/.test(region)) {
    throw new UsageError(`Region ${JSON.stringify(region)} cannot be one: write it like us-east-1.`);
  }
  if (endpoint !== undefined && !isHttpUrl(endpoint)) {
    throw new UsageError(
      `Endpoint URL ${JSON.stringify(endpoint)} cannot be one: write it like http://localhost:8000.`,
    );
  }
  return { tableName, ...target };
}

/** The same, unchecked: for messages about what went wrong. */
export function knownTarget(options: ConnectionOptions, env: Io["env"]): KnownTarget {
  return {
    tableName: options.table || env.ROLLCALL_TABLE || undefined,
    namespace: options.namespace ?? (env.ROLLCALL_NAMESPACE || undefined),
    // The JavaScript SDK does not read AWS_DEFAULT_REGION, but the AWS CLI and Python do, so people have it set.
    region: options.region || env.AWS_REGION || env.AWS_DEFAULT_REGION || undefined,
    endpoint: options.endpointUrl || configuredEndpoint(env) || undefined,
  };
}

/** As the SDK reads it; a command has to know, to tell an engine on this machine from AWS. */
function configuredEndpoint(env: Io["env"]): string | undefined {
  if (env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS === "true") return undefined;
  return env.AWS_ENDPOINT_URL_DYNAMODB || env.AWS_ENDPOINT_URL;
}

/** `localhost:8000` is a URL too, of a scheme called "localhost". */
function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
