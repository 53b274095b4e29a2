import { existsSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { CommandError } from "../errors.ts";
import type { Io } from "../terminal/io.ts";
import type { KnownTarget } from "./target.ts";

type Provider = Extract<DynamoDBClientConfig["credentials"], (...args: never[]) => unknown>;

/** What an engine on this machine gets when nothing is configured: it takes any, but the SDK insists on having some. */
const LOCAL_REGION = "us-east-1";
const LOCAL_CREDENTIALS = { accessKeyId: "local", secretAccessKey: "local" };

const KEY_VARIABLES = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"] as const;

/**
 * Credentials as other AWS tools find them; where there are none, the error has the reason of the provider asked.
 * `undefined` for those of the environment, which every client finds by itself.
 *
 * @throws CommandError for a variable that cannot be sent
 */
export function credentialsFor({ profile }: KnownTarget): Provider | undefined {
  if (profile !== undefined) return profileCredentials(profile);
  if (hasKeys()) return assertKeys(process.env);
  const { config } = new DynamoDBClient();
  return async () => {
    assertKeys(process.env);
    try {
      return await config.credentials();
    } catch (error) {
      throw await reasonOf(error);
    }
  };
}

/** What is configured goes first: DynamoDB Local may keep a database for each access key and Region. */
export function localDefaults({ profile, region }: KnownTarget): Pick<DynamoDBClientConfig, "region" | "credentials"> {
  if (profile === undefined && region !== undefined && hasKeys()) {
    assertKeys(process.env);
    return {};
  }
  const { config } = new DynamoDBClient(profile === undefined ? {} : { profile });
  const provider = profile === undefined ? config.credentials : profileCredentials(profile);
  const files = hasConfigurationFiles();
  const keys = files || process.env.AWS_ACCESS_KEY_ID;
  // Where the SDK finds nothing, it asks the metadata service of EC2, and on most machines waits a second in vain.
  return {
    region: files ? () => config.region().catch(() => LOCAL_REGION) : LOCAL_REGION,
    credentials: keys ? () => localCredentials(provider) : LOCAL_CREDENTIALS,
  };
}

async function localCredentials(provider: Provider) {
  assertKeys(process.env);
  return provider().catch(() => LOCAL_CREDENTIALS);
}

/** @throws CommandError for a variable that cannot be sent: Node would refuse the request's header, and name no variable */
function assertKeys(env: Io["env"]): undefined {
  const broken = KEY_VARIABLES.find((name) => /[\s\p{C}]/u.test(env[name] ?? ""));
  if (broken === undefined) return;
  throw new CommandError(`${broken} holds a line break, a space or another character that no key has: set it again.`);
}

/** The chain of providers ends with the last one's error. What is wrong is known by that of the default profile, if it has one. */
async function reasonOf(error: unknown): Promise<unknown> {
  if (!hasConfigurationFiles()) return error;
  try {
    await profileCredentials()();
    return error;
  } catch (reason) {
    const isAbsent = reason instanceof Error && /Could not resolve credentials using profile/.test(reason.message);
    return isAbsent ? error : reason;
  }
}

/** Credentials of a profile, by default the one that is in force; the SDK's provider is loaded when they are asked for. */
function profileCredentials(profile?: string): Provider {
  return async (...args) => {
    const { fromIni } = await import("@aws-sdk/credential-provider-ini");
    return await fromIni(profile === undefined ? {} : { profile })(...args);
  };
}

/** Whether the environment holds credentials, which then go before all but a profile's. */
function hasKeys(): boolean {
  return Boolean(process.env.AWS_ACCESS_KEY_ID && process.env.AWS_SECRET_ACCESS_KEY);
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
