import { UsageError } from "../errors.ts";
import type { ConnectionOptions } from "../options/connection-options.ts";
import type { Io } from "../terminal/io.ts";
import { quoted } from "../terminal/printable.ts";

/** Where a command finds its table, as far as that is known. What is `undefined` is left to the AWS SDK. */
export interface KnownTarget {
  readonly tableName: string | undefined;
  /** The tenant, or `undefined` for flat keys. */
  readonly namespace: string | undefined;
  readonly region: string | undefined;
  readonly profile: string | undefined;
  readonly endpoint: string | undefined;
  /** Whether the environment names a proxy. */
  readonly isProxied: boolean;
  /** What suggested commands repeat: how the program is called here, and what was given on its command line. */
  readonly given: { readonly program: string; readonly options: ConnectionOptions };
}

/** Where a command finds its table. */
export interface Target extends KnownTarget {
  readonly tableName: string;
}

/** Source: the API reference; DynamoDB itself refuses names of fewer than three characters. */
const TABLE_NAME = /^[a-zA-Z0-9_.-]{1,255}$/;
const TABLE_ARN = /^arn:[\w:.*/-]{1,1020}$/;

/** The form of a Region. */
export const REGION = /^[a-z0-9-]+$/;

/** Whether a text can be the name or the ARN of a table. */
export function isTableName(text: string): boolean {
  return TABLE_NAME.test(text) || TABLE_ARN.test(text);
}

/**
 * Completes the options of the command line from the environment.
 *
 * @throws UsageError when neither names a table, or when the table, the Region or the endpoint cannot be one
 */
export function resolveTarget(options: ConnectionOptions, env: Io["env"]): Target {
  const { tableName, ...target } = knownTarget(options, env);
  if (tableName === undefined) throw new UsageError("No table given: pass --table NAME, or set ROLLCALL_TABLE.");
  const from = (option: string, given: string | undefined) => (given ? `${option} ` : "");
  if (!isTableName(tableName)) {
    const source = options.table ? "--table" : "ROLLCALL_TABLE";
    throw new UsageError(
      `${source} ${quoted(tableName)} cannot be a table: a name has letters, digits, "_", "-" and ".", at most 255.`,
    );
  }
  const { region, endpoint } = target;
  if (region !== undefined && !REGION.test(region)) {
    throw new UsageError(
      `${from("--region", options.region) || "Region "}${quoted(region)} cannot be one: write it like us-east-1.`,
    );
  }
  if (endpoint !== undefined) assertEndpoint(endpoint, options.endpointUrl ? "--endpoint-url" : "Endpoint URL");
  return { tableName, ...target };
}

/** The same, unchecked: for messages about what went wrong. */
export function knownTarget(options: ConnectionOptions, env: Io["env"]): KnownTarget {
  return {
    tableName: options.table || env.ROLLCALL_TABLE || undefined,
    namespace: options.namespace ?? (env.ROLLCALL_NAMESPACE || undefined),
    // The JavaScript SDK does not read AWS_DEFAULT_REGION, but the AWS CLI and Python do, so people have it set.
    region: options.region || env.AWS_REGION || env.AWS_DEFAULT_REGION || undefined,
    // In the order of the AWS CLI.
    profile: options.profile || env.AWS_DEFAULT_PROFILE || env.AWS_PROFILE || undefined,
    endpoint: options.endpointUrl || configuredEndpoint(env) || undefined,
    isProxied: Boolean(env.HTTPS_PROXY || env.https_proxy || env.HTTP_PROXY || env.http_proxy),
    given: { program: programOf(env), options },
  };
}

/** As the SDK reads it; a command has to know, to tell an engine on this machine from AWS. */
function configuredEndpoint(env: Io["env"]): string | undefined {
  if (env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS === "true") return undefined;
  return env.AWS_ENDPOINT_URL_DYNAMODB || env.AWS_ENDPOINT_URL;
}

/** How the program is called: where npm runs it from its repository, it is on no path. */
export function programOf({ npm_package_name: name }: Io["env"]): string {
  return name === "rollcall-workspace" ? "npm run rollcall --" : "rollcall";
}

function assertEndpoint(endpoint: string, source: string): void {
  const url = URL.parse(endpoint);
  // A URL with a password is not repeated: messages end up in logs.
  if (url !== null && (url.username !== "" || url.password !== "")) {
    throw new UsageError(
      `${source} holds a user name or a password, which DynamoDB does not take: leave out what is before the "@".`,
    );
  }
  // `localhost:8000` is a URL too, of a scheme called "localhost".
  if (url === null || !/^https?:$/.test(url.protocol)) {
    if (endpoint.includes("@")) {
      throw new UsageError(`${source} cannot be one, and may hold a password: write it like http://localhost:8000.`);
    }
    throw new UsageError(`${source} ${quoted(endpoint)} cannot be one: write it like http://localhost:8000.`);
  }
}

/** Whether an endpoint is on this machine. */
export function isLoopback(endpoint: string): boolean {
  const { hostname } = new URL(endpoint);
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
