import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createClient } from "../../src/connection/client.ts";
import { isLoopback, knownTarget } from "../../src/connection/target.ts";
import { withoutAwsConfiguration } from "../fixtures/aws-environment.ts";
import { startHttpServer } from "../fixtures/http-server.ts";

const target = knownTarget({ table: "limits" }, {});

beforeEach(withoutAwsConfiguration);
afterEach(() => vi.unstubAllEnvs());

describe("isLoopback", () => {
  it.each([
    "http://localhost:8000",
    "https://LOCALHOST",
    "http://127.0.0.1:1",
    "http://127.8.9.1",
    "http://[::1]:8000",
    "http://db.localhost",
  ])("is true of %s", (endpoint) => {
    expect(isLoopback(endpoint)).toBe(true);
  });

  it.each([
    "https://dynamodb.us-east-1.amazonaws.com",
    "http://10.0.0.1",
    "http://localhost.example.com",
    "http://127.0.0.1.example.com",
  ])("is false of %s", (endpoint) => {
    expect(isLoopback(endpoint)).toBe(false);
  });
});

describe("a client for this machine", () => {
  const local = { ...target, endpoint: "http://localhost:8000" };
  const settings = async ({ config }: DynamoDBClient) => {
    const { accessKeyId } = await config.credentials();
    return { region: await config.region(), accessKeyId };
  };

  it("needs no configuration", async () => {
    expect(await settings(await createClient(local))).toEqual({ region: "us-east-1", accessKeyId: "local" });
  });

  it("uses what is configured, for an engine may keep a database for each access key and Region", async () => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "mine");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
    vi.stubEnv("AWS_REGION", "eu-west-1");
    expect(await settings(await createClient(local))).toEqual({ region: "eu-west-1", accessKeyId: "mine" });
  });

  it("does not wait for the metadata service of EC2", async () => {
    vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials");
    vi.stubEnv("AWS_CONFIG_FILE", "/nonexistent/config");
    vi.stubEnv("AWS_EC2_METADATA_DISABLED", undefined);
    let requests = 0;
    await using server = await startHttpServer(() => requests++); // and never answers
    vi.stubEnv("AWS_EC2_METADATA_SERVICE_ENDPOINT", server.url);
    expect(await settings(await createClient(local))).toEqual({ region: "us-east-1", accessKeyId: "local" });
    expect(requests).toBe(0);
  });

  it("prefers the Region it is told", async () => {
    expect(await (await createClient({ ...local, region: "ap-south-1" })).config.region()).toBe("ap-south-1");
  });
});

it("a client for anywhere else makes nothing up", async () => {
  const { config } = await createClient({ ...target, endpoint: "http://10.0.0.1:8000" });
  await expect(config.region()).rejects.toThrow("Region is missing");
  await expect(config.credentials()).rejects.toThrow("Could not load credentials");
});

it("every client times out within seconds", async () => {
  const { config } = await createClient(target);
  const attempts = await config.maxAttempts();
  const { connectionTimeout, requestTimeout, throwOnRequestTimeout } = {
    ...(await (config.requestHandler as unknown as { configProvider: Promise<Record<string, unknown>> })
      .configProvider),
  };
  expect(throwOnRequestTimeout).toBe(true);
  expect(attempts * ((connectionTimeout as number) + (requestTimeout as number))).toBeLessThan(30_000);
});
