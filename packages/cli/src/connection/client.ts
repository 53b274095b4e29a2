import { existsSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import type { KnownTarget } from "./target.ts";

/** Milliseconds until a connection must stand. */
const CONNECTION_TIMEOUT_MS = 2_000;
/** Milliseconds until a request must be answered. */
const REQUEST_TIMEOUT_MS = 5_000;
/** Requests sent in all before giving up, so that whoever waits hears of a dead endpoint within seconds. */
const MAX_ATTEMPTS = 3;

/** What an engine on this machine gets when nothing is configured: it takes any, but the SDK insists on having some. */
const LOCAL_REGION = "us-east-1";
const LOCAL_CREDENTIALS = { accessKeyId: "local", secretAccessKey: "local" };

/** A client that fails within seconds, and that needs no configuration for an engine on this machine. */
export function createClient({ endpoint, region }: KnownTarget): DynamoDBClient {
  return new DynamoDBClient({
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true, // without it, the SDK only prints a warning
    },
    ...(endpoint !== undefined && isLoopback(endpoint) && withLocalDefaults()),
    ...(endpoint !== undefined && { endpoint }),
    ...(region !== undefined && { region }),
  });
}

/** Whether an endpoint is on this machine. */
export function isLoopback(endpoint: string): boolean {
  const { hostname } = new URL(endpoint);
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/** What is configured goes first: DynamoDB Local may keep a database for each access key and Region. */
function withLocalDefaults(): Pick<DynamoDBClientConfig, "region" | "credentials"> {
  const { config } = new DynamoDBClient();
  const files = hasConfigurationFiles();
  const keys = files || process.env.AWS_ACCESS_KEY_ID;
  // Where the SDK finds nothing, it asks the metadata service of EC2, and on most machines waits a second in vain.
  return {
    region: files ? () => config.region().catch(() => LOCAL_REGION) : LOCAL_REGION,
    credentials: keys ? () => config.credentials().catch(() => LOCAL_CREDENTIALS) : LOCAL_CREDENTIALS,
  };
}

/** The files in which the SDK looks for credentials and a Region. */
function hasConfigurationFiles(): boolean {
  const { AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE } = process.env;
  const folder = path.join(homedir(), ".aws");
  return (
    existsSync(AWS_SHARED_CREDENTIALS_FILE || path.join(folder, "credentials")) ||
    existsSync(AWS_CONFIG_FILE || path.join(folder, "config"))
  );
}
